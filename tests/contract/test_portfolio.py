"""A member's pictures to work on: their own, and those that may be shown."""

from __future__ import annotations

import pytest

from storage import clock, portfolio, queue
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import NotYours
from storage.tables import Server
from tests.rows import an_image, ask, claimed, new_subject

_numbers = iter(range(1000))


async def drew(
    database: Database,
    blobs: Blobs,
    owner_id: int = 1,
    *explicit: float | None,
    server_id: int | None = None,
    kind: str = "generate",
) -> int:
    """The number of a job with pictures that look so explicit."""
    subject = await new_subject(database, owner_id, f"tkn{next(_numbers)}")
    await ask(database, owner_id, kind=kind, subject=subject, server_id=server_id)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        for number, score in enumerate(explicit or (None,)):
            image = an_image(lease.job, number, await blobs.put("images", b"picture", "png"))
            image.explicit = score
            session.add(image)
    return lease.job.id or 0


async def test_the_newest_picture_comes_first(database: Database, blobs: Blobs) -> None:
    jobs = [await drew(database, blobs, 1, 0.1, 0.2), await drew(database, blobs)]
    await drew(database, blobs, 2)
    found = await portfolio.latest(database, 1, 10)
    assert [(one.job.id, one.image.number) for one in found] == [
        (jobs[1], 0),
        (jobs[0], 1),
        (jobs[0], 0),
    ]
    assert await portfolio.latest(database, 1) == found[:1]
    assert await portfolio.latest(database, 3) == []


async def test_a_picture_of_somebody_else_is_as_missing_as_none(
    database: Database, blobs: Blobs
) -> None:
    job = await drew(database, blobs)
    assert (await portfolio.own(database, 1, job, 0)).job.id == job
    for owner, job_id, number in ((2, job, 0), (1, job, 1), (1, job + 1, 0)):
        with pytest.raises(NotYours):
            await portfolio.own(database, owner, job_id, number)


async def test_the_tiles_of_a_sample_sheet_are_no_pictures(
    database: Database, blobs: Blobs
) -> None:
    await drew(database, blobs, kind="train")
    assert await portfolio.latest(database, 1) == []


async def test_what_is_too_explicit_for_its_server_is_not_to_be_had(
    database: Database, blobs: Blobs
) -> None:
    async with database.write() as session:
        session.add(Server(id=5, explicit_limit=0.3, created_at=clock.now()))
    strict = await drew(database, blobs, 1, 0.29, 0.31, server_id=5)
    usual = await drew(database, blobs, 1, 0.69, 0.71, None, server_id=6)
    found = await portfolio.latest(database, 1, 10)
    assert {(one.job.id, one.image.number) for one in found} == {
        (strict, 0),
        (usual, 0),
        (usual, 2),
    }
    with pytest.raises(NotYours):
        await portfolio.own(database, 1, strict, 1)
