"""Community sessions: a timed room with a theme, from its opening to its results.

    open --(time, or its host)--> voting --(time, or its host)--> closed

Pictures are asked for and hung up while it is open, voted on while it is voting. Each step is one
transaction, which also writes down what is to be said of it; with the last one every right that
was lent ends. Nothing here is told twice, or undone: an early step moves the times along.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import and_, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, outbox, queue
from storage.engine import Database, insert, one_at_a_time
from storage.errors import CapReached, NotYours, SessionOver, SessionsFull
from storage.portfolio import Drawn
from storage.rights import IS_AGREED
from storage.screening import LIMIT
from storage.seats import seat
from storage.subjects import know
from storage.tables import Entry, Image, Job, Seat, Server, Session, Share, Subject, Vote, columns

#: Of one server, that are not closed yet.
MOST_OPEN = 3

entries = columns(Entry)
images = columns(Image)
jobs = columns(Job)
seats = columns(Seat)
servers = columns(Server)
sessions = columns(Session)
shares = columns(Share)
subjects = columns(Subject)
votes = columns(Vote)


@dataclass(frozen=True, kw_only=True)
class Caps:
    """What each member may do in a session: prompts, pictures on the wall, votes."""

    prompts: int = 10
    entries: int = 2
    votes: int = 3


class Hung(NamedTuple):
    """A picture on the wall, and the job that drew it."""

    entry: Entry
    image: Image
    job: Job


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
    """A new session with its host in it. Raises SessionsFull."""
    async with database.write() as session:
        await know(session, host_id)
        await one_at_a_time(session, f"sessions of server {server_id}")
        there = select(func.count(sessions.id)).where(
            sessions.server_id == server_id, sessions.stage != "closed"
        )
        if (await session.scalar(there) or 0) >= MOST_OPEN:
            raise SessionsFull
        now = clock.now()
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
        room = await _hold(session, session_id)
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


async def under_way(database: Database) -> Sequence[Session]:
    """Every session that is not closed and has its room."""
    async with database.read() as session:
        found = select(sessions).where(
            sessions.stage != "closed", sessions.sheet_message_id.is_not(None)
        )
        return (await session.scalars(found.order_by(sessions.id))).all()


async def join(database: Database, session_id: int, member_id: int) -> bool:
    """Take a seat; False where the member has one. Raises SessionOver."""
    async with database.write() as session:
        await know(session, member_id)
        room = await _hold(session, session_id)
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
            subjects.id == subject_id,
            subjects.owner_id == owner_id,
            IS_AGREED,
            or_(subjects.likeness_of.is_(None), subjects.likeness_of == owner_id),
        )
        if await session.scalar(mine.with_for_update()) is None:
            raise NotYours
        room = await _hold(session, session_id)
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


async def drawn(database: Database, session_id: int, member_id: int) -> Sequence[Drawn]:
    """The member's pictures of this session that may be seen and do not hang yet, newest first."""
    async with database.read() as session:
        hanging = select(entries.image_id).where(entries.session_id == session_id)
        found = _fit(session_id, member_id).where(images.id.not_in(hanging))
        rows = await session.execute(found.add_columns(jobs).order_by(images.id.desc()))
        return [Drawn(image, job) for image, job in rows.all()]


def _fit(session_id: int, member_id: int) -> Any:
    """The member's pictures of a session that were looked at and may be seen there, as SQL."""
    return (
        select(images)
        .join(jobs, jobs.id == images.job_id)
        .outerjoin(servers, servers.id == jobs.server_id)
        .where(
            images.owner_id == member_id,
            jobs.session_id == session_id,
            jobs.kind == "generate",
            images.explicit < func.coalesce(servers.explicit_limit, LIMIT),
        )
    )


async def hang(database: Database, member_id: int, session_id: int, image_id: int) -> Entry:
    """Hang up a picture that the member drew in this session. Twice is once.

    Raises SessionOver, NoSeat, CapReached, and NotYours for any other picture.
    """
    async with database.write() as session:
        room = await _hold(session, session_id)
        if room.stage != "open" or room.submit_until <= clock.now():
            raise SessionOver
        await seat(session, session_id, member_id)
        image = await session.scalar(_fit(session_id, member_id).where(images.id == image_id))
        if image is None:
            raise NotYours
        of_room = select(entries).where(entries.session_id == session_id)
        known: Entry | None = await session.scalar(of_room.where(entries.image_id == image_id))
        if known is not None:
            return known
        own = of_room.where(entries.member_id == member_id).subquery()
        if (await session.scalar(select(func.count()).select_from(own)) or 0) >= room.entries_each:
            raise CapReached(room.entries_each)
        last = select(func.max(entries.number)).where(entries.session_id == session_id)
        entry = Entry(
            session_id=session_id,
            member_id=member_id,
            image_id=image_id,
            number=(await session.scalar(last) or 0) + 1,
            created_at=clock.now(),
        )
        session.add(entry)
        await session.flush()
        return entry


async def wall(database: Database, session_id: int) -> Sequence[Hung]:
    """What hangs, by number; what a moderator took off does not."""
    async with database.read() as session:
        found = await session.execute(
            select(entries, images, jobs)
            .join(images, images.id == entries.image_id)
            .join(jobs, jobs.id == images.job_id)
            .where(entries.session_id == session_id, entries.hidden_at.is_(None))
            .order_by(entries.number)
        )
        return [Hung(*row) for row in found.all()]


async def hide(database: Database, session_id: int, number: int) -> None:
    """Take an entry off the wall, and its votes with it. Raises NotYours where there is none."""
    async with database.write() as session:
        await _hold(session, session_id)
        entry = await session.scalar(
            select(entries).where(entries.session_id == session_id, entries.number == number)
        )
        if entry is None:
            raise NotYours
        entry.hidden_at = entry.hidden_at or clock.now()
        await session.execute(delete(votes).where(votes.entry_id == entry.id))


async def vote(
    database: Database, member_id: int, session_id: int, numbers: Collection[int]
) -> None:
    """The member's votes are for these entries, and for no others any more.

    Raises SessionOver, NoSeat, CapReached, and NotYours for an entry that is their own, hidden, or
    not there: then nothing is changed.
    """
    async with database.write() as session:
        room = await _hold(session, session_id)
        if room.stage != "voting" or room.vote_until <= clock.now():
            raise SessionOver
        await seat(session, session_id, member_id)
        if len(set(numbers)) > room.votes_each:
            raise CapReached(room.votes_each)
        found = await session.scalars(
            select(entries.id).where(
                entries.session_id == session_id,
                entries.number.in_(numbers),
                entries.member_id != member_id,
                entries.hidden_at.is_(None),
            )
        )
        chosen = found.all()
        if len(chosen) < len(set(numbers)):
            raise NotYours
        await session.execute(
            delete(votes).where(votes.session_id == session_id, votes.member_id == member_id)
        )
        for entry_id in chosen:
            session.add(
                Vote(
                    session_id=session_id,
                    entry_id=entry_id,
                    member_id=member_id,
                    created_at=clock.now(),
                )
            )


async def votes_of(database: Database, session_id: int, member_id: int) -> set[int]:
    """The numbers of the entries that the member voted for."""
    async with database.read() as session:
        found = await session.scalars(
            select(entries.number)
            .join(votes, votes.entry_id == entries.id)
            .where(votes.session_id == session_id, votes.member_id == member_id)
        )
        return set(found.all())


async def extend(database: Database, session_id: int, minutes: int) -> Session:
    """The stage of the moment, and what comes after it, end so much later. Raises SessionOver."""
    async with database.write() as session:
        room = await _hold(session, session_id)
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
        room = await _hold(session, session_id)
        if room.stage == stage:
            await _step(session, room)
        return room


async def close(database: Database, session_id: int) -> Session:
    """End it now, with the votes that were given so far; nothing where that is over already."""
    async with database.write() as session:
        room = await _hold(session, session_id)
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


async def _hold(session: AsyncSession, session_id: int) -> Session:
    """The session, which nobody else changes until the end of the transaction. Raises
    SessionOver where it is gone."""
    room: Session | None = await session.scalar(
        select(sessions).where(sessions.id == session_id).with_for_update()
    )
    if room is None:
        raise SessionOver
    return room


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
    counted = await session.execute(
        select(entries.id, func.count(votes.id))
        .outerjoin(votes, votes.entry_id == entries.id)
        .where(entries.session_id == room.id, entries.hidden_at.is_(None))
        .group_by(entries.id)
    )
    ranks = ranked({row[0]: row[1] for row in counted.all()})
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


def ranked(counts: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Entries with their place and their votes, the most votes first. Equal votes share a place,
    and the next one is as much further ("1, 1, 3"); who has no vote has no place: 0."""
    order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [
        (entry_id, 1 + sum(other > number for other in counts.values()) if number else 0, number)
        for entry_id, number in order
    ]
