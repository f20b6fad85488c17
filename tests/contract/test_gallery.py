from __future__ import annotations

import pytest

from storage import gallery, queue, subjects
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import NotYours
from storage.tables import Adapter, ClassImage, Subject, Worker
from tests.conftest import Clock
from tests.rows import an_adapter, an_image, ask, claimed, new_subject, rows, trained


def a_class_image(number: int, base_hash: str = "base", class_word: str = "woman") -> ClassImage:
    return ClassImage(
        base_hash=base_hash,
        class_word=class_word,
        number=number,
        blob_key=f"{base_hash}-{class_word}-{number}",
    )


async def test_the_newest_adapter_is_the_current_one(database: Database, blobs: Blobs) -> None:
    subject = await new_subject(database)
    assert await gallery.current_adapter(database, subject.id or 0) is None
    await trained(database, blobs, subject)
    newest = await trained(database, blobs, subject)
    found = await gallery.current_adapter(database, subject.id or 0)
    assert found is not None
    assert found.id == newest.id
    assert await gallery.get_adapter(database, 99) is None


async def in_use(database: Database, subject: Subject) -> int | None:
    """The subject's adapter that is drawn with; the list of subjects must name the same."""
    found = await gallery.current_adapter(database, subject.id or 0)
    (overview,) = [
        one
        for one in await subjects.list_subjects(database, subject.owner_id)
        if one.subject.id == subject.id
    ]
    assert (found and found.id) == (overview.adapter and overview.adapter.id)
    return found and found.id


async def three(
    database: Database, blobs: Blobs, subject: Subject, proposed: int
) -> tuple[int, list[Adapter]]:
    """A training that leaves three candidates, and proposes one of them."""
    await ask(database, subject.owner_id, kind="train", subject=subject)
    lease = await claimed(database)
    made = []
    async with queue.finishing(database, lease, {}) as session:
        for number, step in enumerate((80, 320, 160)):
            key = await blobs.put("adapters", str(step).encode(), "safetensors")
            is_chosen = number == proposed
            made.append(an_adapter(subject, lease.job, key, step=step, is_chosen=is_chosen))
        session.add_all(made)
    return lease.job.id or 0, made


async def test_of_several_candidates_the_proposed_one_is_used(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database)
    job_id, made = await three(database, blobs, subject, proposed=1)
    assert await in_use(database, subject) == made[1].id
    found = await gallery.candidates_of(database, job_id)
    assert [adapter.step for adapter in found] == [80, 160, 320]
    assert await gallery.candidates_of(database, 99) == []


async def test_going_back_is_choosing_an_older_one(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    subject = await new_subject(database)
    other = await new_subject(database, token="qqxy")
    theirs = await trained(database, blobs, other)
    first = await trained(database, blobs, subject)
    _, made = await three(database, blobs, subject, proposed=1)
    for adapter in (made[0], first, made[2], made[2], first):
        clock.advance(-30)  # the time of a machine may be set back
        chosen = await gallery.choose(database, adapter.id or 0, subject.owner_id)
        assert chosen.id == await in_use(database, subject) == adapter.id
    assert await in_use(database, other) == theirs.id
    listed = [adapter.id for adapter in await gallery.versions_of(database, subject.id or 0)]
    assert listed == [made[2].id, made[1].id, made[0].id, first.id]


async def test_a_new_training_is_used_although_an_older_one_was_chosen(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    subject = await new_subject(database)
    first = await trained(database, blobs, subject)
    await three(database, blobs, subject, proposed=1)
    await gallery.choose(database, first.id or 0, subject.owner_id)
    clock.advance(60)
    _, made = await three(database, blobs, subject, proposed=2)
    assert await in_use(database, subject) == made[2].id


async def test_nobody_chooses_for_somebody_else(database: Database, blobs: Blobs) -> None:
    subject = await new_subject(database)
    _, made = await three(database, blobs, subject, proposed=1)
    for adapter_id, member in ((made[0].id or 0, 2), (99, 1)):
        with pytest.raises(NotYours):
            await gallery.choose(database, adapter_id, member)
    assert await in_use(database, subject) == made[1].id


async def test_of_adapters_that_nobody_chose_the_newest_is_used(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database)
    _, made = await three(database, blobs, subject, proposed=99)
    assert await in_use(database, subject) == made[2].id


async def test_pictures_come_in_the_order_of_their_numbers(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        session.add_all(an_image(lease.job, number, f"key-{number}") for number in (2, 0, 1))
    found = await gallery.images_of(database, lease.job.id or 0)
    assert [image.number for image in found] == [0, 1, 2]


async def test_of_two_workers_one_shares_a_class_image(database: Database) -> None:
    assert await gallery.add_class_image(database, a_class_image(0))
    late = a_class_image(0)
    late.blob_key = "late"
    assert not await gallery.add_class_image(database, late)
    (kept,) = await gallery.class_images(database, "base", "woman")
    assert kept.blob_key == "base-woman-0"


async def test_class_images_are_shared_by_base_and_class(database: Database) -> None:
    for image in (
        a_class_image(1),
        a_class_image(0),
        a_class_image(0, base_hash="other"),
        a_class_image(0, class_word="dog"),
    ):
        await gallery.add_class_image(database, image)
    found = await gallery.class_images(database, "base", "woman")
    assert [image.number for image in found] == [0, 1]
    assert await gallery.count_class_images(database, "woman") == 2
    assert await gallery.count_class_images(database, "cat") == 0


async def test_a_trainer_that_falls_silent_counts_as_asleep(
    database: Database, clock: Clock
) -> None:
    assert not gallery.is_awake(await gallery.latest_worker(database))
    worker_id = await gallery.check_in(
        database, Worker(base="tiny", base_hash="0", family="tiny", device="cpu")
    )
    assert gallery.is_awake(await gallery.latest_worker(database))
    clock.advance(gallery.AWAKE_S + 1)
    assert not gallery.is_awake(await gallery.latest_worker(database))
    await gallery.report_speed(database, worker_id, step_s=0.5)
    await gallery.report_speed(database, worker_id, image_s=2.0)
    worker = await gallery.latest_worker(database)
    assert gallery.is_awake(worker)
    assert worker is not None
    assert (worker.step_s, worker.image_s, worker.family) == (0.5, 2.0, "tiny")


async def test_speed_of_an_unknown_trainer_is_nobodys(database: Database) -> None:
    await gallery.report_speed(database, 99, step_s=1.0)
    assert await gallery.latest_worker(database) is None


async def test_a_restarted_trainer_is_as_fast_as_it_was(database: Database) -> None:
    async def starts(device: str, base_hash: str = "0" * 64) -> Worker:
        row = Worker(base="tiny", base_hash=base_hash, device=device)
        number = await gallery.check_in(database, row)
        [found] = [worker for worker in await rows(database, Worker) if worker.id == number]
        return found

    first = await starts("cpu")
    assert first.step_s is None
    await gallery.report_speed(database, first.id or 0, step_s=0.25, image_s=2.0)
    again, other = await starts("cpu"), await starts("cuda")
    assert (again.step_s, again.image_s) == (0.25, 2.0)
    assert other.step_s is None
    assert (await starts("cpu", "1" * 64)).step_s is None


async def test_a_damaged_adapter_is_put_aside_and_the_one_before_it_is_used(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database)
    older = await trained(database, blobs, subject)
    newest = await trained(database, blobs, subject)
    await gallery.put_aside(database, newest.id or 0)
    await gallery.put_aside(database, newest.id or 0)
    assert await in_use(database, subject) == older.id
    assert [one.id for one in await gallery.versions_of(database, subject.id or 0)] == [older.id]
    with pytest.raises(NotYours):
        await gallery.choose(database, newest.id or 0, subject.owner_id)
    await gallery.put_aside(database, older.id or 0)
    assert await in_use(database, subject) is None
