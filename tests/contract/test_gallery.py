from __future__ import annotations

from storage import gallery, queue
from storage.blobs import Blobs
from storage.engine import Database
from storage.tables import ClassImage, Worker
from tests.conftest import Clock
from tests.rows import an_image, ask, claimed, new_subject, trained


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
    worker_id = await gallery.check_in(database, Worker(base="tiny", base_hash="0", device="cpu"))
    assert gallery.is_awake(await gallery.latest_worker(database))
    clock.advance(gallery.AWAKE_S + 1)
    assert not gallery.is_awake(await gallery.latest_worker(database))
    await gallery.report_speed(database, worker_id, step_s=0.5)
    await gallery.report_speed(database, worker_id, image_s=2.0)
    worker = await gallery.latest_worker(database)
    assert gallery.is_awake(worker)
    assert worker is not None
    assert (worker.step_s, worker.image_s) == (0.5, 2.0)


async def test_speed_of_an_unknown_trainer_is_nobodys(database: Database) -> None:
    await gallery.report_speed(database, 99, step_s=1.0)
    assert await gallery.latest_worker(database) is None
