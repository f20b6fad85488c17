"""A member's own pictures, to work on: those that were drawn for them and may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from storage import clock, outbox
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.errors import NotYours
from storage.retention import remove_jobs
from storage.screening import LIMIT
from storage.tables import Image, Job, Server, columns

images = columns(Image)
jobs = columns(Job)
servers = columns(Server)


class Drawn(NamedTuple):
    """A picture, and the job that drew it."""

    image: Image
    job: Job


async def latest(database: Database, owner_id: int, most: int = 1) -> Sequence[Drawn]:
    """The member's pictures, the newest first."""
    async with database.read() as session:
        rows = await session.execute(_mine(owner_id).order_by(images.id.desc()).limit(most))
        return [Drawn(image, job) for image, job in rows.all()]


async def latest_jobs(database: Database, owner_id: int, most: int = 1) -> Sequence[Job]:
    """The member's trainings and pictures, those that were asked for last first."""
    async with database.read() as session:
        asked = select(jobs).where(jobs.owner_id == owner_id, jobs.kind.in_(("train", "generate")))
        return (await session.scalars(asked.order_by(jobs.id.desc()).limit(most))).all()


async def own_job(database: Database, owner_id: int, job_id: int) -> Job:
    """The member's job of that number. Raises NotYours."""
    async with database.read() as session:
        found: Job | None = await session.scalar(
            select(jobs).where(jobs.id == job_id, jobs.owner_id == owner_id)
        )
    if found is None:
        raise NotYours
    return found


async def page(
    database: Database, owner_id: int, number: int, size: int, *, kept: bool = False
) -> tuple[Sequence[Drawn], int]:
    """So many of the member's pictures, or of those that they keep, the newest on page 0, and how
    many there are in all."""
    mine = _mine(owner_id)
    if kept:
        mine = mine.where(images.kept_at.is_not(None))
    async with database.read() as session:
        total = await session.scalar(select(func.count()).select_from(mine.subquery())) or 0
        rows = await session.execute(
            mine.order_by(images.id.desc()).limit(size).offset(number * size)
        )
        return [Drawn(image, job) for image, job in rows.all()], total


async def own(database: Database, owner_id: int, job_id: int, number: int) -> Drawn:
    """The member's picture of that job and number. Raises NotYours, also when it is somebody
    else's, or not to be shown."""
    async with database.read() as session:
        found = await session.execute(
            _mine(owner_id).where(images.job_id == job_id, images.number == number)
        )
        row = found.one_or_none()
    if row is None:
        raise NotYours
    return Drawn(*row)


async def of_job(database: Database, owner_id: int, job_id: int) -> Sequence[Drawn]:
    """The member's pictures of one job, in order."""
    async with database.read() as session:
        rows = await session.execute(
            _mine(owner_id).where(images.job_id == job_id).order_by(images.number)
        )
        return [Drawn(image, job) for image, job in rows.all()]


async def keep(database: Database, owner_id: int, job_id: int, number: int, *, kept: bool) -> None:
    """Keep the member's picture for as long as they wish, or let it go the way of all others.
    Raises NotYours, as `own` does."""
    async with database.write() as session:
        found: Image | None = await session.scalar(
            _mine(owner_id)
            .where(images.job_id == job_id, images.number == number)
            .with_for_update(of=images)
        )
        if found is None:
            raise NotYours
        found.kept_at = (found.kept_at or clock.now()) if kept else None


async def remove(database: Database, blobs: Blobs, owner_id: int, job_id: int) -> None:
    """Delete the pictures of a job of the member's that has ended, with what was sent of them.
    Raises NotYours."""
    async with database.write() as session:
        whose = and_(
            jobs.id == job_id,
            jobs.owner_id == owner_id,
            jobs.kind == "generate",
            jobs.finished_at.is_not(None),
        )
        found = (await session.scalars(select(jobs).where(whose).with_for_update())).all()
        if not found:
            raise NotYours
        await outbox.take_down(session, await outbox.messages_of(session, whose))
        await remove_jobs(session, found)
    await bury(database, blobs)


def _mine(owner_id: int) -> Any:
    limit = func.coalesce(servers.explicit_limit, LIMIT)
    return (
        select(images, jobs)
        .join(jobs, jobs.id == images.job_id)
        .outerjoin(servers, servers.id == jobs.server_id)
        .where(
            images.owner_id == owner_id,
            jobs.owner_id == owner_id,
            jobs.kind == "generate",
            # one that nobody has looked at is looked at before it is worked on
            or_(images.explicit.is_(None), images.explicit < limit),
        )
    )
