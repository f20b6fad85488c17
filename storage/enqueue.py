"""How a request comes into the queue: once, within what its member may ask for, and only while what
it is about is there and theirs to use."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, rights, seats, sources, wake
from storage import quotas as spent
from storage.engine import Database, insert, one_at_a_time
from storage.errors import AlreadyTraining, Busy, CapReached, QuotaFull, QuotaSpent
from storage.subjects import know
from storage.tables import OPEN_STATES, Job, columns, in_state

jobs = columns(Job)


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
