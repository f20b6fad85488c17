"""Giving others the right to draw a subject, seeing who used it, and taking it back at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, outbox, queue
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.errors import NotYours, SharesFull
from storage.retention import remove_jobs
from storage.rights import IS_FOR_OTHERS
from storage.subjects import know
from storage.tables import Image, Job, Share, Subject, columns

#: Rights to one subject; a choice of ours. Who wants more gives it to a role, or to the server.
MOST = 20

images = columns(Image)
jobs = columns(Job)
shares = columns(Share)
subjects = columns(Subject)


@dataclass(frozen=True, kw_only=True)
class To:
    """Whom a right is for: one member, a role of a server, or a server."""

    member_id: int | None = None
    role_id: int | None = None
    server_id: int | None = None

    @property
    def kind(self) -> Literal["member", "role", "server"]:
        if self.member_id is not None:
            return "member"
        return "server" if self.role_id is None else "role"


async def give(database: Database, owner_id: int, subject_id: int, to: To) -> Share:
    """Let others draw the member's subject from now on; the right that is there already where it
    was given before. Raises NotYours, also of a subject that shows another member, whose yes is for
    its owner alone; and SharesFull where there are `MOST`.
    """
    async with database.write() as session:
        if to.member_id is not None:
            await know(session, to.member_id)
        await _hold(session, owner_id, subject_id)
        of_subject = select(shares).where(shares.subject_id == subject_id)
        found = await session.scalars(
            of_subject.where(
                shares.kind == to.kind,
                *(
                    column.is_(None) if value is None else column == value
                    for column, value in (
                        (shares.member_id, to.member_id),
                        (shares.role_id, to.role_id),
                        (shares.server_id, to.server_id),
                    )
                ),
            )
        )
        known: Share | None = found.one_or_none()
        if known is not None:
            return known
        given_before = select(func.count()).select_from(of_subject.subquery())
        if (await session.scalar(given_before) or 0) >= MOST:
            raise SharesFull
        share = Share(
            subject_id=subject_id,
            kind=to.kind,
            member_id=to.member_id,
            role_id=to.role_id,
            server_id=to.server_id,
            created_at=clock.now(),
        )
        session.add(share)
        await session.flush()
        return share


async def _hold(session: AsyncSession, owner_id: int, subject_id: int) -> None:
    """Nobody else gives or removes anything of the subject until the end of the transaction."""
    mine = select(subjects.id).where(
        subjects.id == subject_id, subjects.owner_id == owner_id, IS_FOR_OTHERS
    )
    if await session.scalar(mine.with_for_update()) is None:
        raise NotYours


async def given(database: Database, subject_id: int) -> Sequence[Share]:
    """Every right to the subject, the oldest first."""
    async with database.read() as session:
        found = select(shares).where(shares.subject_id == subject_id).order_by(shares.id)
        return (await session.scalars(found)).all()


async def own(database: Database, owner_id: int, share_id: int) -> tuple[Share, Subject]:
    """A right that the member gave, and to which subject. Raises NotYours."""
    async with database.read() as session:
        found = await session.execute(
            select(shares, subjects)
            .join(subjects, subjects.id == shares.subject_id)
            .where(shares.id == share_id, subjects.owner_id == owner_id)
        )
        row = found.one_or_none()
    if row is None:
        raise NotYours
    return row[0], row[1]


async def take_back(
    database: Database, blobs: Blobs, owner_id: int, share_id: int, *, pictures: bool = False
) -> None:
    """The right is gone, and so is everything that waits or is drawn by it, in one transaction: no
    picture that was asked for by it is shown after this. With `pictures` those that were drawn by
    it before go too, with the messages that show them. Raises NotYours.
    """
    by_right = jobs.share_id == share_id
    async with database.write() as session:
        # in the order in which workers and erasures lock: the jobs, then the right
        await session.execute(select(jobs.id).where(by_right).order_by(jobs.id).with_for_update())
        mine = (
            select(shares)
            .join(subjects, subjects.id == shares.subject_id)
            .where(shares.id == share_id, subjects.owner_id == owner_id)
        )
        share: Share | None = await session.scalar(mine.with_for_update(of=shares))
        if share is None:
            raise NotYours
        # with those that were put in line while this waited for the right
        await queue.withdraw(session, by_right)
        if pictures:
            drawn = (await session.scalars(select(jobs).where(by_right))).all()
            await outbox.take_down(session, await outbox.messages_of(session, by_right))
            await remove_jobs(session, drawn)
        await session.delete(share)
    await bury(database, blobs)


@dataclass(frozen=True)
class Use:
    """How many pictures of a subject somebody else has, and since when no more came."""

    member_id: int
    pictures: int
    last_at: datetime


async def uses(database: Database, owner_id: int, subject_id: int) -> list[Use]:
    """Who else drew the member's subject, the most pictures first."""
    async with database.read() as session:
        found = await session.execute(
            select(images.owner_id, func.count(images.id), func.max(images.created_at))
            .join(jobs, jobs.id == images.job_id)
            .join(subjects, subjects.id == jobs.subject_id)
            .where(
                subjects.id == subject_id,
                subjects.owner_id == owner_id,
                images.owner_id != owner_id,
                jobs.kind == "generate",
            )
            .group_by(images.owner_id)
            .order_by(func.count(images.id).desc(), images.owner_id)
        )
        return [Use(*row) for row in found.all()]
