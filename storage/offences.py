"""Who asked again and again for what nobody draws: counted, suspended for a while, and told of to
the admins of every server where it happened.

A suspension is the member's, everywhere; it ends by itself, and not by being forgotten. What led to
one is spent: it does not count towards the next. The admins of each of those servers may lift what
happened with them: then it is over with them, and everywhere once nothing is left that led to it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal

from sqlalchemy import delete, exists, func, or_, select, update
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
    the member and leaves word for the admins of every server where one counted, all in one
    transaction.

    Whoever is suspended is not counted meanwhile. A picture of somebody who was forgotten since is
    nobody's.
    """
    async with database.write() as session:
        # two at once are counted one after the other, so that one of them is the last
        await one_at_a_time(session, f"offences of {member_id}")
        if await _end_of(session, member_id, server_id) is not None:
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
        counted = (await session.scalars(select(offences.server_id).where(*counting))).all()
        if len(counted) < MOST:
            return
        until = now + SUSPENDED
        await session.execute(update(offences).where(*counting).values(led_to=until))
        await session.execute(
            insert(session, suspensions)
            .values(member_id=member_id, until=until)
            .on_conflict_do_update(index_elements=["member_id"], set_={"until": until})
        )
        for server in sorted({server for server in counted if server is not None}):
            await outbox.say_alert(session, server, member_id)


async def _end_of(session: AsyncSession, member_id: int, server_id: int | None) -> datetime | None:
    """When the member's suspension ends there; None where none is running."""
    found = await session.get(Suspension, member_id)
    if found is None or found.until <= clock.now():
        return None
    lifted = exists().where(
        offences.member_id == member_id,
        offences.server_id == server_id,
        offences.led_to >= found.until,
        offences.lifted_at.is_not(None),
    )
    return None if await session.scalar(select(lifted)) else found.until


async def suspended_until(
    database: Database, member_id: int, server_id: int | None = None
) -> datetime | None:
    """Until when nothing is drawn or trained for the member in that server, or outside of servers;
    None where there is no such time."""
    async with database.read() as session:
        return await _end_of(session, member_id, server_id)


async def lift(database: Database, member_id: int, server_id: int) -> bool:
    """End a suspension where the member offended, and in no other place where they did; whether
    there was one to end there.

    Where nothing happened nothing is lifted: else anybody could lift their own, from a server of
    their own.
    """
    async with database.write() as session:
        await one_at_a_time(session, f"offences of {member_id}")
        now = clock.now()
        led = (
            offences.member_id == member_id,
            offences.led_to > now,
            offences.lifted_at.is_(None),
        )
        theirs = update(offences).where(*led, offences.server_id == server_id)
        lifted = await session.scalars(theirs.values(lifted_at=now).returning(offences.id))
        if not lifted.all():
            return False
        left = await session.scalar(select(func.max(offences.led_to)).where(*led))
        own = suspensions.member_id == member_id
        if left is None:
            await session.execute(delete(suspensions).where(own))
        else:
            await session.execute(update(suspensions).where(own).values(until=left))
        return True


async def forget_old(session: AsyncSession) -> None:
    """Drop what counts towards nothing any more, and the suspensions that are over."""
    # those that led to a break say who may lift it, and who has, for as long as it lasts
    is_over = or_(offences.led_to.is_(None), offences.led_to < clock.now())
    await session.execute(
        delete(offences).where(offences.created_at < clock.now() - WITHIN, is_over)
    )
    await session.execute(delete(suspensions).where(suspensions.until < clock.now()))
