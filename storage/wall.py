"""The wall of a session: the pictures that hang in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import delete, func, select

from storage import clock
from storage.engine import Database
from storage.errors import CapReached, NotYours, SessionOver, WallFull
from storage.portfolio import Drawn
from storage.screening import LIMIT
from storage.seats import room_of, seat
from storage.tables import Entry, Image, Job, Server, Vote, columns

#: Numbers of one wall: as many pictures as a message of ten sheets shows.
MOST = 250

entries = columns(Entry)
images = columns(Image)
jobs = columns(Job)
servers = columns(Server)
votes = columns(Vote)


class Hung(NamedTuple):
    """A picture on the wall, and the job that drew it."""

    entry: Entry
    image: Image
    job: Job


async def drawn(database: Database, session_id: int, member_id: int) -> Sequence[Drawn]:
    """The member's pictures of this session that may be seen and do not hang yet, newest first."""
    async with database.read() as session:
        there = select(entries.image_id).where(entries.session_id == session_id)
        found = _fit(session_id, member_id).where(images.id.not_in(there))
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


async def hang(
    database: Database,
    member_id: int,
    session_id: int,
    image_id: int,
    *,
    tells_prompt: bool = True,
) -> Entry:
    """Hang up a picture that the member drew in this session. Twice is once. `tells_prompt`: its
    prompt may be told in the recap.

    Raises SessionOver, NoSeat, CapReached, WallFull, and NotYours for any other picture.
    """
    async with database.write() as session:
        room = await room_of(session, session_id)
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
        newest = select(func.max(entries.number)).where(entries.session_id == session_id)
        last = await session.scalar(newest) or 0
        if last >= MOST:
            raise WallFull
        entry = Entry(
            session_id=session_id,
            member_id=member_id,
            image_id=image_id,
            number=last + 1,
            tells_prompt=tells_prompt,
            created_at=clock.now(),
        )
        session.add(entry)
        await session.flush()
        return entry


async def hanging(database: Database, session_id: int) -> Sequence[Hung]:
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
        await room_of(session, session_id)
        entry = await session.scalar(
            select(entries).where(entries.session_id == session_id, entries.number == number)
        )
        if entry is None:
            raise NotYours
        entry.hidden_at = entry.hidden_at or clock.now()
        await session.execute(delete(votes).where(votes.entry_id == entry.id))
