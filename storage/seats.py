"""Who may ask for pictures in a session, and how many times."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.errors import CapReached, NoSeat, SessionOver
from storage.tables import Job, Seat, Session, columns

jobs = columns(Job)
seats = columns(Seat)
sessions = columns(Session)


async def hold(session: AsyncSession, session_id: int, member_id: int) -> None:
    """The member may ask for pictures in that session once more. Part of the transaction that puts
    the job in line. Raises SessionOver, NoSeat, and CapReached; what failed does not count.
    """
    room = await session.scalar(
        select(sessions).where(sessions.id == session_id).with_for_update(read=True)
    )
    if room is None or room.stage != "open" or room.submit_until <= clock.now():
        raise SessionOver
    await seat(session, session_id, member_id)
    asked = select(func.count(jobs.id)).where(
        jobs.session_id == session_id,
        jobs.owner_id == member_id,
        jobs.state.in_(("queued", "running", "done")),
    )
    if (await session.scalar(asked) or 0) >= room.prompts_each:
        raise CapReached(room.prompts_each)


async def room_of(session: AsyncSession, session_id: int) -> Session:
    """The session, which nobody else changes until the end of the transaction. Raises
    SessionOver where it is gone."""
    room: Session | None = await session.scalar(
        select(sessions).where(sessions.id == session_id).with_for_update()
    )
    if room is None:
        raise SessionOver
    return room


async def seat(session: AsyncSession, session_id: int, member_id: int) -> None:
    """Hold the member's seat: what they do there happens one after the other. Raises NoSeat."""
    own = select(seats.id).where(seats.session_id == session_id, seats.member_id == member_id)
    if await session.scalar(own.with_for_update()) is None:
        raise NoSeat
