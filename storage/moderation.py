"""What a server's admins see of a member there, and what they may do about it: nothing of it
reaches into other servers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, outbox, queue
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.errors import NotYours
from storage.offences import WITHIN
from storage.retention import remove_jobs
from storage.tables import OPEN_STATES, Job, Offence, Outgoing, Subject, columns, in_state

jobs = columns(Job)
offences = columns(Offence)
outgoing = columns(Outgoing)
subjects = columns(Subject)


@dataclass(frozen=True)
class Record:
    """What a member has in a server: open jobs, and offences of the last days there. Subjects are
    of no server: how many there are, and nothing else of them."""

    open_jobs: Sequence[Job]
    offences: int
    subjects: int


async def record(database: Database, server_id: int, member_id: int) -> Record:
    since = clock.now() - WITHIN
    async with database.read() as session:
        open_ones = await session.scalars(
            select(jobs).where(_theirs(server_id, member_id)).order_by(jobs.id)
        )
        offended = select(func.count(offences.id)).where(
            offences.member_id == member_id,
            offences.server_id == server_id,
            offences.created_at > since,
        )
        owned = select(func.count(subjects.id)).where(subjects.owner_id == member_id)
        return Record(
            open_ones.all(),
            await session.scalar(offended) or 0,
            await session.scalar(owned) or 0,
        )


async def cancel_open(database: Database, server_id: int, member_id: int) -> int:
    """End what waits or is under way for the member in that server; how many jobs."""
    theirs = _theirs(server_id, member_id)
    async with database.write() as session:
        number = await session.scalar(select(func.count(jobs.id)).where(theirs)) or 0
        await queue.withdraw(session, theirs)
        return number


def _theirs(server_id: int, member_id: int) -> Any:
    return and_(jobs.owner_id == member_id, jobs.server_id == server_id, in_state(*OPEN_STATES))


async def find(
    database: Database, server_id: int, *, job_id: int | None = None, message_id: int | None = None
) -> Job:
    """The pictures that were asked for in that server, by the number of their job or a message that
    shows them. Raises NotYours, also where they are of another server."""
    there = and_(jobs.server_id == server_id, jobs.kind == "generate")
    shows = exists().where(outgoing.job_id == jobs.id, outgoing.message_id == message_id)
    which = jobs.id == job_id if job_id is not None else or_(jobs.message_id == message_id, shows)
    async with database.read() as session:
        found: Job | None = await session.scalar(select(jobs).where(there, which).limit(1))
    if found is None:
        raise NotYours
    return found


async def take_down(database: Database, blobs: Blobs, server_id: int, job_id: int) -> None:
    """Remove the pictures of a job of that server, with the messages that show them, and leave word
    for whose they were; where they are not drawn yet, they will not be. Raises NotYours."""
    async with database.write() as session:
        job = await _hold(session, server_id, job_id)
        this = jobs.id == job_id
        await queue.withdraw(session, this)
        await outbox.take_down(session, await outbox.messages_of(session, this))
        await outbox.say_removed(session, server_id, job.owner_id, job_id)
        await remove_jobs(session, [job])
    await bury(database, blobs)


async def _hold(session: AsyncSession, server_id: int, job_id: int) -> Job:
    job: Job | None = await session.scalar(
        select(jobs)
        .where(jobs.id == job_id, jobs.server_id == server_id, jobs.kind == "generate")
        .with_for_update()
    )
    if job is None:
        raise NotYours
    return job
