"""The queue, those who work it off, and what the bot must still say."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Index,
    UniqueConstraint,
    false,
    literal_column,
    text,
)
from sqlmodel import Field, SQLModel

from storage.tables.parts import (
    NEVER_AGAIN,
    columns,
    json_object,
    moment,
    number,
    one_of,
    partial_index,
    reference,
)

JOB_KINDS = ("train", "generate", "class-images")
OPEN_STATES = ("queued", "running")
OUTGOING_KINDS = ("ended", "withdraw", "alert", "session", "removed", "likeness")
STATES = (*OPEN_STATES, "done", "failed", "cancelled")

_IS_OPEN = "state IN ('queued', 'running')"


class Job(SQLModel, table=True):
    """A row of the queue. See `storage.queue` for the life of one.

    `run_after` and `lease_until` are on the clock that all workers share (`clock.shared`).
    """

    id: int | None = number()
    kind: str
    interactive: bool
    owner_id: int = reference("member.id", big=True)
    subject_id: int | None = reference("subject.id", optional=True)
    #: Of somebody else's subject: by which right it is drawn. None again once that is gone.
    share_id: int | None = reference("share.id", optional=True, cascade=False)
    #: Asked for in that session.
    session_id: int | None = reference("session.id", optional=True, cascade=False)
    request_id: str = Field(unique=True)
    #: The language its member is told of it in; None: English.
    language: str | None = None
    spec: dict[str, Any] = json_object()
    state: str = "queued"
    priority: int = 0
    attempt: int = 0
    max_attempts: int = 3
    run_after: datetime = moment()
    lease_key: str | None = None
    lease_until: datetime | None = moment(optional=True)
    cancel_asked_at: datetime | None = moment(optional=True)
    #: A cancelled training ends with what it learned so far instead of with nothing.
    cancel_keeps: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    progress: dict[str, Any] = json_object()
    outcome: dict[str, Any] = json_object()
    error: str | None = None
    server_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    channel_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    created_at: datetime = moment()
    started_at: datetime | None = moment(optional=True)
    finished_at: datetime | None = moment(optional=True)

    __table_args__ = (
        one_of("kind", JOB_KINDS, "job_kind"),
        one_of("state", STATES, "job_state"),
        CheckConstraint(
            "(finished_at IS NULL) = (state IN ('queued', 'running'))", name="job_finished"
        ),
        CheckConstraint("(lease_key IS NULL) = (state <> 'running')", name="job_lease_key"),
        CheckConstraint("(lease_until IS NULL) = (state <> 'running')", name="job_lease_until"),
        CheckConstraint("attempt BETWEEN 0 AND max_attempts", name="job_attempts"),
        CheckConstraint("(error IS NULL) = (state <> 'failed')", name="job_error"),
        CheckConstraint("kind <> 'train' OR subject_id IS NOT NULL", name="job_train_subject"),
        # `state` leads although every row in it has the same: SQLite's planner, which keeps no
        # statistics here, prefers an index with an equality to a walk over all jobs
        partial_index("job_waiting", "state", "run_after", where="state = 'queued'"),
        partial_index("job_leased", "lease_until", where="state = 'running'"),
        partial_index("job_open_owner", "owner_id", where=_IS_OPEN),
        partial_index("job_open_server", "server_id", where=_IS_OPEN),
        partial_index(
            "job_one_training", "subject_id", where=f"kind = 'train' AND {_IS_OPEN}", unique=True
        ),
        Index("job_asked", "owner_id", "server_id", "created_at"),
        Index("job_there", "server_id", "created_at"),
        NEVER_AGAIN,
    )


class Checkpoint(SQLModel, table=True):
    """How far an open training was when its worker last wrote it down."""

    id: int | None = number()
    job_id: int = reference("job.id")
    step: int
    blob_key: str = Field(unique=True)
    created_at: datetime = moment()

    __table_args__ = (
        UniqueConstraint("job_id"),
        CheckConstraint("step > 0", name="checkpoint_step"),
        NEVER_AGAIN,
    )


class Preview(SQLModel, table=True):
    """How an open training draws by now: the newest picture of it, which goes with its end.

    explicit: as of `Image`
    """

    id: int | None = number()
    job_id: int = reference("job.id")
    step: int
    blob_key: str = Field(unique=True)
    explicit: float | None = None
    created_at: datetime = moment()

    __table_args__ = (UniqueConstraint("job_id"), NEVER_AGAIN)


class Worker(SQLModel, table=True):
    """A trainer process that is, or was, alive, and how fast it is. A fresh row per start."""

    id: int | None = number()
    base: str
    base_hash: str
    #: "tiny", "sd1", "sd2" or "sdxl"; None where it was written before there were families.
    family: str | None = None
    device: str
    step_s: float | None = None
    image_s: float | None = None
    started_at: datetime = moment()
    seen_at: datetime = moment()

    __tablename__: ClassVar[str] = "worker"

    __table_args__ = (NEVER_AGAIN,)


class Outgoing(SQLModel, table=True):
    """What the bot must still say: that a job ended, that an answer is to be taken down, that a
    server's admins should look at somebody, how a session goes on, that those admins removed a
    picture, or something of a subject that shows another member.

    Written with the change it tells of. `send_after` is on the shared clock; a bot that takes a
    row moves it ahead, so that a second bot, or the same one after a crash, waits its turn.
    """

    id: int | None = number()
    kind: str
    job_id: int | None = reference("job.id", optional=True)
    channel_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    attempt: int = 0
    send_after: datetime = moment()
    created_at: datetime = moment()
    delivered_at: datetime | None = moment(optional=True)
    undeliverable: str | None = None
    #: Of an alert: whose server's admins are told, and about whom. Of what they removed: where that
    #: was, and whose it was. Of a likeness: who is told.
    server_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    about_id: int | None = reference("member.id", optional=True, big=True)
    #: Of a word in a session: which one, and what is told there.
    session_id: int | None = reference("session.id", optional=True)
    topic: str | None = None
    #: Of a likeness: whose, where it is asked for; and what else there is to be told, of a subject
    #: that may be gone by then.
    subject_id: int | None = reference("subject.id", optional=True, cascade=False)
    facts: dict[str, Any] = Field(
        default_factory=dict, sa_column=Column(JSON, nullable=False, server_default=text("'{}'"))
    )

    __table_args__ = (
        one_of("kind", OUTGOING_KINDS, "outgoing_kind"),
        CheckConstraint("(kind = 'ended') = (job_id IS NOT NULL)", name="outgoing_job"),
        CheckConstraint("(kind = 'session') = (session_id IS NOT NULL)", name="outgoing_session"),
        CheckConstraint("kind <> 'likeness' OR about_id IS NOT NULL", name="outgoing_likeness"),
        CheckConstraint(
            "delivered_at IS NULL OR undeliverable IS NULL", name="outgoing_said_or_not"
        ),
        UniqueConstraint("job_id", "kind"),
        partial_index(
            "outgoing_waiting", "send_after", where="delivered_at IS NULL AND undeliverable IS NULL"
        ),
        NEVER_AGAIN,
    )


def in_state(*states: str) -> Any:
    """Whether a job is in one of these states, as SQL with the states written out.

    A planner takes an index over some rows only where it sees that the condition implies the
    index's, and a prepared statement's parameters hide that (PostgreSQL's generic plans).
    """
    written: list[Any] = [literal_column(f"'{state}'") for state in states]
    column = columns(Job).state
    return column == written[0] if len(written) == 1 else column.in_(written)
