"""How open trainings draw by now: of each the newest picture, until it ends.

Its file goes when the next one is there, and the last when the job ends: the sample sheet takes its
place.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.doomed import doom
from storage.engine import Database
from storage.errors import LeaseLost
from storage.lease import Lease, ours
from storage.tables import Job, Preview, columns

jobs = columns(Job)
previews = columns(Preview)


async def latest(database: Database, job_id: int) -> Preview | None:
    """The job's newest picture, if there is one."""
    async with database.read() as session:
        found: Preview | None = await session.scalar(
            select(previews).where(previews.job_id == job_id)
        )
        return found


async def keep(database: Database, lease: Lease, step: int, blob_key: str) -> None:
    """The job draws like that at `step`, in place of what was kept before.

    Raises LeaseLost when the job is no longer this worker's; the file is then nobody's.
    """
    async with database.write() as session:
        mine = select(jobs.id).where(ours(lease)).with_for_update()
        job_id = await session.scalar(mine)
        if job_id is None:
            raise LeaseLost
        await forget(session, job_id)
        row = Preview(job_id=job_id, step=step, blob_key=blob_key, created_at=clock.now())
        session.add(row)


async def forget(session: AsyncSession, job_id: int) -> None:
    """The job needs its picture no longer. Part of the transaction that says why."""
    gone = await session.scalars(
        delete(previews)
        .where(previews.job_id == job_id)
        .returning(previews.blob_key)
        .execution_options(synchronize_session=False)
    )
    await doom(session, gone.all())


async def note_score(database: Database, preview_id: int, score: float) -> None:
    """Write down how explicit it looks. What was written first holds."""
    async with database.write() as session:
        await session.execute(
            update(previews)
            .where(previews.id == preview_id, previews.explicit.is_(None))
            .values(explicit=score)
        )
