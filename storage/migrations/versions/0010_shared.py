"""Shared: subjects are shared, lent to sessions, and drawn by others; servers have rules, members
wishes; a training shows how it draws by now; who is shown agrees.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.migrations.anew import reword
from storage.tables.parts import Moment

revision = "0010"
down_revision = "0009"

KINDS = "kind IN ('ended', 'withdraw', 'alert', 'session')"
OF_SESSION = "(kind = 'session') = (session_id IS NOT NULL)"
QUIET = {
    "server_quiet_from": "quiet_from BETWEEN 0 AND 1439",
    "server_quiet_until": "quiet_until BETWEEN 0 AND 1439",
    "server_quiet_both": "(quiet_from IS NULL) = (quiet_until IS NULL)",
}


def upgrade() -> None:
    for table in ("member", "server"):
        name = {"member": "wishes", "server": "rules"}[table]
        op.add_column(table, sa.Column(name, sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("subject", sa.Column("likeness_of", sa.BigInteger()))
    op.add_column("subject", sa.Column("likeness_agreed_at", Moment()))
    op.create_index("ix_subject_likeness_of", "subject", ["likeness_of"])
    _sessions()
    op.create_table(
        "share",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("member_id", sa.BigInteger()),
        sa.Column("role_id", sa.BigInteger()),
        sa.Column("server_id", sa.BigInteger()),
        sa.Column("session_id", sa.Integer()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.CheckConstraint("kind IN ('member', 'role', 'server', 'session')", name="share_kind"),
        sa.CheckConstraint("(kind = 'member') = (member_id IS NOT NULL)", name="share_member"),
        sa.CheckConstraint("(kind = 'role') = (role_id IS NOT NULL)", name="share_role"),
        sa.CheckConstraint(
            "(kind IN ('role', 'server')) = (server_id IS NOT NULL)", name="share_server"
        ),
        sa.CheckConstraint("(kind = 'session') = (session_id IS NOT NULL)", name="share_session"),
        sa.ForeignKeyConstraint(["subject_id"], ["subject.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    for column in ("subject_id", "member_id", "session_id"):
        op.create_index(f"ix_share_{column}", "share", [column])
    op.create_table(
        "preview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("job_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("blob_key", sa.String(), nullable=False),
        sa.Column("explicit", sa.Float()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["job.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("job_id"),
        sa.UniqueConstraint("blob_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_preview_job_id", "preview", ["job_id"])
    op.add_column("job", sa.Column("language", sa.String()))
    op.add_column("outgoing", sa.Column("topic", sa.String()))
    for table, column in (("job", "share"), ("job", "session"), ("outgoing", "session")):
        op.add_column(table, sa.Column(f"{column}_id", sa.Integer()))
    _checks()


def _sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("server_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger()),
        sa.Column("sheet_message_id", sa.BigInteger()),
        sa.Column("host_id", sa.BigInteger()),
        sa.Column("theme", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("prompts_each", sa.Integer(), nullable=False),
        sa.Column("entries_each", sa.Integer(), nullable=False),
        sa.Column("votes_each", sa.Integer(), nullable=False),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("submit_until", Moment(), nullable=False),
        sa.Column("vote_until", Moment(), nullable=False),
        sa.Column("closed_at", Moment()),
        sa.CheckConstraint("stage IN ('open', 'voting', 'closed')", name="session_stage"),
        sa.CheckConstraint("(closed_at IS NULL) = (stage <> 'closed')", name="session_closed"),
        sa.CheckConstraint(
            "prompts_each > 0 AND entries_each > 0 AND votes_each > 0", name="session_caps"
        ),
        sa.ForeignKeyConstraint(["host_id"], ["member.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id"),
        sqlite_autoincrement=True,
    )
    for column in ("server_id", "thread_id", "host_id"):
        op.create_index(f"ix_session_{column}", "session", [column])
    op.create_table(
        "seat",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "member_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("image_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tells_prompt", sa.Boolean(), nullable=False, server_default=sa.true()),
        sa.Column("hidden_at", Moment()),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["image_id"], ["image.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("session_id", "number"),
        sa.UniqueConstraint("session_id", "image_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "vote",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("entry_id", "member_id"),
        sqlite_autoincrement=True,
    )
    for table, columns in (
        ("seat", ("session_id", "member_id")),
        ("entry", ("session_id", "member_id", "image_id")),
        ("vote", ("session_id", "entry_id", "member_id")),
    ):
        for column in columns:
            op.create_index(f"ix_{table}_{column}", table, [column])


def _checks() -> None:
    """What the new columns may hold and refer to, and what may be said in a session."""
    op.add_column("server", sa.Column("quiet_from", sa.Integer()))
    op.add_column("server", sa.Column("quiet_until", sa.Integer()))
    if op.get_bind().dialect.name == "sqlite":
        of_job = [_foreign(column, "SET NULL") for column in ("share", "session")]
        reword("job", ("CONSTRAINT job_kind", f"{of_job[0]}, {of_job[1]}, CONSTRAINT job_kind"))
        checked = "CONSTRAINT outgoing_kind"
        more = f"{_foreign('session', 'CASCADE')}, "
        more += f"CONSTRAINT outgoing_session CHECK ({OF_SESSION}), {checked}"
        kinds = (r"kind IN \('ended', 'withdraw', 'alert'\)", KINDS)
        reword("outgoing", kinds, (checked, more))
        limit = "CONSTRAINT server_explicit_limit"
        quiet = " ".join(f"CONSTRAINT {name} CHECK ({rule})," for name, rule in QUIET.items())
        reword("server", (limit, f"{quiet} {limit}"))
    else:
        for table, column, rule in (
            ("job", "share", "SET NULL"),
            ("job", "session", "SET NULL"),
            ("outgoing", "session", "CASCADE"),
        ):
            name = f"{table}_{column}_id_fkey"
            op.create_foreign_key(name, table, column, [f"{column}_id"], ["id"], ondelete=rule)
        op.drop_constraint("outgoing_kind", "outgoing", type_="check")
        op.create_check_constraint("outgoing_kind", "outgoing", KINDS)
        op.create_check_constraint("outgoing_session", "outgoing", OF_SESSION)
        for name, rule in QUIET.items():
            op.create_check_constraint(name, "server", rule)
    for table, column in (("job", "share"), ("job", "session"), ("outgoing", "session")):
        op.create_index(f"ix_{table}_{column}_id", table, [f"{column}_id"])


def _foreign(column: str, rule: str) -> str:
    return f"FOREIGN KEY({column}_id) REFERENCES {column} (id) ON DELETE {rule}"
