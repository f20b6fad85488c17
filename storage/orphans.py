"""Files that no row names: what a crash between a file and its row leaves behind."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select, union_all

from storage.blobs import Blobs
from storage.engine import Database
from storage.named import COLUMNS

#: Younger files may belong to a row that is about to be written.
OLD_ENOUGH_S = 3600.0
#: Names asked about in one query. A store may hold millions; their list is never held whole.
AT_ONCE = 500


async def sweep_orphans(
    database: Database, blobs: Blobs, older_than_s: float = OLD_ENOUGH_S
) -> int:
    """Remove files that no row names and that nobody has touched for a while; how many.

    A bucket's ages are by the bucket's own clock, so one that differs from ours changes nothing.
    """
    removed = 0
    old: list[str] = []
    async for name, age_s in blobs.ages():
        if age_s > older_than_s:
            old.append(name)
        if len(old) == AT_ONCE:
            removed += await _remove_unnamed(database, blobs, old)
            old = []
    return removed + await _remove_unnamed(database, blobs, old)


async def _remove_unnamed(database: Database, blobs: Blobs, names: Sequence[str]) -> int:
    # files first, rows second: a file whose row is written in between is not taken for an orphan
    async with database.read() as session:
        named = union_all(*(select(column).where(column.in_(names)) for column in COLUMNS))
        kept = set((await session.scalars(named)).all())
    orphans = [name for name in names if name not in kept]
    for name in orphans:
        await blobs.discard(name)
    return len(orphans)
