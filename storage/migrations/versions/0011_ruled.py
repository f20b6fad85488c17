"""Ruled: breaks that a server's admins give, pictures that they take down, and what a member has
asked for since a day or a week began, found by an index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.anew import reword
from storage.tables.parts import Moment

revision = "0011"
down_revision = "0010"

KINDS = "kind IN ('ended', 'withdraw', 'alert', 'session', 'removed')"


def upgrade() -> None:
    op.create_table(
        "pause",
        sa.Column("server_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("until", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("server_id", "member_id"),
    )
    op.create_index("ix_pause_member_id", "pause", ["member_id"])
    op.create_index("job_asked", "job", ["owner_id", "server_id", "created_at"])
    op.create_index("job_there", "job", ["server_id", "created_at"])
    if op.get_bind().dialect.name == "sqlite":
        reword("outgoing", (r"kind IN \('ended', 'withdraw', 'alert', 'session'\)", KINDS))
    else:
        op.drop_constraint("outgoing_kind", "outgoing", type_="check")
        op.create_check_constraint("outgoing_kind", "outgoing", KINDS)
