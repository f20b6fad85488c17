"""Community sessions: a timed room with a theme, from its opening to its results.

    open --(time, or its host)--> voting --(time, or its host)--> closed

Pictures are asked for and hung up while it is open, voted on while it is voting. Each step is one
transaction, which also writes down what is to be said of it; with the last one every right that
was lent ends. Nothing here is told twice, or undone: an early step moves the times along.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import ballot, clock, outbox, queue
from storage.engine import Database, insert, one_at_a_time
from storage.errors import NotYours, SessionOver, SessionsFull
from storage.rights import IS_FOR_OTHERS
from storage.seats import room_of, seat
from storage.subjects import know
from storage.tables import Entry, Job, Seat, Session, Share, Subject, columns

#: Of one server, that are not closed yet.
MOST_OPEN = 3
#: So long it takes at most to make a room for one.
_PLACING = timedelta(minutes=5)

entries = columns(Entry)
jobs = columns(Job)
seats = columns(Seat)
sessions = columns(Session)
shares = columns(Share)
subjects = columns(Subject)


@dataclass(frozen=True, kw_only=True)
class Caps:
    """What each member may do in a session: prompts, pictures on the wall, votes."""

    prompts: int = 10
    entries: int = 2
    votes: int = 3


async def open_room(
    database: Database,
    *,
    server_id: int,
    channel_id: int,
    host_id: int,
    theme: str,
    minutes: int,
    vote_minutes: int,
    caps: Caps = Caps(),
) -> Session:
    """A new session with its host in it. Raises SessionsFull, also for a host who has one."""
    async with database.write() as session:
        await know(session, host_id)
        await one_at_a_time(session, f"sessions of server {server_id}")
        now = clock.now()
        there = select(func.count(sessions.id)).where(
            sessions.server_id == server_id,
            sessions.stage != "closed",
            # one whose room never came to be, because the bot was killed there, is none
            or_(sessions.thread_id.is_not(None), sessions.created_at > now - _PLACING),
        )
        if await session.scalar(there.where(sessions.host_id == host_id)):
            raise SessionsFull("member")
        if (await session.scalar(there) or 0) >= MOST_OPEN:
            raise SessionsFull("server")
        submit_until = now + timedelta(minutes=minutes)
        room = Session(
            server_id=server_id,
            channel_id=channel_id,
            host_id=host_id,
            theme=theme,
            prompts_each=caps.prompts,
            entries_each=caps.entries,
            votes_each=caps.votes,
            created_at=now,
            submit_until=submit_until,
            vote_until=submit_until + timedelta(minutes=vote_minutes),
        )
        session.add(room)
        await session.flush()
        session.add(Seat(session_id=room.id or 0, member_id=host_id, joined_at=now))
        return room


async def place(database: Database, session_id: int, thread_id: int, message_id: int) -> None:
    """The room is that thread, and its sheet that message."""
    async with database.write() as session:
        room = await room_of(session, session_id)
        room.thread_id, room.sheet_message_id = thread_id, message_id


async def get(database: Database, session_id: int) -> Session | None:
    async with database.read() as session:
        return await session.get(Session, session_id)


async def in_thread(database: Database, thread_id: int) -> Session | None:
    """The session whose room that thread is."""
    async with database.read() as session:
        found: Session | None = await session.scalar(
            select(sessions).where(sessions.thread_id == thread_id).order_by(sessions.id.desc())
        )
        return found


async def latest(database: Database, server_id: int, most: int) -> Sequence[Session]:
    """The server's sessions that had a room, the newest first."""
    async with database.read() as session:
        found = select(sessions).where(
            sessions.server_id == server_id, sessions.thread_id.is_not(None)
        )
        return (await session.scalars(found.order_by(sessions.id.desc()).limit(most))).all()


async def under_way(database: Database) -> Sequence[Session]:
    """Every session that is not closed and has its room."""
    async with database.read() as session:
        found = select(sessions).where(
            sessions.stage != "closed", sessions.sheet_message_id.is_not(None)
        )
        return (await session.scalars(found.order_by(sessions.id))).all()


async def outdated(database: Database) -> Sequence[Session]:
    """Every closed session whose card shows what is there no more: a picture was deleted, taken
    off, or its author forgotten; or a host was, and the theme with them."""
    hang = (
        select(func.count(entries.id))
        .where(entries.session_id == sessions.id, entries.hidden_at.is_(None))
        .scalar_subquery()
    )
    async with database.read() as session:
        found = select(sessions).where(
            sessions.stage == "closed",
            sessions.sheet_message_id.is_not(None),
            or_(sessions.card_pictures.is_(None), sessions.card_pictures != hang),
        )
        return (await session.scalars(found.order_by(sessions.id))).all()


async def note_card(database: Database, session_id: int, pictures: int) -> None:
    """The card shows so many pictures."""
    await _note(database, session_id, card_pictures=pictures)


async def note_results(database: Database, session_id: int, message_id: int) -> None:
    """The results are in that message."""
    await _note(database, session_id, results_message_id=message_id)


async def _note(database: Database, session_id: int, **values: int) -> None:
    async with database.write() as session:
        await session.execute(update(sessions).where(sessions.id == session_id).values(**values))


async def join(database: Database, session_id: int, member_id: int) -> bool:
    """Take a seat; False where the member has one. Raises SessionOver."""
    async with database.write() as session:
        await know(session, member_id)
        room = await room_of(session, session_id)
        if room.stage == "closed":
            raise SessionOver
        added = await session.execute(
            insert(session, seats)
            .values(session_id=session_id, member_id=member_id, joined_at=clock.now())
            .on_conflict_do_nothing(index_elements=["session_id", "member_id"])
            .returning(seats.id)
        )
        return added.one_or_none() is not None


async def seated(database: Database, session_id: int) -> int:
    """How many members have joined."""
    async with database.read() as session:
        found = select(func.count(seats.id)).where(seats.session_id == session_id)
        return await session.scalar(found) or 0


async def lend(database: Database, owner_id: int, session_id: int, subject_id: int) -> Share:
    """Whoever has joined may draw the member's subject in this session, until it closes or the
    right is taken back (`storage.sharing.take_back`). Lent twice is once.

    Raises SessionOver, NoSeat, and NotYours, also where the subject shows somebody else: their yes
    was for its owner.
    """
    async with database.write() as session:
        mine = select(subjects.id).where(
            subjects.id == subject_id, subjects.owner_id == owner_id, IS_FOR_OTHERS
        )
        if await session.scalar(mine.with_for_update()) is None:
            raise NotYours
        room = await room_of(session, session_id)
        if room.stage != "open":
            raise SessionOver
        await seat(session, session_id, owner_id)
        known: Share | None = await session.scalar(
            select(shares).where(shares.subject_id == subject_id, shares.session_id == session_id)
        )
        if known is not None:
            return known
        share = Share(
            subject_id=subject_id, kind="session", session_id=session_id, created_at=clock.now()
        )
        session.add(share)
        await session.flush()
        return share


async def lent(database: Database, session_id: int) -> Sequence[tuple[Share, Subject]]:
    """What is lent to a session, and which subjects those are."""
    async with database.read() as session:
        found = await session.execute(
            select(shares, subjects)
            .join(subjects, subjects.id == shares.subject_id)
            .where(shares.session_id == session_id)
            .order_by(shares.id)
        )
        return [(share, subject) for share, subject in found.all()]


async def extend(database: Database, session_id: int, minutes: int) -> Session:
    """The stage of the moment, and what comes after it, end so much later. Raises SessionOver."""
    async with database.write() as session:
        room = await room_of(session, session_id)
        if room.stage == "closed":
            raise SessionOver
        more = timedelta(minutes=minutes)
        if room.stage == "open":
            room.submit_until += more
        room.vote_until += more
        return room


async def go_on(database: Database, session_id: int, stage: str) -> Session:
    """End a stage before its time; nothing where that is over already."""
    async with database.write() as session:
        room = await room_of(session, session_id)
        if room.stage == stage:
            await _step(session, room)
        return room


async def close(database: Database, session_id: int) -> Session:
    """End it now, with the votes that were given so far; nothing where that is over already."""
    async with database.write() as session:
        room = await room_of(session, session_id)
        if room.stage != "closed":
            await _close(session, room)
        return room


async def advance(database: Database) -> list[Session]:
    """Take every session whose time has come one step on; those."""
    now = clock.now()
    due = or_(
        and_(sessions.stage == "open", sessions.submit_until <= now),
        and_(sessions.stage == "voting", sessions.vote_until <= now),
    )
    async with database.read() as session:
        found = (await session.execute(select(sessions.id, sessions.stage).where(due))).all()
    return [await go_on(database, session_id, stage) for session_id, stage in found]


async def _step(session: AsyncSession, room: Session) -> None:
    hanging = select(entries.id).where(entries.session_id == room.id, entries.hidden_at.is_(None))
    if room.stage == "voting" or await session.scalar(hanging.limit(1)) is None:
        await _close(session, room)
        return
    now = clock.now()
    room.vote_until, room.submit_until = now + (room.vote_until - room.submit_until), now
    room.stage = "voting"
    await outbox.say_in_session(session, room.id or 0, "voting")


async def _close(session: AsyncSession, room: Session) -> None:
    ranks = await ballot.count(session, room.id or 0)
    room.results = {
        "places": [
            {"entry": entry_id, "place": place, "votes": number}
            for entry_id, place, number in ranks
        ]
    }
    room.stage, room.closed_at = "closed", clock.now()
    by_lent = jobs.share_id.in_(select(shares.id).where(shares.session_id == room.id))
    await session.flush()
    await queue.withdraw(session, by_lent)
    await session.execute(delete(shares).where(shares.session_id == room.id))
    await outbox.say_in_session(session, room.id or 0, "results")
