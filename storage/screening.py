"""What may be seen: how explicit each picture looks, and what each server shows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from sqlalchemy import update

from storage import clock
from storage.engine import Database, insert
from storage.tables import Image, Preview, Server, columns

#: From which score on a picture is withheld, where a server does not say. The network's authors
#: name no line; of 44 safe photographs the highest was 0.167, of pieces of the demo's drawings
#: 0.149, so that this costs hardly a false alarm. How much it misses (its recall) was not measured:
#: no explicit picture was looked at here. Servers that want more caution go lower.
LIMIT: Final = 0.7

servers = columns(Server)


async def note_scores(
    database: Database,
    scores: Mapping[int, float],
    of: type[Image | Preview] = Image,
) -> None:
    """Write down how explicit pictures look, by their ids. What was written first holds: a picture
    that was shown, or withheld, is not another one later."""
    seen = columns(of)
    async with database.write() as session:
        for number, score in sorted(scores.items()):
            await session.execute(
                update(of).where(seen.id == number, seen.explicit.is_(None)).values(explicit=score)
            )


async def safety_of(database: Database, server_id: int | None) -> Server:
    """What a server wants; the empty wishes of one that never said, and outside of servers."""
    async with database.read() as session:
        found = None if server_id is None else await session.get(Server, server_id)
        return found or Server(id=server_id or 0, created_at=clock.now())


async def set_safety(
    database: Database,
    server_id: int,
    *,
    explicit_limit: float | None,
    alerts_channel_id: int | None,
) -> None:
    """Write down what a server wants from now on; None: the default."""
    wishes = {"explicit_limit": explicit_limit, "alerts_channel_id": alerts_channel_id}
    async with database.write() as session:
        await session.execute(
            insert(session, servers)
            .values(id=server_id, created_at=clock.now(), **wishes)
            .on_conflict_do_update(index_elements=["id"], set_=wishes)
        )
