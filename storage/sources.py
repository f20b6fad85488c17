"""Pictures that are worked on: a copy of each, and a mask of where it may change.

File first, row second; on removal row first, file second. A copy serves one job: it is taken
together with the job's request (`storage.queue.enqueue`), and goes when that has ended. One that
nobody asks for goes after a day (`storage.retention`).
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.blobs import Blobs
from storage.doomed import bury, doom
from storage.engine import Database
from storage.errors import NotYours
from storage.tables import Source, Subject, columns

FOLDER = "sources"

sources = columns(Source)
subjects = columns(Subject)


async def add(
    database: Database,
    blobs: Blobs,
    *,
    owner_id: int,
    subject_id: int,
    picture: bytes,
    mask: bytes | None,
    size: tuple[int, int],
    drawn: bool,
    wish: dict[str, Any],
) -> Source:
    """Keep a copy of a picture of that size (width, height), and its mask where it has one. Raises
    NotYours, and keeps nothing, where its subject or its member is gone meanwhile."""
    keys = [await blobs.put(FOLDER, file, "png") for file in (picture, mask) if file is not None]
    source = Source(
        owner_id=owner_id,
        subject_id=subject_id,
        blob_key=keys[0],
        mask_key=None if mask is None else keys[1],
        width=size[0],
        height=size[1],
        drawn=drawn,
        wish=wish,
        created_at=clock.now(),
    )
    try:
        async with database.write() as session:
            session.add(source)
            await session.flush()
            return source
    except IntegrityError:
        for key in keys:
            await blobs.delete(key)
        raise NotYours from None


async def get(database: Database, source_id: int) -> Source | None:
    """The copy of that number, whoever's it is: for its job."""
    async with database.read() as session:
        return await session.get(Source, source_id)


async def own(database: Database, owner_id: int, source_id: int) -> Source:
    """The member's copy of that number. Raises NotYours, also when it is somebody else's."""
    async with database.read() as session:
        found: Source | None = await session.scalar(
            select(sources).where(sources.id == source_id, sources.owner_id == owner_id)
        )
    if found is None:
        raise NotYours
    return found


async def set_mask(
    database: Database, blobs: Blobs, owner_id: int, source_id: int, mask: bytes
) -> Source:
    """Give the member's copy another mask; the one before goes. Raises NotYours, also where a job
    has it already."""
    key = await blobs.put(FOLDER, mask, "png")
    try:
        async with database.write() as session:
            source = await _hold(session, owner_id, source_id)
            await doom(session, [source.mask_key] if source.mask_key else [])
            source.mask_key = key
    except NotYours:
        await blobs.delete(key)
        raise
    await bury(database, blobs)
    return source


async def drop(database: Database, blobs: Blobs, owner_id: int, source_id: int) -> None:
    """Forget the member's copy. Raises NotYours, also where a job has it already."""
    async with database.write() as session:
        source = await _hold(session, owner_id, source_id)
        await doom(session, [key for key in (source.blob_key, source.mask_key) if key])
        await session.delete(source)
    await bury(database, blobs)


async def attach(session: AsyncSession, owner_id: int, source_id: int, job_id: int) -> None:
    """The copy is this job's from now on. Part of the transaction that puts the job in line.

    Raises NotYours where it is gone, somebody else's, or another job's: then there is no job.
    """
    taken = await session.execute(
        update(sources)
        .where(sources.id == source_id, sources.owner_id == owner_id, sources.job_id.is_(None))
        .values(job_id=job_id)
        .returning(sources.id)
        .execution_options(synchronize_session=False)
    )
    if taken.one_or_none() is None:
        raise NotYours


async def _hold(session: AsyncSession, owner_id: int, source_id: int) -> Source:
    """The member's copy that no job has, which nobody else changes or removes until the end of the
    transaction."""
    # the subject first, as all do who remove it: they list its files while they hold it, and a
    # mask that came after the list would leave its file to nobody
    of_source = select(sources.subject_id).where(sources.id == source_id).scalar_subquery()
    await session.execute(
        select(subjects.id)
        .where(subjects.id == of_source)
        .with_for_update(read=True, key_share=True)
    )
    source: Source | None = await session.scalar(
        select(sources)
        .where(sources.id == source_id, sources.owner_id == owner_id, sources.job_id.is_(None))
        .with_for_update(of=sources)
    )
    if source is None:
        raise NotYours
    return source
