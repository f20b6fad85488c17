"""Hastened: a trainer says whether it draws in few steps, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"


def upgrade() -> None:
    op.add_column(
        "worker", sa.Column("fast", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
