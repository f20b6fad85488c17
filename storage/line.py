"""The line as members see it: who is served now, who comes next, and where their panels are."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import heapify, heappop, heappush
from itertools import count, groupby

from sqlalchemy import select, update

from storage import clock, outbox, resting
from storage.engine import Database
from storage.tables import OPEN_STATES, Job, Member, Server, columns, in_state
from storage.turns import OVERDUE_S, fair_order

jobs = columns(Job)
members = columns(Member)
servers = columns(Server)


@dataclass(frozen=True)
class Line:
    """Every running job, then the waiting ones as they would be claimed, and last those that wait
    for quiet hours to end; and when those do, by the jobs' ids."""

    jobs: Sequence[Job]
    resting: Mapping[int, datetime]


async def open_jobs(database: Database) -> Sequence[Job]:
    """The jobs of the line, in its order."""
    return (await look(database)).jobs


async def look(database: Database) -> Line:
    """The line as it is."""
    async with database.read() as session:
        at = await clock.shared(session)
        running = await session.scalars(
            select(jobs).where(in_state("running")).order_by(jobs.started_at)
        )
        waiting = await session.execute(
            select(jobs, members.served_turn, servers)
            .join(members, members.id == jobs.owner_id)
            .outerjoin(servers, servers.id == jobs.server_id)
            .where(in_state("queued"))
            .order_by(*fair_order(at))
        )
        now = clock.now()
        ready: list[tuple[Job, int | None]] = []
        rests: dict[int, datetime] = {}
        held: list[tuple[Job, int | None]] = []
        for job, turn, server in waiting.all():
            until = resting.until(job, server, now)
            if until is None:
                ready.append((job, turn))
            else:
                rests[job.id] = until
                held.append((job, turn))
        return Line([*running.all(), *in_turn(ready, at), *in_turn(held, at)], rests)


def in_turn(waiting: Sequence[tuple[Job, int | None]], at: datetime) -> list[Job]:
    """Waiting jobs, each with its member's latest turn (None: never served), in the order in
    which claims at `at` would take them: each claim moves its member behind everybody else.
    """
    turns = {job.owner_id: -1 if turn is None else turn for job, turn in waiting}
    next_turn = count(max(turns.values(), default=0) + 1)
    order: list[Job] = []
    by_rank = sorted((job for job, _ in waiting), key=lambda job: (_rank(job, at), job.id))
    for _, group in groupby(by_rank, key=lambda job: _rank(job, at)):
        own: dict[int, deque[Job]] = {}
        for job in group:
            own.setdefault(job.owner_id, deque()).append(job)
        heads = [(turns[owner], line[0].id, owner) for owner, line in own.items()]
        heapify(heads)
        while heads:
            *_, owner = heappop(heads)
            order.append(own[owner].popleft())
            turns[owner] = next(next_turn)
            if own[owner]:
                heappush(heads, (turns[owner], own[owner][0].id, owner))
    return order


def _rank(job: Job, at: datetime) -> tuple[bool, int]:
    """What `turns.fair_order` sorts by before it looks at whose turn it is."""
    waited_s = (at - job.run_after).total_seconds()
    overdue = waited_s >= OVERDUE_S or waited_s < -clock.LONGEST_S
    return (not (job.interactive or overdue), -job.priority)


async def place_in_line(database: Database, job_id: int) -> int | None:
    """How many jobs come before this one, running ones included; None when it waits no more."""
    for place, job in enumerate(await open_jobs(database)):
        if job.id == job_id:
            return place if job.state == "queued" else None
    return None


async def shown_jobs(database: Database) -> Sequence[Job]:
    """Open jobs that have a panel to be kept up to date."""
    async with database.read() as session:
        rows = await session.scalars(
            select(jobs)
            .where(in_state(*OPEN_STATES), jobs.message_id.is_not(None))
            .order_by(jobs.id)
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
        await outbox.hurry(session, job_id)
