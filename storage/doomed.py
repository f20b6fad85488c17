"""Files whose rows are gone: written down with the rows' end, removed afterwards, for certain.

Row first, file second: a kill in between leaves a row here and never a file that nobody knows.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.blobs import Blobs
from storage.engine import Database, insert
from storage.errors import BlobMissing, StorageFull, StoreUnreachable
from storage.tables import Doomed, Erasure, columns

log = logging.getLogger("darkroom.storage")

BATCH = 200

doomed = columns(Doomed)
erasures = columns(Erasure)


async def doom(session: AsyncSession, keys: Sequence[str], erasure_id: int | None = None) -> None:
    """These files are to go. Part of the transaction that removes their rows."""
    rows = [{"key": key, "erasure_id": erasure_id, "created_at": clock.now()} for key in keys]
    for start in range(0, len(rows), BATCH):
        await session.execute(
            insert(session, doomed)
            .values(rows[start : start + BATCH])
            .on_conflict_do_nothing(index_elements=["key"])
        )


async def bury(database: Database, blobs: Blobs) -> int:
    """Remove every doomed file and say how many bytes that freed.

    A file that cannot be removed now stays written down for the next call; where the whole store
    does not answer, so do all the others.
    """
    freed, last = 0, ""
    while rows := await _after(database, last):
        for row in rows:
            last = row.key
            try:
                size = await blobs.delete(row.key)
            except BlobMissing:
                size = 0  # never a file of ours
            except StoreUnreachable as error:
                log.warning("doomed files wait for the next round: %s", error)
                return freed
            except (OSError, StorageFull) as error:
                log.warning("%s waits for the next round: %s", row.key, error)
                continue
            freed += size
            await _buried(database, row, size)
    await _finish_erasures(database)
    return freed


async def _after(database: Database, key: str) -> Sequence[Doomed]:
    async with database.read() as session:
        rows = await session.scalars(
            select(doomed).where(doomed.key > key).order_by(doomed.key).limit(BATCH)
        )
        return rows.all()


async def _buried(database: Database, row: Doomed, size_bytes: int) -> None:
    async with database.write() as session:
        await session.execute(delete(doomed).where(doomed.key == row.key))
        if row.erasure_id is not None:
            await session.execute(
                update(erasures)
                .where(erasures.id == row.erasure_id)
                .values(freed_bytes=erasures.freed_bytes + size_bytes)
            )


async def _finish_erasures(database: Database) -> None:
    open_ones = erasures.finished_at.is_(None)
    async with database.read() as session:
        if await session.scalar(select(erasures.id).where(open_ones).limit(1)) is None:
            return
    async with database.write() as session:
        still = select(func.count()).where(doomed.erasure_id == erasures.id).scalar_subquery()
        await session.execute(
            update(erasures)
            .where(open_ones, still == 0)
            .values(finished_at=clock.now())
            .execution_options(synchronize_session=False)
        )
