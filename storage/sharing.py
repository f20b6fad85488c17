"""Rights to draw a subject, which its owner gives, looks at and takes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select

from storage import clock, outbox, queue
from storage.blobs import Blobs
from storage.doomed import bury, doom
from storage.engine import Database
from storage.erase import blob_keys
from storage.errors import NotYours, SharesFull
from storage.tables import Job, Member, Share, Subject, columns
from storage.tables.work import OPEN_STATES, in_state

#: So many rights a subject may have.
MOST_SHARES = 50

jobs = columns(Job)
members = columns(Member)
shares = columns(Share)
subjects = columns(Subject)


@dataclass(frozen=True)
class Use:
    """How often somebody else drew a subject, and when they last asked."""

    member_id: int
    times: int
    last_at: datetime


async def give(
    database: Database,
    owner_id: int,
    subject_id: int,
    *,
    kind: str,
    member_id: int | None = None,
    role_id: int | None = None,
    server_id: int | None = None,
    session_id: int | None = None,
) -> Share:
    """Let somebody draw the subject; the right that is there already where it was given before.

    Raises NotYours, also for a subject that shows another member, whose yes is for its owner
    alone, and for a member whom the studio does not know; and SharesFull.
    """
    to = (kind, member_id, role_id, server_id, session_id)
    mine = (subjects.id == subject_id, subjects.owner_id == owner_id)
    async with database.write() as session:
        # one at a time for each subject, so that twice is once
        subject = await session.scalar(select(Subject).where(*mine).with_for_update())
        if subject is None or subject.likeness_of not in (None, owner_id):
            raise NotYours
        if member_id is not None and await session.get(Member, member_id) is None:
            raise NotYours
        there = (await session.scalars(select(Share).where(shares.subject_id == subject_id))).all()
        for share in there:
            known = (share.kind, share.member_id, share.role_id, share.server_id, share.session_id)
            if known == to:
                return share
        if len(there) >= MOST_SHARES:
            raise SharesFull
        given = Share(
            subject_id=subject_id,
            kind=kind,
            member_id=member_id,
            role_id=role_id,
            server_id=server_id,
            session_id=session_id,
            created_at=clock.now(),
        )
        session.add(given)
        await session.flush()
        return given


async def given(database: Database, owner_id: int, subject_id: int) -> Sequence[Share]:
    """The rights to draw the member's subject, oldest first; none of a subject of others."""
    async with database.read() as session:
        found = select(Share).join(Subject, subjects.id == shares.subject_id)
        of_it = (shares.subject_id == subject_id, subjects.owner_id == owner_id)
        return (await session.scalars(found.where(*of_it).order_by(shares.id))).all()


async def take_back(
    database: Database, blobs: Blobs, owner_id: int, share_id: int, *, pictures: bool
) -> None:
    """End a right, and at once whatever is being drawn by it; with `pictures` also remove what
    was drawn by it, and the answers that show it. Raises NotYours."""
    by_it = jobs.share_id == share_id
    mine = select(subjects.id).where(subjects.owner_id == owner_id)
    right = select(shares.id).where(shares.id == share_id, shares.subject_id.in_(mine))
    async with database.write() as session:
        if await session.scalar(right) is None:
            raise NotYours
        # in the order in which workers lock: the jobs, then what they are drawn by
        await session.execute(select(jobs.id).where(by_it).order_by(jobs.id).with_for_update())
        if await session.scalar(right.with_for_update()) is None:
            raise NotYours
        if pictures:
            ended = by_it & ~in_state(*OPEN_STATES)
            await doom(session, await blob_keys(session, [], ended))
            await outbox.take_down(session, await outbox.messages_of(session, ended))
            await session.execute(delete(jobs).where(ended))
        await queue.withdraw(session, by_it)
        await session.execute(delete(shares).where(shares.id == share_id))
    if pictures:
        await bury(database, blobs)


async def uses(database: Database, owner_id: int, subject_id: int) -> list[Use]:
    """Who else drew the member's subject, how often and when last; the latest first."""
    last_at = func.max(jobs.created_at)
    drawn = (
        select(jobs.owner_id, func.count(jobs.id), last_at)
        .join(Subject, subjects.id == jobs.subject_id)
        .where(jobs.subject_id == subject_id, subjects.owner_id == owner_id)
        .where(jobs.owner_id != owner_id, jobs.kind == "generate", jobs.state == "done")
        .group_by(jobs.owner_id)
        .order_by(last_at.desc(), jobs.owner_id)
    )
    async with database.read() as session:
        return [Use(*row) for row in await session.execute(drawn)]
