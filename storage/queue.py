"""The queue: a job's life from a member's request to its delivery.

    enqueue ---> queued --claim--> running --finishing--> done
                  |  ^                | |
           cancel |  |  lease expired | +--fail--> failed
                  |  +----------------+ |
                  v                     +--stop----> cancelled
               cancelled

A claim is one statement; it counts the attempt and hands out a fresh lease key. Every later
write of the worker names that key, so a worker that was given up for dead and comes back is
refused (`LeaseLost`). A job whose lease ran out returns by itself, inside the next claim; after
`max_attempts` it ends as failed. Not covered here: what a job does, and who is told of it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.engine import Database
from storage.errors import AlreadyTraining, LeaseLost, NotYours
from storage.tables import OPEN_STATES, Job, Member, columns

#: How long a claim is good for without a heartbeat. Workers beat every sixth of it.
LEASE_S = 30.0
#: A crashed job waits this long, doubled with each attempt, before it is tried again.
BACKOFF_S = 2.0

jobs = columns(Job)
members = columns(Member)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What a member asked for. `request_id` is the Discord interaction's id: asking twice with
    one id makes one job.
    """

    kind: str
    owner_id: int
    request_id: str
    subject_id: int | None = None
    spec: dict[str, Any] = field(default_factory=dict)
    channel_id: int | None = None
    max_attempts: int = 3

    @property
    def interactive(self) -> bool:
        return self.kind == "generate"


@dataclass(frozen=True)
class Lease:
    """The right to write for one job, until it runs out."""

    job: Job
    key: str


async def enqueue(database: Database, request: Request) -> Job:
    """Put a request in line; the job that is there already when `request_id` is known.

    Raises AlreadyTraining for a second open training of one subject.
    """
    async with database.write() as session:
        known: Job | None = await session.scalar(
            select(jobs).where(jobs.request_id == request.request_id)
        )
        if known is not None:
            return known
        at = clock.now()
        job = Job(
            kind=request.kind,
            interactive=request.interactive,
            owner_id=request.owner_id,
            subject_id=request.subject_id,
            request_id=request.request_id,
            spec=request.spec,
            channel_id=request.channel_id,
            max_attempts=request.max_attempts,
            created_at=at,
            run_after=at,
        )
        if request.kind == "train" and await session.scalar(_open_training(request.subject_id)):
            raise AlreadyTraining
        session.add(job)
        await session.flush()
        return job


def _open_training(subject_id: int | None) -> Select[tuple[int | None]]:
    return select(jobs.id).where(
        jobs.kind == "train", jobs.subject_id == subject_id, jobs.state.in_(OPEN_STATES)
    )


def claim_statement(at: datetime, lease_key: str, lease_s: float, *, interactive_only: bool) -> Any:
    """The claim: the first job in the fair order becomes ours. PostgreSQL gets SKIP LOCKED from
    the same expression; SQLite has one writer and needs none.
    """
    ready = [jobs.state == "queued", jobs.run_after <= at]
    if interactive_only:
        ready.append(jobs.interactive.is_(True))
    first = (
        select(jobs.id)
        .join(members, members.id == jobs.owner_id)
        .where(*ready)
        .order_by(*fair_order())
        .limit(1)
        .with_for_update(skip_locked=True, of=jobs)
        .cte("first")
    )
    return (
        update(jobs)
        .where(jobs.id.in_(select(first.c.id)))
        .values(
            state="running",
            attempt=jobs.attempt + 1,
            lease_key=lease_key,
            lease_until=at + timedelta(seconds=lease_s),
            started_at=func.coalesce(jobs.started_at, at),
            progress={},
        )
        .returning(jobs)
        .execution_options(synchronize_session=False)
    )


def fair_order() -> tuple[Any, ...]:
    """Interactive work first, then priority, then whoever was served longest ago."""
    return (
        jobs.interactive.desc(),
        jobs.priority.desc(),
        members.last_served_at.asc().nulls_first(),
        jobs.id,
    )


async def claim(
    database: Database, *, lease_s: float = LEASE_S, interactive_only: bool = False
) -> Lease | None:
    """The next job, ours for `lease_s` seconds, or None when nothing waits."""
    at = clock.now()
    if not await _anything_to_do(database, at, interactive_only=interactive_only):
        return None  # an idle worker must not take the write lock twice a second
    key = secrets.token_hex(16)
    async with database.write() as session:
        await _sweep(session, at)
        statement = claim_statement(at, key, lease_s, interactive_only=interactive_only)
        job = (await session.execute(statement)).scalar_one_or_none()
        if job is None:
            return None
        await session.execute(
            update(members).where(members.id == job.owner_id).values(last_served_at=at)
        )
        session.expunge(job)
    return Lease(job, key)


async def _anything_to_do(database: Database, at: datetime, *, interactive_only: bool) -> bool:
    ready = [jobs.state == "queued", jobs.run_after <= at]
    if interactive_only:
        ready.append(jobs.interactive.is_(True))
    async with database.read() as session:
        if await session.scalar(select(jobs.id).where(*ready).limit(1)) is not None:
            return True
        expired = select(jobs.id).where(jobs.state == "running", jobs.lease_until < at).limit(1)
        return await session.scalar(expired) is not None


async def _sweep(session: AsyncSession, at: datetime) -> None:
    """Take back the jobs whose worker went silent: again in line, or ended."""
    expired = (jobs.state == "running", jobs.lease_until < at)
    none_left = jobs.attempt >= jobs.max_attempts
    ended = or_(none_left, jobs.cancel_asked_at.is_not(None))
    no_lease = {"lease_key": None, "lease_until": None}
    await session.execute(
        update(jobs)
        .where(*expired, ended)
        .values(
            state=case((jobs.cancel_asked_at.is_not(None), "cancelled"), else_="failed"),
            error=case((jobs.cancel_asked_at.is_not(None), None), else_="crashed"),
            finished_at=at,
            **no_lease,
        )
    )
    silent = (await session.scalars(select(jobs).where(*expired))).all()
    for job in silent:
        job.state = "queued"
        job.lease_key = job.lease_until = None
        # jitter: what crashed together shall not come back together
        wait_s = BACKOFF_S * 2 ** (job.attempt - 1) * (0.5 + secrets.randbelow(1000) / 1000)
        job.run_after = at + timedelta(seconds=wait_s)
    await session.flush()


def _ours(lease: Lease) -> tuple[Any, ...]:
    return (jobs.id == lease.job.id, jobs.lease_key == lease.key, jobs.state == "running")


async def beat(
    database: Database,
    lease: Lease,
    *,
    lease_s: float = LEASE_S,
    progress: dict[str, Any] | None = None,
) -> bool:
    """Renew the lease and write down how far the job is; True when a cancel was asked for.

    Raises LeaseLost when the job is no longer this worker's: stop, and write nothing.
    """
    values: dict[str, Any] = {"lease_until": clock.now() + timedelta(seconds=lease_s)}
    if progress is not None:
        values["progress"] = progress
    async with database.write() as session:
        row = (
            await session.execute(
                update(jobs).where(*_ours(lease)).values(**values).returning(jobs.cancel_asked_at)
            )
        ).one_or_none()
    if row is None:
        raise LeaseLost
    return row[0] is not None


@asynccontextmanager
async def finishing(
    database: Database, lease: Lease, outcome: dict[str, Any]
) -> AsyncIterator[AsyncSession]:
    """End the job as done and, in the same transaction, write what it made.

    Yields the session to add results to; they become visible with the finished row or not at
    all. Raises LeaseLost before anything is written when the job is no longer ours.
    """
    async with database.write() as session:
        await _end(session, lease, state="done", outcome=outcome)
        yield session


async def fail(
    database: Database, lease: Lease, error: str, outcome: dict[str, Any] | None = None
) -> None:
    """End the job as failed. `error` is a code that the bot has a sentence for."""
    async with database.write() as session:
        await _end(session, lease, state="failed", error=error, outcome=outcome or {})


async def stop(database: Database, lease: Lease, outcome: dict[str, Any] | None = None) -> None:
    """End the job as cancelled, as its member asked."""
    async with database.write() as session:
        await _end(session, lease, state="cancelled", outcome=outcome or {})


async def _end(session: AsyncSession, lease: Lease, **values: Any) -> None:
    ended = await session.execute(
        update(jobs)
        .where(*_ours(lease))
        .values(finished_at=clock.now(), lease_key=None, lease_until=None, **values)
        .returning(jobs.id)
    )
    if ended.one_or_none() is None:
        raise LeaseLost


async def give_back(database: Database, lease: Lease, *, count_attempt: bool) -> None:
    """Put the job back in line at once: the worker is being stopped, or could not go on. One
    whose member asked for a cancel ends here instead.

    The attempt counts unless the job had no part in it (a clean shutdown). Raises LeaseLost.
    """
    at = clock.now()
    is_cancelled = jobs.cancel_asked_at.is_not(None)
    async with database.write() as session:
        returned = await session.execute(
            update(jobs)
            .where(*_ours(lease))
            .values(
                state=case((is_cancelled, "cancelled"), else_="queued"),
                finished_at=case((is_cancelled, at), else_=None),
                lease_key=None,
                lease_until=None,
                attempt=jobs.attempt if count_attempt else jobs.attempt - 1,
                run_after=at,
            )
            .returning(jobs.id)
        )
        if returned.one_or_none() is None:
            raise LeaseLost


async def cancel(database: Database, job_id: int, owner_id: int) -> Job:
    """A queued job is gone at once; a running one stops at its worker's next beat; a finished
    one stays as it is. Raises NotYours for anybody else's job.
    """
    async with database.write() as session:
        job: Job | None = await session.scalar(
            select(jobs).where(jobs.id == job_id, jobs.owner_id == owner_id)
        )
        if job is None:
            raise NotYours
        at = clock.now()
        if job.state == "queued":
            job.state, job.finished_at, job.cancel_asked_at = "cancelled", at, at
        elif job.state == "running" and job.cancel_asked_at is None:
            job.cancel_asked_at = at
        return job


async def get(database: Database, job_id: int) -> Job | None:
    async with database.read() as session:
        return await session.get(Job, job_id)


async def open_jobs(database: Database) -> Sequence[Job]:
    """Every running job, then the waiting ones as they would be claimed."""
    async with database.read() as session:
        running = await session.scalars(
            select(jobs).where(jobs.state == "running").order_by(jobs.started_at)
        )
        waiting = await session.execute(
            select(jobs, members.last_served_at)
            .join(members, members.id == jobs.owner_id)
            .where(jobs.state == "queued")
            .order_by(*fair_order())
        )
        return [*running.all(), *in_turn([(job, served) for job, served in waiting.all()])]


def in_turn(waiting: Sequence[tuple[Job, datetime | None]]) -> list[Job]:
    """Waiting jobs (each with when its member was last served) in the order in which claims
    would take them: each claim moves its member behind everybody else of equal rank.
    """
    jobs = [job for job, _ in waiting]
    turn = {job.owner_id: (served is not None, served) for job, served in waiting}
    served_now = 0
    ranks: dict[int, tuple[Any, ...]] = {
        owner: (0,) if not known else (1, served) for owner, (known, served) in turn.items()
    }
    order: list[Job] = []
    while jobs:
        following = min(
            jobs, key=lambda j: (not j.interactive, -j.priority, ranks[j.owner_id], j.id or 0)
        )
        jobs.remove(following)
        order.append(following)
        served_now += 1
        ranks[following.owner_id] = (2, served_now)
    return order


async def count_open(database: Database, owner_id: int) -> int:
    """How many jobs the member has waiting or running."""
    async with database.read() as session:
        mine = select(func.count(jobs.id)).where(
            jobs.owner_id == owner_id, jobs.state.in_(OPEN_STATES)
        )
        return await session.scalar(mine) or 0


async def messages_of(
    database: Database, owner_id: int, subject_id: int | None = None
) -> list[tuple[int, int]]:
    """(channel, message) of every answer that jobs of the member, or of one subject, show."""
    async with database.read() as session:
        shown = select(jobs.channel_id, jobs.message_id).where(
            jobs.owner_id == owner_id, jobs.message_id.is_not(None)
        )
        if subject_id is not None:
            shown = shown.where(jobs.subject_id == subject_id)
        return [(channel, message) for channel, message in (await session.execute(shown)).all()]


async def place_in_line(database: Database, job_id: int) -> int | None:
    """How many jobs come before this one, running ones included; None when it waits no more."""
    for place, job in enumerate(await open_jobs(database)):
        if job.id == job_id:
            return place if job.state == "queued" else None
    return None


async def unseen(database: Database) -> Sequence[Job]:
    """Jobs whose member has something to be shown: progress, or an end not yet delivered."""
    async with database.read() as session:
        rows = await session.scalars(
            select(jobs).where(jobs.delivered_at.is_(None)).order_by(jobs.id)
        )
        return rows.all()


async def set_message(database: Database, job_id: int, channel_id: int, message_id: int) -> None:
    """Remember the panel that shows this job, so that it can be edited after a restart."""
    async with database.write() as session:
        await session.execute(
            update(jobs)
            .where(jobs.id == job_id)
            .values(channel_id=channel_id, message_id=message_id)
        )


async def mark_delivered(database: Database, job_id: int) -> None:
    async with database.write() as session:
        await session.execute(
            update(jobs).where(jobs.id == job_id).values(delivered_at=clock.now())
        )


__all__ = [
    "Lease",
    "Request",
    "beat",
    "cancel",
    "claim",
    "count_open",
    "enqueue",
    "fail",
    "finishing",
    "get",
    "give_back",
    "in_turn",
    "mark_delivered",
    "messages_of",
    "open_jobs",
    "place_in_line",
    "set_message",
    "stop",
    "unseen",
]
