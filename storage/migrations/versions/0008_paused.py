"""Paused: a break is a row of its own, which outlasts its member; and what led to one is known."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

from storage.tables.parts import Moment

revision = "0008"
down_revision = "0007"

#: How long breaks were, when this was written.
LONG = timedelta(hours=24)

members = sa.table("member", sa.column("id"), sa.column("suspended_until", Moment()))
suspensions = sa.table("suspension", sa.column("member_id"), sa.column("until", Moment()))
offences = sa.table(
    "offence",
    sa.column("member_id"),
    sa.column("created_at", Moment()),
    sa.column("led_to", Moment()),
)


def upgrade() -> None:
    op.create_table(
        "suspension",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("member_id"),
    )
    op.add_column("offence", sa.Column("led_to", Moment()))
    op.add_column("offence", sa.Column("lifted_at", Moment()))
    connection = op.get_bind()
    known = sa.select(members.c.id, members.c.suspended_until)
    for member, until in connection.execute(known.where(members.c.suspended_until.is_not(None))):
        connection.execute(suspensions.insert().values(member_id=member, until=until))
        spent = (offences.c.member_id == member, offences.c.created_at <= until - LONG)
        connection.execute(offences.update().where(*spent).values(led_to=until))
    op.drop_column("member", "suspended_until")
