"""Said: a member may call a photo one of head and shoulders, too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

DECLARED = "declared IN ('face', 'chest', 'torso')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        make_photo_anew()
    else:
        op.drop_constraint("photo_declared", "photo", type_="check")
        op.create_check_constraint("photo_declared", "photo", DECLARED)


def make_photo_anew() -> None:
    """SQLite changes no constraint: a new table in the old one's place, in the order of
    https://sqlite.org/lang_altertable.html#otheralter. Numbers go on from where they were, also
    where the last photos were removed.
    """
    columns: tuple[sa.Column[object], ...] = (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("framing", sa.String(), nullable=False),
        sa.Column("declared", sa.String(), nullable=True),
        sa.Column("face", sa.Integer(), nullable=True),
        sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("stranger", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("alike", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("upright_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "photo_new",
        *columns,
        sa.CheckConstraint("framing IN ('face', 'chest', 'torso', 'other')", name="photo_framing"),
        sa.CheckConstraint(DECLARED, name="photo_declared"),
        sa.CheckConstraint("face >= 0", name="photo_face"),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject_id", "source_sha256"),
        sa.UniqueConstraint("upright_key"),
        sqlite_autoincrement=True,
    )
    names = ", ".join(column.name for column in columns)
    op.execute(f"INSERT INTO photo_new ({names}) SELECT {names} FROM photo")  # noqa: S608 - ours
    op.execute("DELETE FROM sqlite_sequence WHERE name = 'photo_new'")
    op.execute(
        "INSERT INTO sqlite_sequence (name, seq)"
        " SELECT 'photo_new', seq FROM sqlite_sequence WHERE name = 'photo'"
    )
    op.execute("DROP TABLE photo")
    op.execute("ALTER TABLE photo_new RENAME TO photo")
    op.create_index("ix_photo_subject_id", "photo", ["subject_id"])
