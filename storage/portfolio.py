"""A member's own pictures, to work on: those that were drawn for them and may be shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, or_, select

from storage.engine import Database
from storage.errors import NotYours
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
