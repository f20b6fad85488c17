"""The queue: a job's life from a member's request to its end.

    enqueue ---> queued --claim--> running --finishing--> done
                  |  ^                | |
           cancel |  |  lease expired | +--fail--> failed
                  |  +----------------+ |
                  v                     +--stop----> cancelled
               cancelled

A claim is one statement; it counts the attempt and hands out a fresh lease key. Every later
write of the worker names that key, so a worker that was given up for dead and comes back is
refused (`LeaseLost`). A job whose lease ran out returns by itself, inside the next claim; after
`max_attempts` it ends as failed. Every end leaves a row in the outbox, in the same transaction.
Not covered here: what a job does, whose turn it is (`storage.turns`), the line as members see it
(`storage.line`), and how they are told (`storage.outbox`).
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import checkpoints, clock, outbox, previews, rights, seats, sources, wake
from storage import quotas as spent
from storage.engine import Database, insert, one_at_a_time
from storage.errors import (
    AlreadyTraining,
    Busy,
    CapReached,
    LeaseLost,
    NotYours,
    QuotaFull,
    QuotaSpent,
)
from storage.lease import Lease as Lease  # noqa: PLC0414 - queue.Lease is how it is known
from storage.lease import ours
from storage.subjects import know
from storage.tables import OPEN_STATES, Job, Member, columns, in_state
from storage.turns import claim_statement, ready

#: How long a claim is good for without a heartbeat, and how many of these fit into it: a beat
#: that comes too late once or twice costs nothing (pgqueuer's issue 431 had one for each lease).
LEASE_S = 30.0
BEATS = 6
#: A crashed job waits this long, doubled with each attempt, before it is tried again.
BACKOFF_S = 2.0
LONGEST_BACKOFF_S = 300.0

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
    #: Of somebody else's subject: the right by which it is drawn.
    share_id: int | None = None
    session_id: int | None = None
    language: str | None = None
    spec: dict[str, Any] = field(default_factory=dict)
    server_id: int | None = None
    channel_id: int | None = None
    priority: int = 0
    max_attempts: int = 3
    #: The picture that it works on, which the job takes together with its place in line.
    source_id: int | None = None

    @property
    def interactive(self) -> bool:
        return self.kind == "generate"


@dataclass(frozen=True, kw_only=True)
class Quotas:
    """Most jobs that may be open at once; None: any number. And how much of their kind the member
    may ask for in a time, where that is known."""

    per_member: int | None = None
    per_server: int | None = None
    allowance: spent.Allowance | None = None


@dataclass(frozen=True)
class Cancel:
    """A member asked for the job to stop. With `keeps`, what it has made so far is finished."""

    keeps: bool


NO_QUOTAS = Quotas()


async def enqueue(database: Database, request: Request, quotas: Quotas = NO_QUOTAS) -> Job:
    """Put a request in line; the job that is there already when `request_id` is known.

    Raises QuotaFull, QuotaSpent, AlreadyTraining for a second open training of one subject,
    NotYours for a picture that another job works on, or a subject that is gone or that the member
    may not draw (any more), and Busy; in a session also SessionOver, NoSeat and CapReached.
    """
    async with database.write() as session:
        try:
            await _hold_to(session, quotas, request)
            if request.session_id is not None:
                await seats.hold(session, request.session_id, request.owner_id)
        except (QuotaFull, QuotaSpent, CapReached):
            known = await _known(session, request.request_id)
            if known is not None:
                return known
            raise
        if request.subject_id is not None:
            # nobody deletes it, or takes the right to it back, between this and the job
            await rights.hold(session, request.subject_id, request.owner_id, request.share_id)
            # who draws what somebody shared may never have been here before
            await know(session, request.owner_id)
        job: Job | None = await session.scalar(
            insert(session, jobs)
            .values(
                kind=request.kind,
                interactive=request.interactive,
                owner_id=request.owner_id,
                subject_id=request.subject_id,
                share_id=request.share_id,
                session_id=request.session_id,
                language=request.language,
                request_id=request.request_id,
                spec=request.spec,
                state="queued",
                server_id=request.server_id,
                channel_id=request.channel_id,
                priority=request.priority,
                attempt=0,
                max_attempts=request.max_attempts,
                progress={},
                outcome={},
                created_at=clock.now(),
                run_after=await clock.shared(session),
            )
            .on_conflict_do_nothing()
            .returning(jobs)
        )
        if job is not None:
            if request.source_id is not None:
                await sources.attach(session, request.owner_id, request.source_id, job.id or 0)
            await wake.tell(session)
            return job
        known = await _known(session, request.request_id)
    if known is not None:
        return known
    if request.kind == "train":  # the other thing that there is but once
        raise AlreadyTraining
    raise Busy  # the row that was in the way went while we looked, as its member was forgotten


async def _known(session: AsyncSession, request_id: str) -> Job | None:
    found: Job | None = await session.scalar(select(jobs).where(jobs.request_id == request_id))
    return found


async def _hold_to(session: AsyncSession, quotas: Quotas, request: Request) -> None:
    """Count under a lock, so that two requests at once cannot both be the last one."""
    for whose, limit, column, value in (
        ("member", quotas.per_member, jobs.owner_id, request.owner_id),
        ("server", quotas.per_server, jobs.server_id, request.server_id),
    ):
        if limit is None or value is None:
            continue
        await one_at_a_time(session, f"quota of {whose} {value}")
        mine = select(func.count(jobs.id)).where(column == value, in_state(*OPEN_STATES))
        if (await session.scalar(mine) or 0) >= limit:
            raise QuotaFull("member" if whose == "member" else "server", limit)
    if quotas.allowance is not None:
        wanted = int(request.spec.get("pictures", 1))
        await spent.hold(session, quotas.allowance, request.owner_id, request.server_id, wanted)


async def claim(
    database: Database, *, lease_s: float = LEASE_S, interactive_only: bool = False
) -> Lease | None:
    """The next job, ours for `lease_s` seconds, or None when nothing waits."""
    is_ready, is_expired = await _look(database, interactive_only=interactive_only)
    if not (is_ready or is_expired):
        return None  # an idle worker must not take the write lock with every look
    key = secrets.token_hex(16)
    async with database.write() as session:
        at = await clock.shared(session)
        if is_expired:
            await _sweep(session, at)
        statement = claim_statement(at, key, lease_s, interactive_only=interactive_only)
        job = (await session.execute(statement)).scalar_one_or_none()
        if job is None:
            return None
        latest = select(func.coalesce(func.max(members.served_turn), 0)).scalar_subquery()
        await session.execute(
            update(members)
            .where(members.id == job.owner_id)
            .values(served_turn=latest + 1)
            .execution_options(synchronize_session=False)
        )
        session.expunge(job)
    return Lease(job, key)


async def _look(database: Database, *, interactive_only: bool) -> tuple[bool, bool]:
    """Whether a job waits that may be claimed, and whether one's worker went silent."""
    async with database.read() as session:
        at = await clock.shared(session)
        ready_one = exists().where(ready(at, interactive_only=interactive_only))
        row = (await session.execute(select(ready_one, exists().where(_expired(at))))).one()
        return bool(row[0]), bool(row[1])


def _expired(at: datetime) -> Any:
    return and_(in_state("running"), clock.reached(jobs.lease_until, at))


async def _sweep(session: AsyncSession, at: datetime) -> None:
    """Take back the jobs whose worker went silent: again in line, or ended."""
    silent = select(jobs).where(_expired(at)).with_for_update(skip_locked=True)
    for job in (await session.scalars(silent)).all():
        # jitter: what crashed together shall not come back together
        wait_s = min(BACKOFF_S * 2 ** (job.attempt - 1), LONGEST_BACKOFF_S)
        wait_s *= 0.5 + secrets.randbelow(1000) / 1000
        await _take_back(session, job, at + timedelta(seconds=wait_s))


async def _take_back(session: AsyncSession, job: Job, run_after: datetime) -> None:
    """A running job loses its worker: again in line, or ended where its member asked for a cancel
    or no attempt is left."""
    job.lease_key = job.lease_until = None
    is_cancelled = job.cancel_asked_at is not None
    if is_cancelled or job.attempt >= job.max_attempts:
        job.state = "cancelled" if is_cancelled else "failed"
        job.error = None if is_cancelled else "crashed"
        job.finished_at = clock.now()
        await session.flush()
        await _ended(session, job.id or 0, job.message_id)
    else:
        job.state, job.run_after = "queued", run_after
        await session.flush()


async def beat(
    database: Database,
    lease: Lease,
    *,
    lease_s: float = LEASE_S,
    progress: dict[str, Any] | None = None,
) -> Cancel | None:
    """Renew the lease and write down how far the job is; a Cancel when one was asked for.

    Raises LeaseLost when the job is no longer this worker's: stop, and write nothing.
    """
    async with database.write() as session:
        until = await clock.shared(session) + timedelta(seconds=lease_s)
        values: dict[str, Any] = {"lease_until": until}
        if progress is not None:
            values["progress"] = progress
        renewed = await session.execute(
            update(jobs)
            .where(ours(lease))
            .values(**values)
            .returning(jobs.cancel_asked_at, jobs.cancel_keeps)
        )
        row = renewed.one_or_none()
    if row is None:
        raise LeaseLost
    asked_at, keeps = row
    return None if asked_at is None else Cancel(keeps)


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
        .where(ours(lease))
        .values(finished_at=clock.now(), lease_key=None, lease_until=None, **values)
        .returning(jobs.id, jobs.message_id)
        .execution_options(synchronize_session=False)
    )
    row = ended.one_or_none()
    if row is None:
        raise LeaseLost
    await _ended(session, *row)


async def _ended(session: AsyncSession, job_id: int, message_id: int | None) -> None:
    """What every end of a job brings with it."""
    await checkpoints.forget(session, job_id)
    await previews.forget(session, job_id)
    await outbox.say_ended(session, job_id, message_id)


async def give_back(
    database: Database, lease: Lease, *, count_attempt: bool, wait_s: float = 0.0
) -> None:
    """Put the job back in line: the worker is being stopped, or could not go on. One whose
    member asked for a cancel ends here instead, and so does one without attempts left.

    The attempt counts unless the job had no part in it (a clean shutdown). Raises LeaseLost.
    """
    async with database.write() as session:
        mine = select(jobs).where(ours(lease)).with_for_update()
        job: Job | None = await session.scalar(mine)
        if job is None:
            raise LeaseLost
        job.attempt -= not count_attempt
        at = await clock.shared(session)
        await _take_back(session, job, at + timedelta(seconds=wait_s))
        await wake.tell(session)


async def cancel(database: Database, job_id: int, owner_id: int, *, keeps: bool = False) -> Job:
    """A queued job is gone at once; a running one stops at its worker's next beat; a finished
    one stays as it is. With `keeps`, a training that runs finishes with what it learned so far.
    Raises NotYours for anybody else's job.
    """
    async with database.write() as session:
        job: Job | None = await session.scalar(
            select(jobs).where(jobs.id == job_id, jobs.owner_id == owner_id).with_for_update()
        )
        if job is None:
            raise NotYours
        if job.state == "queued":
            job.state, job.finished_at = "cancelled", clock.now()
            job.cancel_asked_at = job.finished_at
            await session.flush()
            await _ended(session, job_id, job.message_id)
        elif job.state == "running" and (job.cancel_asked_at is None or not keeps):
            job.cancel_asked_at, job.cancel_keeps = job.cancel_asked_at or clock.now(), keeps
        return job


async def withdraw(session: AsyncSession, whose: Any) -> None:
    """End the open jobs chosen by `whose` (SQL over `Job`) as cancelled, at once: a worker that has
    one of them can write nothing more. Part of the transaction that says why."""
    found = select(jobs).where(whose, in_state(*OPEN_STATES)).order_by(jobs.id).with_for_update()
    for job in (await session.scalars(found)).all():
        job.state, job.finished_at, job.cancel_asked_at = "cancelled", clock.now(), clock.now()
        job.lease_key = job.lease_until = None
        await session.flush()
        await _ended(session, job.id or 0, job.message_id)


async def get(database: Database, job_id: int) -> Job | None:
    async with database.read() as session:
        return await session.get(Job, job_id)
