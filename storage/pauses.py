"""Breaks that a server's admins give a member, in that server alone. One ends by itself, or when an
admin ends it; being forgotten does not end it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.engine import Database, insert
from storage.tables import Pause, columns

pauses = columns(Pause)


async def give(database: Database, server_id: int, member_id: int, hours: int) -> datetime:
    """For so long from now on nothing is drawn or trained for the member there; its end. A break
    that they have already ends then, too, sooner or later than it would have."""
    until = clock.now() + timedelta(hours=hours)
    async with database.write() as session:
        await session.execute(
            insert(session, pauses)
            .values(server_id=server_id, member_id=member_id, until=until)
            .on_conflict_do_update(index_elements=["server_id", "member_id"], set_={"until": until})
        )
    return until


async def end(database: Database, server_id: int, member_id: int) -> bool:
    """End the member's break there; whether there was one."""
    async with database.write() as session:
        ended = await session.scalar(
            delete(pauses)
            .where(pauses.server_id == server_id, pauses.member_id == member_id)
            .returning(pauses.until)
        )
        return ended is not None and ended > clock.now()


async def until(database: Database, server_id: int | None, member_id: int) -> datetime | None:
    """When the member's break there ends; None where there is none."""
    if server_id is None:
        return None
    async with database.read() as session:
        found = await session.get(Pause, (server_id, member_id))
        return None if found is None or found.until <= clock.now() else found.until


async def latest(database: Database, member_id: int) -> datetime | None:
    """When the last of the member's breaks ends, wherever that is."""
    async with database.read() as session:
        found: datetime | None = await session.scalar(
            select(func.max(pauses.until)).where(
                pauses.member_id == member_id, pauses.until > clock.now()
            )
        )
        return found


async def forget_old(session: AsyncSession) -> None:
    """Drop the breaks that are over."""
    await session.execute(delete(pauses).where(pauses.until < clock.now()))
