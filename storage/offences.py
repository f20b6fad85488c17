"""Who asked again and again for what nobody draws: counted, suspended for a while, and told of to
the admins of the server where it happened.

A suspension is the member's, everywhere; it ends by itself, and not by being forgotten. What led to
one is spent: it does not count towards the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, outbox
from storage.engine import Database, insert, one_at_a_time
from storage.subjects import know
from storage.tables import Member, Offence, Suspension, columns

#: So many offences within so many days suspend a member for so many hours. Choices of ours, not
#: measured: a slip or two is nobody's fault, and a picture can be withheld without any.
MOST: Final = 5
WITHIN: Final = timedelta(days=7)
SUSPENDED: Final = timedelta(hours=24)

members = columns(Member)
offences = columns(Offence)
suspensions = columns(Suspension)


async def note(
    database: Database,
    *,
    member_id: int,
    server_id: int | None,
    kind: Literal["prompt", "picture"],
    request_id: str,
) -> None:
    """Count an offence; told twice of one `request_id`, it counts once. The one too many suspends
    the member and leaves word for the server's admins, all in one transaction.

    Whoever is suspended is not counted meanwhile. A picture of somebody who was forgotten since is
    nobody's.
    """
    async with database.write() as session:
        # two at once are counted one after the other, so that one of them is the last
        await one_at_a_time(session, f"offences of {member_id}")
        if await _end_of(session, member_id) is not None:
            return
        if kind == "prompt":
            await know(session, member_id)
        held = select(members.id).where(members.id == member_id).with_for_update()
        if await session.scalar(held) is None:
            return
        now = clock.now()
        await session.execute(
            insert(session, offences)
            .values(
                member_id=member_id,
                server_id=server_id,
                kind=kind,
                request_id=request_id,
                created_at=now,
            )
            .on_conflict_do_nothing(index_elements=["request_id"])
        )
        counting = (
            offences.member_id == member_id,
            offences.led_to.is_(None),
            offences.created_at > now - WITHIN,
        )
        if (await session.scalar(select(func.count(offences.id)).where(*counting)) or 0) < MOST:
            return
        until = now + SUSPENDED
        await session.execute(update(offences).where(*counting).values(led_to=until))
        await session.execute(
            insert(session, suspensions)
            .values(member_id=member_id, until=until)
            .on_conflict_do_update(index_elements=["member_id"], set_={"until": until})
        )
        if server_id is not None:
            await outbox.say_alert(session, server_id, member_id)


async def _end_of(session: AsyncSession, member_id: int) -> datetime | None:
    """When the member's suspension ends; None where none is running."""
    found = await session.get(Suspension, member_id)
    return found.until if found is not None and found.until > clock.now() else None


async def suspended_until(database: Database, member_id: int) -> datetime | None:
    """Until when nothing is drawn or trained for the member; None where there is no such time."""
    async with database.read() as session:
        return await _end_of(session, member_id)


async def lift(database: Database, member_id: int, server_id: int) -> bool:
    """End a suspension, and forget what led to it; whether there was one to end there.

    Only where the member offended: else anybody could lift their own, from a server of their own.
    """
    async with database.write() as session:
        await one_at_a_time(session, f"offences of {member_id}")
        mine = offences.member_id == member_id
        is_theirs = exists().where(mine, offences.server_id == server_id)
        if await _end_of(session, member_id) is None or not await session.scalar(select(is_theirs)):
            return False
        await session.execute(delete(suspensions).where(suspensions.member_id == member_id))
        await session.execute(delete(offences).where(mine))
        return True


async def forget_old(session: AsyncSession) -> None:
    """Drop what counts towards nothing any more, and the suspensions that are over."""
    await session.execute(delete(offences).where(offences.created_at < clock.now() - WITHIN))
    await session.execute(delete(suspensions).where(suspensions.until < clock.now()))
