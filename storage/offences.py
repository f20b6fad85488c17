"""Who asked again and again for what nobody draws: counted, suspended for a while, and told of to
the admins of the server where it happened.

A suspension is the member's, everywhere; it ends by itself. What led to one is spent: it does not
count towards the next.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, outbox
from storage.engine import Database, insert
from storage.subjects import know
from storage.tables import Member, Offence, columns

#: So many offences within so many days suspend a member for so many hours. Choices of ours, not
#: measured: a slip or two is nobody's fault, and a picture can be withheld without any.
MOST: Final = 5
WITHIN: Final = timedelta(days=7)
SUSPENDED: Final = timedelta(hours=24)

members = columns(Member)
offences = columns(Offence)


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
        if kind == "prompt":
            await know(session, member_id)
        # two at once are counted one after the other, so that one of them is the last
        member: Member | None = await session.scalar(
            select(members).where(members.id == member_id).with_for_update()
        )
        now = clock.now()
        if member is None or _is_suspended(member, now):
            return
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
        if await _counted(session, member, now) < MOST:
            return
        member.suspended_until = now + SUSPENDED
        if server_id is not None:
            await outbox.say_alert(session, server_id, member_id)


async def _counted(session: AsyncSession, member: Member, now: datetime) -> int:
    since = now - WITHIN
    if member.suspended_until is not None:
        since = max(since, member.suspended_until - SUSPENDED)
    mine = select(func.count(offences.id)).where(
        offences.member_id == member.id, offences.created_at > since
    )
    return await session.scalar(mine) or 0


def _is_suspended(member: Member, now: datetime) -> bool:
    return member.suspended_until is not None and member.suspended_until > now


async def suspended_until(database: Database, member_id: int) -> datetime | None:
    """Until when nothing is drawn or trained for the member; None where there is no such time."""
    async with database.read() as session:
        member = await session.get(Member, member_id)
        if member is None or not _is_suspended(member, clock.now()):
            return None
        return member.suspended_until


async def lift(database: Database, member_id: int, server_id: int) -> bool:
    """End a suspension, and forget what led to it; whether there was one to end there.

    Only where the member offended: else anybody could lift their own, from a server of their own.
    """
    async with database.write() as session:
        member: Member | None = await session.scalar(
            select(members).where(members.id == member_id).with_for_update()
        )
        mine = offences.member_id == member_id
        is_theirs = exists().where(mine, offences.server_id == server_id)
        if (
            member is None
            or not _is_suspended(member, clock.now())
            or not await session.scalar(select(is_theirs))
        ):
            return False
        member.suspended_until = None
        await session.execute(delete(offences).where(mine))
        return True


async def forget_old(session: AsyncSession) -> None:
    """Drop what counts towards nothing any more."""
    await session.execute(delete(offences).where(offences.created_at < clock.now() - WITHIN))
