"""Where open trainings are, so that one that is interrupted goes on instead of beginning again.

A training has one checkpoint, the newest; its file goes when the next one is there, and the last
when the job ends.
"""

from __future__ import annotations

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.doomed import doom
from storage.engine import Database
from storage.errors import LeaseLost
from storage.lease import Lease, ours
from storage.tables import Checkpoint, Job, columns

jobs = columns(Job)
checkpoints = columns(Checkpoint)


async def latest(database: Database, job_id: int) -> Checkpoint | None:
    """The job's checkpoint, if it ever wrote one."""
    async with database.read() as session:
        found: Checkpoint | None = await session.scalar(
            select(checkpoints).where(checkpoints.job_id == job_id)
        )
        return found


async def keep(database: Database, lease: Lease, step: int, blob_key: str) -> None:
    """The job is at `step`, as that file tells, in place of what was kept before.

    Raises LeaseLost when the job is no longer this worker's; the file is then nobody's.
    """
    async with database.write() as session:
        mine = select(jobs.id).where(ours(lease)).with_for_update()
        job_id = await session.scalar(mine)
        if job_id is None:
            raise LeaseLost
        await forget(session, job_id)
        row = Checkpoint(job_id=job_id, step=step, blob_key=blob_key, created_at=clock.now())
        session.add(row)


async def forget(session: AsyncSession, job_id: int) -> None:
    """The job needs its checkpoint no longer. Part of the transaction that says why."""
    gone = await session.scalars(
        delete(checkpoints)
        .where(checkpoints.job_id == job_id)
        .returning(checkpoints.blob_key)
        .execution_options(synchronize_session=False)
    )
    await doom(session, gone.all())
