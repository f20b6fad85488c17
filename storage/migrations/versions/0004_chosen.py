"""Chosen: a training leaves several adapters, of which its member uses one; how many steps are in
each; and which family of bases a trainer draws with.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

adapters = sa.table(
    "adapter", sa.column("id", sa.Integer()), sa.column("card", sa.JSON()), sa.column("step")
)


def upgrade() -> None:
    op.add_column("adapter", sa.Column("step", sa.Integer(), server_default="0", nullable=False))
    op.add_column("adapter", sa.Column("chosen_at", sa.DateTime(timezone=True)))
    op.add_column("worker", sa.Column("family", sa.String()))
    # until now every adapter was the only one of its training, and the newest was the one in use
    op.execute("UPDATE adapter SET chosen_at = created_at")
    connection = op.get_bind()
    for number, card in connection.execute(sa.select(adapters.c.id, adapters.c.card)).all():
        told = adapters.update().where(adapters.c.id == number)
        connection.execute(told.values(step=card.get("steps", 0)))
