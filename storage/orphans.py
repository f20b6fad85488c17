"""Files that no row names: what a crash between a file and its row leaves behind."""

from __future__ import annotations

import asyncio

from sqlalchemy import select, union_all

from storage import clock
from storage.blobs import Blobs
from storage.engine import Database
from storage.tables import Adapter, ClassImage, Image, Photo, columns

#: Younger files may belong to a row that is about to be written.
OLD_ENOUGH_S = 3600.0


async def sweep_orphans(
    database: Database, blobs: Blobs, older_than_s: float = OLD_ENOUGH_S
) -> int:
    """Remove files that no row names and that nobody has touched for a while; how many."""
    # files first, rows second: a file whose row is written in between is not taken for an orphan
    files = await asyncio.to_thread(lambda: list(blobs.ages(clock.now())))
    async with database.read() as session:
        named = union_all(
            *(
                select(column)
                for column in (
                    columns(Photo).upright_key,
                    columns(Photo).crop_key,
                    columns(Adapter).blob_key,
                    columns(Image).blob_key,
                    columns(ClassImage).blob_key,
                )
            )
        )
        kept = set((await session.scalars(named)).all())
    orphans = [key for key, age_s in files if key not in kept and age_s > older_than_s]
    for key in orphans:
        await asyncio.to_thread(blobs.discard_now, key)
    return len(orphans)
