"""Kept: a picture that its member keeps stays when the time of pictures is over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.tables.parts import Moment

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("image", sa.Column("kept_at", Moment()))
