"""Likeness: a member who is shown is asked, and its owner told of the answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.anew import reword
from storage.tables.parts import Moment

revision = "0012"
down_revision = "0011"

KINDS = "kind IN ('ended', 'withdraw', 'alert', 'session', 'removed', 'likeness')"
TOLD = "kind <> 'likeness' OR about_id IS NOT NULL"


def upgrade() -> None:
    op.add_column("subject", sa.Column("likeness_asked_at", Moment()))
    op.add_column("outgoing", sa.Column("subject_id", sa.Integer()))
    op.add_column("outgoing", sa.Column("facts", sa.JSON(), nullable=False, server_default="{}"))
    if op.get_bind().dialect.name == "sqlite":
        checked = "CONSTRAINT outgoing_kind"
        more = "FOREIGN KEY(subject_id) REFERENCES subject (id) ON DELETE SET NULL, "
        more += f"CONSTRAINT outgoing_likeness CHECK ({TOLD}), {checked}"
        reword("outgoing", (r"kind IN \('ended', [^)]*\)", KINDS), (checked, more))
    else:
        op.create_foreign_key(
            "outgoing_subject_id_fkey",
            "outgoing",
            "subject",
            ["subject_id"],
            ["id"],
            ondelete="SET NULL",
        )
        op.drop_constraint("outgoing_kind", "outgoing", type_="check")
        op.create_check_constraint("outgoing_kind", "outgoing", KINDS)
        op.create_check_constraint("outgoing_likeness", "outgoing", TOLD)
    op.create_index("ix_outgoing_subject_id", "outgoing", ["subject_id"])
