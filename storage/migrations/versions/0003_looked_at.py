"""Looked at: crops become rows of their own, with their captions, and a photo keeps what was seen
on it in place of a few figures. Photos from before are looked at again when they are next shown.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.anew import put_in_place

revision = "0003"
down_revision = "0002"

FRAMINGS = "framing IN ('face', 'chest', 'torso', 'other')"

#: The one crop of each photo, with the caption that the trainer gave it by its framing; "other"
#: was trained on by nobody. How large its file is was written nowhere. It was cut for the base of
#: its day, which the subject remembers, so that this is the side in all but the few Darkrooms that
#: set DARKROOM_RESOLUTION. Where it is wrong the crop is cut once more, or resized as before.
CROPS = """
    INSERT INTO crop (photo_id, framing, x, y, side, resolution, edited, caption, worded,
        blob_key, created_at)
    SELECT photo.id, framing, crop_x, crop_y, crop_side,
        CASE WHEN base = 'tiny' THEN 64
            WHEN base IN ('stabilityai/stable-diffusion-2', 'stabilityai/stable-diffusion-2-1')
            THEN 768 ELSE 512 END,
        FALSE,
        CASE framing WHEN 'face' THEN 'a close-up portrait of a '
            WHEN 'torso' THEN 'an upper body picture of a '
            ELSE 'a picture of a ' END || token || ' ' || class_word,
        FALSE, crop_key, photo.created_at
    FROM photo JOIN subject ON subject.id = subject_id
    ORDER BY photo.id
"""

GONE = (
    "sharpness",
    "light",
    "phash",
    "mirror_phash",
    "warnings",
    "crop_x",
    "crop_y",
    "crop_side",
    "crop_key",
)


def new_columns() -> tuple[sa.Column[object], ...]:
    """What photos have from now on."""
    return (
        sa.Column("declared", sa.String(), nullable=True),
        sa.Column("face", sa.Integer(), nullable=True),
        sa.Column("kept", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("stranger", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("alike", sa.JSON(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=True),
    )


#: By name, what photos must be from now on.
CHECKS = {
    "photo_framing": FRAMINGS,
    "photo_declared": "declared IN ('face', 'torso')",
    "photo_face": "face >= 0",
}


def upgrade() -> None:
    op.create_table(
        "crop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_id", sa.Integer(), nullable=False),
        sa.Column("framing", sa.String(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("resolution", sa.Integer(), nullable=False),
        sa.Column("edited", sa.Boolean(), nullable=False),
        sa.Column("caption", sa.String(), nullable=False),
        sa.Column("worded", sa.Boolean(), nullable=False),
        sa.Column("blob_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(FRAMINGS, name="crop_framing"),
        sa.CheckConstraint("side > 0", name="crop_side"),
        sa.CheckConstraint("resolution > 0", name="crop_resolution"),
        sa.ForeignKeyConstraint(["photo_id"], ["photo.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("blob_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_crop_photo_id", "crop", ["photo_id"])
    op.execute(CROPS)
    if op.get_bind().dialect.name == "sqlite":
        make_photo_anew()
    else:
        alter_photo()


def alter_photo() -> None:
    op.drop_constraint("photo_crop_inside", "photo", type_="check")
    op.drop_constraint("photo_framing", "photo", type_="check")
    for name in GONE:
        op.drop_column("photo", name)
    for column in new_columns():
        op.add_column("photo", column)
    for name, condition in CHECKS.items():
        op.create_check_constraint(name, "photo", condition)


def make_photo_anew() -> None:
    """SQLite drops no column that is unique and changes no constraint."""
    op.create_table(
        "photo_new",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("source_sha256", sa.String(), nullable=False),
        sa.Column("filename", sa.String(), nullable=False),
        sa.Column("framing", sa.String(), nullable=False),
        *new_columns(),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("upright_key", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.CheckConstraint(condition, name=name) for name, condition in CHECKS.items()),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subject_id", "source_sha256"),
        sa.UniqueConstraint("upright_key"),
        sqlite_autoincrement=True,
    )
    kept = (
        "id, subject_id, source_sha256, filename, framing, width, height, upright_key, created_at"
    )
    op.execute(f"INSERT INTO photo_new ({kept}) SELECT {kept} FROM photo")  # noqa: S608 - ours
    put_in_place("photo")
    op.create_index("ix_photo_subject_id", "photo", ["subject_id"])
