"""How explicit a picture looks is written down once; what a server wants, as often as it likes."""

from __future__ import annotations

from storage import gallery, queue, screening
from storage.blobs import Blobs
from storage.engine import Database
from tests.rows import an_image, ask, claimed


async def drawn(database: Database, blobs: Blobs, pictures: int = 2) -> list[int]:
    """The ids of the pictures of a job that has ended."""
    await ask(database)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        for number in range(pictures):
            key = await blobs.put("images", b"picture", "png")
            session.add(an_image(lease.job, number, key))
    return [image.id or 0 for image in await gallery.images_of(database, lease.job.id or 0)]


async def scores(database: Database, job_id: int = 1) -> list[float | None]:
    return [image.explicit for image in await gallery.images_of(database, job_id)]


async def test_a_picture_has_no_score_until_somebody_looked(
    database: Database, blobs: Blobs
) -> None:
    first, second = await drawn(database, blobs)
    assert await scores(database) == [None, None]
    await screening.note_scores(database, {second: 0.25})
    assert await scores(database) == [None, 0.25]
    await screening.note_scores(database, {first: 0.0, second: 0.9})
    assert await scores(database) == [0.0, 0.25]  # what was written first holds


async def test_the_score_of_a_picture_that_is_gone_is_nobodys(database: Database) -> None:
    await screening.note_scores(database, {99: 0.5})
    await screening.note_scores(database, {})


async def test_a_server_that_never_said_and_no_server_at_all_want_the_defaults(
    database: Database,
) -> None:
    for server_id in (None, 70):
        wishes = await screening.safety_of(database, server_id)
        assert (wishes.explicit_limit, wishes.alerts_channel_id) == (None, None)


async def test_what_a_server_wants_can_be_changed_and_taken_back(database: Database) -> None:
    for limit, channel in ((0.3, None), (0.5, 10), (None, 10), (None, None)):
        await screening.set_safety(database, 70, explicit_limit=limit, alerts_channel_id=channel)
        wishes = await screening.safety_of(database, 70)
        assert (wishes.explicit_limit, wishes.alerts_channel_id) == (limit, channel)
    assert (await screening.safety_of(database, 71)).explicit_limit is None
