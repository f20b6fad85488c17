"""Nothing lost: turns instead of times, an outbox, erasures that can be taken up again, and no
number of a row given out twice."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.migrations.anew import reword

revision = "0002"
down_revision = "0001"

IS_OPEN = "state IN ('queued', 'running')"


def where(condition: str) -> dict[str, Any]:
    """An index over some rows, on either database."""
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


#: Everything with numbers that somebody may remember; a member's is Discord's.
NUMBERED = ("consent", "subject", "photo", "job", "adapter", "image", "classimage", "worker")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for table in NUMBERED:  # AUTOINCREMENT, which a table can only be made with
            reword(
                table,
                (r"\bid INTEGER NOT NULL,", "id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,"),
                (r",\s*PRIMARY KEY \(id\)", ""),
            )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("freed_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_erasure_member_id", "erasure", ["member_id"])
    op.create_table(
        "doomed",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("erasure_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["erasure_id"], ["erasure.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_doomed_erasure_id", "doomed", ["erasure_id"])
    op.create_table(
        "outgoing",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=True),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("send_after", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("undeliverable", sa.String(), nullable=True),
        sa.CheckConstraint("kind IN ('ended', 'withdraw')", name="outgoing_kind"),
        sa.CheckConstraint("(kind = 'ended') = (job_id IS NOT NULL)", name="outgoing_job"),
        sa.CheckConstraint(
            "delivered_at IS NULL OR undeliverable IS NULL", name="outgoing_said_or_not"
        ),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("job_id", "kind"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outgoing_job_id", "outgoing", ["job_id"])
    op.create_index(
        "outgoing_waiting",
        "outgoing",
        ["send_after"],
        **where("delivered_at IS NULL AND undeliverable IS NULL"),
    )
    # every end that was not shown yet is in the outbox from now on; shown ones need no row
    op.execute(
        "INSERT INTO outgoing (kind, job_id, attempt, send_after, created_at)"
        " SELECT 'ended', id, 0, finished_at, finished_at FROM job"
        " WHERE finished_at IS NOT NULL AND delivered_at IS NULL"
    )
    op.drop_index("job_undelivered", "job")
    op.drop_index("job_waiting", "job")
    op.create_index("job_waiting", "job", ["state", "run_after"], **where("state = 'queued'"))
    op.drop_column("job", "delivered_at")
    op.add_column("job", sa.Column("server_id", sa.BigInteger()))
    op.add_column(
        "job", sa.Column("cancel_keeps", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.create_index("job_open_owner", "job", ["owner_id"], **where(IS_OPEN))
    op.create_index("job_open_server", "job", ["server_id"], **where(IS_OPEN))
    op.add_column("adapter", sa.Column("last_used_at", sa.DateTime(timezone=True)))
    op.add_column("member", sa.Column("served_turn", sa.BigInteger()))
    op.execute(
        "UPDATE member SET served_turn = (SELECT count(*) FROM member AS earlier"
        " WHERE earlier.last_served_at <= member.last_served_at)"
        " WHERE last_served_at IS NOT NULL"
    )
    op.drop_column("member", "last_served_at")
    op.create_index("ix_member_served_turn", "member", ["served_turn"])
    # the first Darkroom wrote waits and leases by the wall clock: too far ahead for the shared
    # clock, which takes them for times from before a reboot. Nothing to convert.
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA user_version = 2")  # the first Darkroom refuses the file in a sentence
