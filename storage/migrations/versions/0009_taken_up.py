"""Taken up again: what members wished for that could not be granted as it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.tables.parts import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_draft_owner_id", "draft", ["owner_id"])
