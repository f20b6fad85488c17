"""The vote of a session: blind, changed as often as one likes, never for one's own picture."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.engine import Database
from storage.errors import CapReached, NotYours, SessionOver
from storage.seats import room_of, seat
from storage.tables import Entry, Vote, columns

entries = columns(Entry)
votes = columns(Vote)


async def cast(
    database: Database,
    member_id: int,
    session_id: int,
    numbers: Collection[int],
    *,
    among: range | None = None,
) -> None:
    """The member's votes are for these entries, and for no others any more; where it is a choice
    `among` these numbers, votes for others stay.

    Raises SessionOver, NoSeat, CapReached, and NotYours for an entry that is their own, hidden, or
    not there: then nothing is changed.
    """
    async with database.write() as session:
        room = await room_of(session, session_id)
        if room.stage != "voting" or room.vote_until <= clock.now():
            raise SessionOver
        await seat(session, session_id, member_id)
        mine = select(votes.id).where(votes.session_id == session_id, votes.member_id == member_id)
        those = select(entries.id).where(entries.session_id == session_id)
        if among is not None:
            those = those.where(entries.number.between(among.start, among.stop - 1))
        stay = mine.where(votes.entry_id.not_in(those))
        stays = await session.scalar(select(func.count()).select_from(stay.subquery())) or 0
        if stays + len(set(numbers)) > room.votes_each:
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
            delete(votes).where(votes.member_id == member_id, votes.entry_id.in_(those))
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


async def count(session: AsyncSession, session_id: int) -> list[tuple[int, int, int]]:
    """What hangs, by number of votes: see `ranked`."""
    counted = await session.execute(
        select(entries.id, func.count(votes.id))
        .outerjoin(votes, votes.entry_id == entries.id)
        .where(entries.session_id == session_id, entries.hidden_at.is_(None))
        .group_by(entries.id)
    )
    return ranked({row[0]: row[1] for row in counted.all()})


def ranked(counts: Mapping[int, int]) -> list[tuple[int, int, int]]:
    """Entries with their place and their votes, the most votes first. Equal votes share a place,
    and the next one is as much further ("1, 1, 3"); who has no vote has no place: 0."""
    order = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return [
        (entry_id, 1 + sum(other > number for other in counts.values()) if number else 0, number)
        for entry_id, number in order
    ]
