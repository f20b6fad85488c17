"""What a server's admins see and do reaches into no other server, and loses no file."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage import gallery, line, moderation, offences, outbox, queue, screening, servers, status
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import LeaseLost, NotYours
from storage.tables import Image, Job, Outgoing, Worker
from tests.conftest import Clock
from tests.rows import SQUARE, an_image, ask, claimed, count, files, new_subject, rows

HERE, ELSEWHERE, ALICE, BOB = 7, 8, 1, 2


async def drawn(database: Database, blobs: Blobs, **options: Any) -> Job:
    """Pictures that are done and shown."""
    job = await ask(database, spec={"pictures": 2}, **{"server_id": HERE, **options})
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        session.add(an_image(lease.job, 0, await blobs.put("images", SQUARE, "png")))
    await line.set_message(database, job.id or 0, 70, 700 + (job.id or 0))
    return job


async def test_a_record_is_of_one_server_and_names_nothing(
    database: Database, clock: Clock
) -> None:
    subject = await new_subject(database)
    await ask(database, server_id=HERE)
    await ask(database, server_id=ELSEWHERE)
    await ask(database, kind="train", subject=subject, server_id=HERE)
    await ask(database, BOB, server_id=HERE)
    for number, where in enumerate((HERE, ELSEWHERE)):
        told = {"member_id": ALICE, "server_id": where, "request_id": f"offence-{number}"}
        await offences.note(database, kind="prompt", **told)
    found = await moderation.record(database, HERE, ALICE)
    assert [job.kind for job in found.open_jobs] == ["generate", "train"]
    assert (found.offences, found.subjects) == (1, 1)
    clock.advance(offences.WITHIN.total_seconds() + 1)
    assert (await moderation.record(database, HERE, ALICE)).offences == 0
    nobody = await moderation.record(database, HERE, 99)
    assert (list(nobody.open_jobs), nobody.offences, nobody.subjects) == ([], 0, 0)


async def test_open_jobs_end_at_once_and_only_there(database: Database) -> None:
    await ask(database, server_id=HERE)
    lease = await claimed(database)
    await ask(database, server_id=HERE)
    await ask(database, server_id=ELSEWHERE)
    await ask(database, BOB, server_id=HERE)
    assert await moderation.cancel_open(database, HERE, ALICE) == 2
    states = [job.state for job in await rows(database, Job)]
    assert states == ["cancelled", "cancelled", "queued", "queued"]
    with pytest.raises(LeaseLost):
        await queue.beat(database, lease)
    assert await moderation.cancel_open(database, HERE, ALICE) == 0


async def test_pictures_go_with_files_and_messages_and_their_owner_is_told(
    database: Database, blobs: Blobs
) -> None:
    job = await drawn(database, blobs)
    kept = await drawn(database, blobs, owner_id=BOB)
    await moderation.take_down(database, blobs, HERE, job.id or 0)
    assert [one.id for one in await rows(database, Job)] == [kept.id]
    (image,) = await rows(database, Image)
    assert await files(blobs) == {image.blob_key}
    said = {row.kind: row for row in await rows(database, Outgoing)}
    assert (said["withdraw"].channel_id, said["withdraw"].message_id) == (70, 700 + (job.id or 0))
    removed = said["removed"]
    assert (removed.about_id, removed.server_id, removed.topic) == (ALICE, HERE, str(job.id))
    with pytest.raises(NotYours):
        await moderation.take_down(database, blobs, HERE, job.id or 0)


async def test_a_picture_that_is_being_drawn_can_not_come_after(
    database: Database, blobs: Blobs
) -> None:
    job = await ask(database, server_id=HERE)
    lease = await claimed(database)
    await moderation.take_down(database, blobs, HERE, job.id or 0)
    with pytest.raises(LeaseLost):
        async with queue.finishing(database, lease, {}):
            pass
    assert await count(database, Job) == 0


async def test_pictures_are_found_by_number_or_message_in_their_server_alone(
    database: Database, blobs: Blobs
) -> None:
    job = await drawn(database, blobs)
    number = job.id or 0
    (row,) = await outbox.take(database)
    await outbox.delivered(database, row.id or 0, outbox.Message(70, 900))
    for which in ({"job_id": number}, {"message_id": 700 + number}, {"message_id": 900}):
        assert (await moderation.find(database, HERE, **which)).id == number
        with pytest.raises(NotYours):
            await moderation.find(database, ELSEWHERE, **which)
    with pytest.raises(NotYours):
        await moderation.take_down(database, blobs, ELSEWHERE, number)
    training = await ask(
        database, kind="train", subject=await new_subject(database), server_id=HERE
    )
    for missing in ({"job_id": 999}, {"message_id": 1}, {"job_id": training.id or 0}):
        with pytest.raises(NotYours):
            await moderation.find(database, HERE, **missing)
    assert await count(database, Image) == 1


async def test_the_floor_is_counted_from_rows(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    today = clock.now()
    await gallery.check_in(database, Worker(base="tiny", base_hash="0", device="cpu"))
    await drawn(database, blobs)
    await drawn(database, blobs, server_id=ELSEWHERE)
    await servers.set_quiet(database, HERE, (0, 60))
    subject = await new_subject(database)
    await ask(database, kind="train", subject=subject, server_id=HERE)
    await ask(database, server_id=HERE)
    floor = await status.floor(database, HERE, today, today)
    assert (floor.waiting, floor.running, floor.held) == (2, 0, 1)
    assert (floor.pictures, floor.trainings, floor.sessions) == (2, 0, 0)
    assert [worker.base for worker in floor.trainers] == ["tiny"]
    clock.advance(7200)
    later = await status.floor(database, HERE, today + timedelta(hours=1), today)
    assert (later.held, later.pictures, list(later.trainers)) == (0, 0, [])
    assert (await screening.safety_of(database, HERE)).quiet_from == 0
