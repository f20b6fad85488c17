"""Said: a member may call a photo one of head and shoulders, too."""

from __future__ import annotations

from alembic import op

from storage.migrations.anew import reword

revision = "0006"
down_revision = "0005"

DECLARED = "declared IN ('face', 'chest', 'torso')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        reword("photo", (r"declared IN \('face', 'torso'\)", DECLARED))
    else:
        op.drop_constraint("photo_declared", "photo", type_="check")
        op.create_check_constraint("photo_declared", "photo", DECLARED)
