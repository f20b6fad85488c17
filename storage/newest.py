"""What an open training last wrote down of itself: a checkpoint, from which it goes on where it is
interrupted, and a preview of how it draws by now.

There is one of each, the newest; its file goes when the next one is there, and the last when the
job ends.
"""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.doomed import doom
from storage.engine import Database
from storage.errors import LeaseLost
from storage.lease import Lease, ours
from storage.tables import Checkpoint, Job, Preview, columns

Kind = TypeVar("Kind", Checkpoint, Preview)

jobs = columns(Job)


async def latest(database: Database, kind: type[Kind], job_id: int) -> Kind | None:
    """The job's newest one, if it ever wrote one."""
    async with database.read() as session:
        found: Kind | None = await session.scalar(
            select(kind).where(columns(kind).job_id == job_id)
        )
        return found


async def keep(
    database: Database, kind: type[Kind], lease: Lease, step: int, blob_key: str
) -> None:
    """The job is at `step`, as that file tells or shows, in place of what was kept before.

    Raises LeaseLost when the job is no longer this worker's; the file is then nobody's.
    """
    async with database.write() as session:
        mine = select(jobs.id).where(ours(lease)).with_for_update()
        job_id = await session.scalar(mine)
        if job_id is None:
            raise LeaseLost
        await forget(session, kind, job_id)
        row = kind(job_id=job_id, step=step, blob_key=blob_key, created_at=clock.now())
        session.add(row)


async def forget(session: AsyncSession, kind: type[Checkpoint | Preview], job_id: int) -> None:
    """The job needs it no longer. Part of the transaction that says why."""
    table = columns(kind)
    gone = await session.scalars(
        delete(kind)
        .where(table.job_id == job_id)
        .returning(table.blob_key)
        .execution_options(synchronize_session=False)
    )
    await doom(session, gone.all())
