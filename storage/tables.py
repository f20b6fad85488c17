"""The tables. What must never be is forbidden here, not hoped for elsewhere."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    UniqueConstraint,
    false,
    literal_column,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

import storage  # noqa: F401  (puts the newer SQLite in place first)


class Moment(TypeDecorator[datetime]):
    """An aware UTC time. SQLite has no time zones: naive UTC there, aware again on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("times are aware: use storage.clock.now()")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect  # both databases hand out what the first test tells apart
        if value is None or value.tzinfo is not None:
            return value
        return value.replace(tzinfo=UTC)


def _moment(*, optional: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Moment, nullable=optional))


def _key() -> Any:
    return Field(default=None, primary_key=True)


def _reference(
    target: str, *, optional: bool = False, cascade: bool = True, big: bool = False
) -> Any:
    """A foreign key; rows go with what they belong to unless `cascade` is off (then: null)."""
    rule = "CASCADE" if cascade else "SET NULL"
    kind = (BigInteger,) if big else ()
    return Field(
        default=None,
        sa_column=Column(*kind, ForeignKey(target, ondelete=rule), nullable=optional, index=True),
    )


def _json() -> Any:
    return Field(default_factory=dict, sa_column=Column(JSON, nullable=False))


KINDS = ("person", "pet", "object", "character")
FRAMINGS = ("face", "torso", "other")
JOB_KINDS = ("train", "generate", "class-images")
OPEN_STATES = ("queued", "running")
OUTGOING_KINDS = ("ended", "withdraw")
STATES = (*OPEN_STATES, "done", "failed", "cancelled")


def _one_of(column: str, values: tuple[str, ...], name: str) -> CheckConstraint:
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=name)


def _where(name: str, *keys: Any, where: str, unique: bool = False) -> Index:
    """An index over the few rows that matter: the million finished ones are not in it."""
    return Index(name, *keys, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


#: SQLite gives the number of a removed row out again, and buttons, panels and outgoing messages
#: remember numbers: with this it never does. PostgreSQL never did.
_NEVER_AGAIN = {"sqlite_autoincrement": True}

_IS_OPEN = "state IN ('queued', 'running')"


class Member(SQLModel, table=True):
    """A Discord user; the id is Discord's."""

    id: int = Field(sa_column=Column(BigInteger, primary_key=True, autoincrement=False))
    created_at: datetime = _moment()
    #: The number of the claim that last served this member. A number and no time: clocks step.
    served_turn: int | None = Field(default=None, sa_column=Column(BigInteger, index=True))


class Consent(SQLModel, table=True):
    """A member's yes to one version of the consent text."""

    id: int | None = _key()
    member_id: int = _reference("member.id", big=True)
    version: int
    given_at: datetime = _moment()

    __table_args__ = (
        UniqueConstraint("member_id", "version"),
        _NEVER_AGAIN,
    )


class Subject(SQLModel, table=True):
    """Who or what is learned."""

    id: int | None = _key()
    owner_id: int = _reference("member.id", big=True)
    token: str = Field(unique=True)
    class_word: str
    kind: str
    base: str
    created_at: datetime = _moment()

    __table_args__ = (
        _one_of("kind", KINDS, "subject_kind"),
        CheckConstraint("length(token) BETWEEN 3 AND 16", name="subject_token_length"),
        _NEVER_AGAIN,
    )


class Photo(SQLModel, table=True):
    """One upload of a subject: upright pixels, a framing, measurements, a square crop."""

    id: int | None = _key()
    subject_id: int = _reference("subject.id")
    source_sha256: str
    filename: str
    framing: str
    width: int
    height: int
    sharpness: float
    light: float
    phash: str
    mirror_phash: str
    warnings: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    crop_x: int
    crop_y: int
    crop_side: int
    upright_key: str = Field(unique=True)
    crop_key: str = Field(unique=True)
    created_at: datetime = _moment()

    __table_args__ = (
        UniqueConstraint("subject_id", "source_sha256"),
        _one_of("framing", FRAMINGS, "photo_framing"),
        CheckConstraint(
            "crop_side > 0 AND crop_x >= 0 AND crop_y >= 0"
            " AND crop_x + crop_side <= width AND crop_y + crop_side <= height",
            name="photo_crop_inside",
        ),
        _NEVER_AGAIN,
    )


class Job(SQLModel, table=True):
    """A row of the queue. See `storage.queue` for the life of one.

    `run_after` and `lease_until` are on the clock that all workers share (`clock.shared`).
    """

    id: int | None = _key()
    kind: str
    interactive: bool
    owner_id: int = _reference("member.id", big=True)
    subject_id: int | None = _reference("subject.id", optional=True)
    request_id: str = Field(unique=True)
    spec: dict[str, Any] = _json()
    state: str = "queued"
    priority: int = 0
    attempt: int = 0
    max_attempts: int = 3
    run_after: datetime = _moment()
    lease_key: str | None = None
    lease_until: datetime | None = _moment(optional=True)
    cancel_asked_at: datetime | None = _moment(optional=True)
    #: A cancelled training ends with what it learned so far instead of with nothing.
    cancel_keeps: bool = Field(
        default=False, sa_column=Column(Boolean, nullable=False, server_default=false())
    )
    progress: dict[str, Any] = _json()
    outcome: dict[str, Any] = _json()
    error: str | None = None
    server_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    channel_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    created_at: datetime = _moment()
    started_at: datetime | None = _moment(optional=True)
    finished_at: datetime | None = _moment(optional=True)

    __table_args__ = (
        _one_of("kind", JOB_KINDS, "job_kind"),
        _one_of("state", STATES, "job_state"),
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
        _where("job_waiting", "state", "run_after", where="state = 'queued'"),
        _where("job_leased", "lease_until", where="state = 'running'"),
        _where("job_open_owner", "owner_id", where=_IS_OPEN),
        _where("job_open_server", "server_id", where=_IS_OPEN),
        _where(
            "job_one_training", "subject_id", where=f"kind = 'train' AND {_IS_OPEN}", unique=True
        ),
        _NEVER_AGAIN,
    )


class Adapter(SQLModel, table=True):
    """What training made: a LoRA file, its hash, its report card."""

    id: int | None = _key()
    subject_id: int = _reference("subject.id")
    job_id: int | None = _reference("job.id", optional=True, cascade=False)
    blob_key: str = Field(unique=True)
    sha256: str
    size_bytes: int
    base: str
    base_hash: str
    card: dict[str, Any] = _json()
    created_at: datetime = _moment()
    last_used_at: datetime | None = _moment(optional=True)

    __table_args__ = (_NEVER_AGAIN,)


class Image(SQLModel, table=True):
    """A picture a job made: a member's picture, or a tile of a training's sample sheet."""

    id: int | None = _key()
    job_id: int = _reference("job.id")
    owner_id: int = _reference("member.id", big=True)
    number: int
    blob_key: str = Field(unique=True)
    seed: int
    width: int
    height: int
    parameters: str
    created_at: datetime = _moment()

    __table_args__ = (
        UniqueConstraint("job_id", "number"),
        _NEVER_AGAIN,
    )


class ClassImage(SQLModel, table=True):
    """A regularisation picture of a class, made by a base itself and shared by all subjects."""

    id: int | None = _key()
    base_hash: str
    class_word: str
    number: int
    blob_key: str = Field(unique=True)
    created_at: datetime = _moment()

    __table_args__ = (
        UniqueConstraint("base_hash", "class_word", "number"),
        _NEVER_AGAIN,
    )


class Worker(SQLModel, table=True):
    """A trainer process that is, or was, alive, and how fast it is. A fresh row per start."""

    id: int | None = _key()
    base: str
    base_hash: str
    device: str
    step_s: float | None = None
    image_s: float | None = None
    started_at: datetime = _moment()
    seen_at: datetime = _moment()

    __tablename__: ClassVar[str] = "worker"

    __table_args__ = (_NEVER_AGAIN,)


class Outgoing(SQLModel, table=True):
    """What the bot must still say: that a job ended, or that an answer is to be taken down.

    Written with the change it tells of. `send_after` is on the shared clock; a bot that takes a
    row moves it ahead, so that a second bot, or the same one after a crash, waits its turn.
    """

    id: int | None = _key()
    kind: str
    job_id: int | None = _reference("job.id", optional=True)
    channel_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    message_id: int | None = Field(default=None, sa_column=Column(BigInteger))
    attempt: int = 0
    send_after: datetime = _moment()
    created_at: datetime = _moment()
    delivered_at: datetime | None = _moment(optional=True)
    undeliverable: str | None = None

    __table_args__ = (
        _one_of("kind", OUTGOING_KINDS, "outgoing_kind"),
        CheckConstraint("(kind = 'ended') = (job_id IS NOT NULL)", name="outgoing_job"),
        CheckConstraint(
            "delivered_at IS NULL OR undeliverable IS NULL", name="outgoing_said_or_not"
        ),
        UniqueConstraint("job_id", "kind"),
        _where(
            "outgoing_waiting", "send_after", where="delivered_at IS NULL AND undeliverable IS NULL"
        ),
        _NEVER_AGAIN,
    )


class Erasure(SQLModel, table=True):
    """A member's wish to be forgotten, and its receipt.

    The member's id stays until the last backup that knew the member has expired: a restored
    backup is told once more whom to forget.
    """

    id: int | None = _key()
    member_id: int = Field(sa_column=Column(BigInteger, nullable=False, index=True))
    asked_at: datetime = _moment()
    finished_at: datetime | None = _moment(optional=True)
    counts: dict[str, int] = _json()
    freed_bytes: int = Field(
        default=0, sa_column=Column(BigInteger, nullable=False, server_default="0")
    )

    __table_args__ = (_NEVER_AGAIN,)


class Doomed(SQLModel, table=True):
    """A file whose row is gone and that is still to be removed."""

    key: str = Field(primary_key=True)
    erasure_id: int | None = _reference("erasure.id", optional=True, cascade=False)
    created_at: datetime = _moment()


def columns(table: type[SQLModel]) -> Any:
    """The table as queries see it. SQLModel types a column as the value it holds, so a strict
    checker takes `Job.state == "queued"` for a bool; queries go through this door instead.
    """
    return table


def in_state(*states: str) -> Any:
    """Whether a job is in one of these states, as SQL with the states written out.

    A planner takes an index over some rows only where it sees that the condition implies the
    index's, and a prepared statement's parameters hide that (PostgreSQL's generic plans).
    """
    written: list[Any] = [literal_column(f"'{state}'") for state in states]
    column = columns(Job).state
    return column == written[0] if len(written) == 1 else column.in_(written)
