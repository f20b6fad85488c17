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
Not covered here: how it comes in (`storage.enqueue`), what a job does, whose turn it is
(`storage.turns`), the line as members see it (`storage.line`), and how they are told
(`storage.outbox`).
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, newest, outbox, wake
from storage.engine import Database
from storage.enqueue import NO_QUOTAS, Quotas, Request, enqueue
from storage.errors import LeaseLost, NotYours
from storage.lease import Lease, ours
from storage.tables import OPEN_STATES, Checkpoint, Job, Member, Preview, columns, in_state
from storage.turns import claim_statement, ready

__all__ = [
    "BACKOFF_S",
    "BEATS",
    "LEASE_S",
    "LONGEST_BACKOFF_S",
    "NO_QUOTAS",
    "Cancel",
    "Lease",
    "Quotas",
    "Request",
    "beat",
    "cancel",
    "claim",
    "enqueue",
    "fail",
    "finishing",
    "get",
    "give_back",
    "stop",
    "withdraw",
]

#: How long a claim is good for without a heartbeat, and how many of these fit into it: a beat
#: that comes too late once or twice costs nothing (pgqueuer's issue 431 had one for each lease).
LEASE_S = 30.0
BEATS = 6
#: A crashed job waits this long, doubled with each attempt, before it is tried again.
BACKOFF_S = 2.0
LONGEST_BACKOFF_S = 300.0

jobs = columns(Job)
members = columns(Member)


@dataclass(frozen=True)
class Cancel:
    """A member asked for the job to stop. With `keeps`, what it has made so far is finished."""

    keeps: bool


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
    for kind in (Checkpoint, Preview):
        await newest.forget(session, kind, job_id)
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
