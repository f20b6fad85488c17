"""Outdated: what a closed session still shows goes with its pictures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("session", sa.Column("results_message_id", sa.BigInteger()))
    op.add_column("session", sa.Column("card_pictures", sa.Integer()))
