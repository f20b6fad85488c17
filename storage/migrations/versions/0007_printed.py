"""Printed: pictures are looked at before anybody sees them; pictures that are worked on, with their
masks; what each server wants; who asked for what nobody draws; adapters that are put aside.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.anew import reword
from storage.tables.parts import Moment

revision = "0007"
down_revision = "0006"

KINDS = "kind IN ('ended', 'withdraw', 'alert')"


def upgrade() -> None:
    op.add_column("image", sa.Column("explicit", sa.Float()))
    op.add_column("adapter", sa.Column("damaged_at", Moment()))
    op.add_column("member", sa.Column("suspended_until", Moment()))
    op.add_column("outgoing", sa.Column("server_id", sa.BigInteger()))
    op.add_column("outgoing", sa.Column("about_id", sa.BigInteger()))
    if op.get_bind().dialect.name == "sqlite":
        checked = "CONSTRAINT outgoing_kind"
        about = "FOREIGN KEY(about_id) REFERENCES member (id) ON DELETE CASCADE"
        kinds = (r"kind IN \('ended', 'withdraw'\)", KINDS)
        reword("outgoing", kinds, (checked, f"{about}, {checked}"))
    else:
        op.drop_constraint("outgoing_kind", "outgoing", type_="check")
        op.create_check_constraint("outgoing_kind", "outgoing", KINDS)
        op.create_foreign_key(
            "outgoing_about_id_fkey", "outgoing", "member", ["about_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index("ix_outgoing_about_id", "outgoing", ["about_id"])
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("blob_key", sa.String(), nullable=False),
        sa.Column("mask_key", sa.String(), nullable=True),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("drawn", sa.Boolean(), nullable=False),
        sa.Column("wish", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["member.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("blob_key"),
        sa.UniqueConstraint("mask_key"),
        sqlite_autoincrement=True,
    )
    for column in ("owner_id", "subject_id", "job_id"):
        op.create_index(f"ix_source_{column}", "source", [column])
    op.create_table(
        "server",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("explicit_limit", sa.Float(), nullable=True),
        sa.Column("alerts_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("explicit_limit BETWEEN 0 AND 1", name="server_explicit_limit"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "style",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("negative", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["server_id"], ["server.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("server_id", "name"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_style_server_id", "style", ["server_id"])
    op.create_table(
        "offence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("request_id", sa.String(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('prompt', 'picture')", name="offence_kind"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("request_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_offence_member_id", "offence", ["member_id"])
