"""The worker on real rows, real files and a real (small) base."""

from __future__ import annotations

import asyncio

from storage import gallery, queue
from storage.erase import delete_subject
from storage.tables import Adapter, ClassImage, Job
from tests.rows import ask, count, rows
from tests.trainer import serving
from trainer.adapters import read_adapter
from trainer.sheet import PORTRAITS


async def test_a_training_ends_with_an_adapter_its_samples_and_a_card(
    worker: serving.Watched,
) -> None:
    subject = await serving.ready(worker)
    job = await serving.ask_training(worker, subject, steps=3)
    assert await worker.serve_one()
    assert not await worker.serve_one()
    done = await serving.now(worker, job)
    assert (done.state, done.error) == ("done", None)
    adapter = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert adapter is not None
    assert adapter.card == done.outcome
    assert (adapter.card["steps"], adapter.card["photos"]) == (3, 2)
    read = read_adapter(await worker.studio.blobs.get(adapter.blob_key), adapter.sha256)
    assert (read.origin.token, read.origin.steps) == ("zwx", 3)
    images = await gallery.images_of(worker.studio.database, job.id or 0)
    assert [image.number for image in images] == list(range(len(PORTRAITS)))
    assert await serving.is_tidy(worker)
    row = await gallery.latest_worker(worker.studio.database)
    assert row is not None
    assert row.step_s is not None

    # what was learned is drawn with, and what is drawn with is checked
    picture = await serving.ask_picture(worker, subject, pictures=2)
    assert await worker.serve_one()
    assert (await serving.now(worker, picture)).state == "done"
    assert len(await gallery.images_of(worker.studio.database, picture.id or 0)) == 2
    path = worker.studio.blobs.path(adapter.blob_key)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    picture = await serving.ask_picture(worker, subject)
    await worker.serve_one()
    assert (await serving.now(worker, picture)).error == "adapter_damaged"
    path.unlink()
    picture = await ask(worker.studio.database, subject=subject, spec=picture.spec)
    await worker.serve_one()
    assert (await serving.now(worker, picture)).error == "adapter_damaged"


async def test_a_prompt_is_drawn_between_two_steps_of_a_training(worker: serving.Watched) -> None:
    first = await serving.ready(worker)
    await serving.ask_training(worker, first)
    await worker.serve_one()
    training = await serving.ask_training(worker, await serving.ready(worker, "qqxy"), steps=4)
    asked: list[Job] = []

    async def ask_now() -> None:
        asked.append(await serving.ask_picture(worker, first))

    worker.act = ask_now
    await worker.serve_one()
    training, picture = await serving.now(worker, training), await serving.now(worker, asked[0])
    assert (training.state, picture.state) == ("done", "done")
    assert training.finished_at is not None
    assert picture.finished_at is not None
    assert picture.finished_at < training.finished_at


async def test_a_cancelled_training_stops_and_leaves_nothing(worker: serving.Watched) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker), steps=serving.ENDLESS)

    async def cancel() -> None:
        await queue.cancel(worker.studio.database, job.id or 0, job.owner_id)

    worker.act = cancel
    await worker.serve_one()
    assert (await serving.now(worker, job)).state == "cancelled"
    assert await count(worker.studio.database, Adapter) == 0
    assert await serving.is_tidy(worker)


async def test_a_worker_that_is_stopped_gives_its_job_back_uncounted(
    worker: serving.Watched,
) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker), steps=serving.ENDLESS)

    async def stop() -> None:
        worker.stopping.set()

    worker.act = stop
    await asyncio.wait_for(worker.run(), 60)
    back = await serving.now(worker, job)
    assert (back.state, back.attempt) == ("queued", 0)
    assert await serving.is_tidy(worker)


async def test_class_images_are_drawn_once_for_all_subjects_of_a_class(
    worker: serving.Watched,
) -> None:
    for token in ("zwx", "qqxy"):
        job = await serving.ask_training(worker, await serving.ready(worker, token), class_images=3)
        await worker.serve_one()
        assert (await serving.now(worker, job)).outcome["class_images"] == 3
        assert await count(worker.studio.database, ClassImage) == 3
    assert await serving.is_tidy(worker)


async def test_what_was_erased_leaves_the_memory_too(worker: serving.Watched) -> None:
    database, wardrobe = worker.studio.database, worker.studio.base.wardrobe
    kept = await serving.ready(worker, "zwx")
    gone = await serving.ready(worker, "qqxy")
    for subject in (kept, gone):
        await serving.ask_training(worker, subject)
        assert await worker.serve_one()
        await serving.ask_picture(worker, subject)
        assert await worker.serve_one()
    before = set(wardrobe.kept)
    await delete_subject(database, worker.studio.blobs, gone.owner_id, gone.token)
    await worker._forget_erased()
    (adapter,) = await rows(database, Adapter)
    assert wardrobe.kept == [adapter.sha256]
    assert len(before) == 2


async def test_a_training_stopped_early_keeps_what_it_learned_so_far(
    worker: serving.Watched,
) -> None:
    subject = await serving.ready(worker)
    job = await serving.ask_training(worker, subject, steps=serving.ENDLESS)

    async def enough() -> None:
        await queue.cancel(worker.studio.database, job.id or 0, job.owner_id, keeps=True)

    worker.act = enough
    await worker.serve_one()
    done = await serving.now(worker, job)
    assert (done.state, done.error) == ("done", None)
    assert 1 <= done.outcome["steps"] < done.outcome["planned_steps"] == serving.ENDLESS
    adapter = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert adapter is not None
    read = read_adapter(await worker.studio.blobs.get(adapter.blob_key), adapter.sha256)
    assert read.origin.steps == done.outcome["steps"]
    assert len(await gallery.images_of(worker.studio.database, job.id or 0)) == len(PORTRAITS)
    picture = await serving.ask_picture(worker, subject)  # it loads, and is drawn with
    await worker.serve_one()
    assert (await serving.now(worker, picture)).state == "done"
    assert await serving.is_tidy(worker)
