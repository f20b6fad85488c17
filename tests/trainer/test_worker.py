"""The worker on real rows, real files and a real (small) base."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import torch
from sqlalchemy import text

from storage import gallery, queue
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import delete_subject
from storage.errors import Busy, StorageFull
from storage.queue import Lease
from storage.tables import Adapter, Checkpoint, ClassImage, Crop, Image, Job, Photo, Subject
from storage.tables import Worker as WorkerRow
from tests.rows import ask, count, files, new_photo, new_subject, rows
from trainer.adapters import read_adapter
from trainer.base import Base
from trainer.settings import TrainerSettings
from trainer.studio import Studio
from trainer.training import PORTRAITS
from trainer.worker import OutOfMemory, Worker

#: The most steps there can be; more than any test waits for.
ENDLESS = 10_000


class Watched(Worker):
    """A worker with something happening at its first look between two steps."""

    act: Callable[[], Awaitable[None]] | None = None

    async def _between_steps(self) -> None:
        act, self.act = self.act, None
        if act is not None:
            await act()
        await super()._between_steps()


@pytest.fixture
async def worker(database: Database, blobs: FolderBlobs, base: Base) -> AsyncIterator[Watched]:
    row = WorkerRow(base=base.id, base_hash=base.weights_hash, device="cpu")
    studio = Studio(database, blobs, base)
    yield Watched(studio, TrainerSettings(lease_s=3), await gallery.check_in(database, row))
    studio.close()


async def ready(worker: Worker, token: str = "zwx") -> Subject:
    """A subject with photos."""
    database, blobs = worker.studio.database, worker.studio.blobs
    subject = await new_subject(database, token=token)
    for framing in ("face", "torso"):
        await new_photo(database, blobs, subject, framing)
    return subject


async def ask_training(
    worker: Worker, subject: Subject, steps: int = 2, class_images: int = 0
) -> Job:
    photos = [p.id for p in await rows(worker.studio.database, Photo) if p.subject_id == subject.id]
    spec = {"steps": steps, "class_images": class_images, "photos": photos}
    return await ask(worker.studio.database, kind="train", subject=subject, spec=spec)


async def ask_picture(worker: Worker, subject: Subject, pictures: int = 1) -> Job:
    adapter = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert adapter is not None
    prompt = f"a {subject.token} woman at the beach"
    spec = {"prompt": prompt, "typed": prompt, "adapter": adapter.id, "seed": 3,
            "pictures": pictures}  # fmt: skip
    return await ask(worker.studio.database, subject=subject, spec=spec)


async def now(worker: Worker, job: Job) -> Job:
    found = await queue.get(worker.studio.database, job.id or 0)
    assert found is not None
    return found


async def is_tidy(worker: Worker) -> bool:
    """Whether every file has a row."""
    database = worker.studio.database
    named = {photo.upright_key for photo in await rows(database, Photo)}
    for table in (Crop, Adapter, Image, ClassImage, Checkpoint):
        named |= {row.blob_key for row in await rows(database, table)}
    return await files(worker.studio.blobs) == named


async def test_a_training_ends_with_an_adapter_its_samples_and_a_card(worker: Watched) -> None:
    subject = await ready(worker)
    job = await ask_training(worker, subject, steps=3)
    assert await worker.serve_one()
    assert not await worker.serve_one()
    done = await now(worker, job)
    assert (done.state, done.error) == ("done", None)
    adapter = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert adapter is not None
    assert adapter.card == done.outcome
    assert (adapter.card["steps"], adapter.card["photos"]) == (3, 2)
    read = read_adapter(await worker.studio.blobs.get(adapter.blob_key), adapter.sha256)
    assert (read.origin.token, read.origin.steps) == ("zwx", 3)
    images = await gallery.images_of(worker.studio.database, job.id or 0)
    assert [image.number for image in images] == list(range(len(PORTRAITS)))
    assert await is_tidy(worker)
    row = await gallery.latest_worker(worker.studio.database)
    assert row is not None
    assert row.step_s is not None

    # what was learned is drawn with, and what is drawn with is checked
    picture = await ask_picture(worker, subject, pictures=2)
    assert await worker.serve_one()
    assert (await now(worker, picture)).state == "done"
    assert len(await gallery.images_of(worker.studio.database, picture.id or 0)) == 2
    path = worker.studio.blobs.path(adapter.blob_key)
    whole = path.read_bytes()
    path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
    picture = await ask_picture(worker, subject)
    await worker.serve_one()
    assert (await now(worker, picture)).error == "adapter_damaged"
    path.unlink()
    picture = await ask_picture(worker, subject)
    await worker.serve_one()
    assert (await now(worker, picture)).error == "adapter_missing"


async def test_a_prompt_is_drawn_between_two_steps_of_a_training(worker: Watched) -> None:
    first = await ready(worker)
    await ask_training(worker, first)
    await worker.serve_one()
    training = await ask_training(worker, await ready(worker, "qqxy"), steps=4)
    asked: list[Job] = []

    async def ask_now() -> None:
        asked.append(await ask_picture(worker, first))

    worker.act = ask_now
    await worker.serve_one()
    training, picture = await now(worker, training), await now(worker, asked[0])
    assert (training.state, picture.state) == ("done", "done")
    assert training.finished_at is not None
    assert picture.finished_at is not None
    assert picture.finished_at < training.finished_at


async def test_a_cancelled_training_stops_and_leaves_nothing(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker), steps=ENDLESS)

    async def cancel() -> None:
        await queue.cancel(worker.studio.database, job.id or 0, job.owner_id)

    worker.act = cancel
    await worker.serve_one()
    assert (await now(worker, job)).state == "cancelled"
    assert await count(worker.studio.database, Adapter) == 0
    assert await is_tidy(worker)


async def steal(worker: Worker, job: Job) -> None:
    """The job is given to another, as when this worker was silent for too long."""
    held = await now(worker, job)
    if held.lease_key is not None:
        lease = Lease(held, held.lease_key)
        await queue.give_back(worker.studio.database, lease, count_attempt=True)


async def test_a_training_that_lost_its_lease_stops_and_leaves_nothing(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker), steps=ENDLESS)
    worker.act = lambda: steal(worker, job)
    await worker.serve_one()
    assert worker.act is None
    assert (await now(worker, job)).state == "queued"
    assert await count(worker.studio.database, Adapter) == 0
    assert await is_tidy(worker)


class Late(FolderBlobs):
    """A blob folder where something happens just as a file is written."""

    act: Callable[[], Awaitable[None]]

    async def put(self, folder: str, data: bytes, suffix: str) -> str:
        key = await super().put(folder, data, suffix)
        await self.act()
        return key


async def test_files_of_a_lease_lost_at_the_last_moment_are_removed(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker))
    worker.studio.blobs = Late(worker.studio.blobs.root)
    worker.studio.blobs.act = lambda: steal(worker, job)
    await worker.serve_one()
    assert (await now(worker, job)).state == "queued"
    for table in (Adapter, Image):
        assert await count(worker.studio.database, table) == 0
    assert await is_tidy(worker)


async def test_a_worker_that_is_stopped_gives_its_job_back_uncounted(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker), steps=ENDLESS)

    async def stop() -> None:
        worker.stopping.set()

    worker.act = stop
    await asyncio.wait_for(worker.run(), 60)
    back = await now(worker, job)
    assert (back.state, back.attempt) == ("queued", 0)
    assert await is_tidy(worker)


async def test_class_images_are_drawn_once_for_all_subjects_of_a_class(worker: Watched) -> None:
    for token in ("zwx", "qqxy"):
        job = await ask_training(worker, await ready(worker, token), class_images=3)
        await worker.serve_one()
        assert (await now(worker, job)).outcome["class_images"] == 3
        assert await count(worker.studio.database, ClassImage) == 3
    assert await is_tidy(worker)


async def test_a_lost_class_image_is_drawn_anew(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker, "zwx"), class_images=2)
    await worker.serve_one()
    lost, kept = await rows(worker.studio.database, ClassImage)
    await worker.studio.blobs.delete(lost.blob_key)
    job = await ask_training(worker, await ready(worker, "qqxy"), class_images=2)
    await worker.serve_one()
    assert (await now(worker, job)).state == "done"
    names = {row.blob_key for row in await rows(worker.studio.database, ClassImage)}
    assert kept.blob_key in names
    assert lost.blob_key not in names
    assert len(names) == 2
    assert await is_tidy(worker)


async def test_a_training_without_photos_says_so(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker))
    async with worker.studio.database.write() as session:
        (await session.get_one(Job, job.id)).spec = {**job.spec, "photos": []}
    await worker.serve_one()
    assert (await now(worker, job)).error == "no_photos"


async def test_a_photo_without_its_file_is_said(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker))
    (crop, _) = await rows(worker.studio.database, Crop)
    await worker.studio.blobs.delete(crop.blob_key)
    await worker.serve_one()
    assert (await now(worker, job)).error == "photo_missing"


async def test_a_full_device_ends_the_process_and_costs_a_training_no_attempt(
    worker: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await ready(worker)
    await ask_training(worker, first)
    await worker.serve_one()
    training = await ask_training(worker, await ready(worker, "qqxy"), steps=ENDLESS)
    asked: list[Job] = []

    def full(*_: Any) -> None:
        raise torch.OutOfMemoryError

    async def ask_too_much() -> None:
        asked.append(await ask_picture(worker, first))
        monkeypatch.setattr("trainer.drawing.generate", full)

    worker.act = ask_too_much
    with pytest.raises(OutOfMemory):
        await worker.serve_one()
    training, picture = await now(worker, training), await now(worker, asked[0])
    assert (training.state, training.attempt) == ("queued", 0)
    assert (picture.state, picture.attempt) == ("queued", 1)
    for _ in range(2):
        with pytest.raises(OutOfMemory):
            await worker.serve_one()
    assert (await now(worker, picture)).error == "out_of_memory"


async def test_what_was_erased_leaves_the_memory_too(worker: Watched) -> None:
    database, wardrobe = worker.studio.database, worker.studio.base.wardrobe
    kept = await ready(worker, "zwx")
    gone = await ready(worker, "qqxy")
    for subject in (kept, gone):
        await ask_training(worker, subject)
        assert await worker.serve_one()
        await ask_picture(worker, subject)
        assert await worker.serve_one()
    before = set(wardrobe.kept)
    await delete_subject(database, worker.studio.blobs, gone.owner_id, gone.token)
    await worker._forget_erased()
    (adapter,) = await rows(database, Adapter)
    assert wardrobe.kept == [adapter.sha256]
    assert len(before) == 2


async def test_no_job_is_begun_while_the_disk_is_nearly_full(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker))
    room = worker.settings.reserve_mb
    worker.settings.reserve_mb = 10**12
    worker.stopping.set()  # no pause afterwards
    assert not await worker.serve_one()
    worker.settings.reserve_mb = room
    worker.stopping.clear()
    assert await worker.serve_one()
    assert (await now(worker, job)).attempt == 1


@pytest.mark.parametrize("error", [Busy(), StorageFull(), OSError(errno.ENOSPC, "full")])
async def test_what_passes_by_itself_puts_a_job_off_and_costs_no_attempt(
    worker: Watched, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **_more: object) -> None:
        raise error

    job = await ask_training(worker, await ready(worker))
    with monkeypatch.context() as patch:
        patch.setattr("trainer.training.build_dataset", refuse)
        assert await worker.serve_one()
    off = await now(worker, job)
    assert (off.state, off.attempt, off.error) == ("queued", 0, None)
    assert await queue.claim(worker.studio.database) is None  # not at once
    assert await is_tidy(worker)


async def test_a_finish_waits_for_a_busy_database(
    worker: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock comes when the results are about to be written, and outlasts the patience."""
    monkeypatch.setattr("trainer.results.TRY_AGAIN_S", 0.01)
    job = await ask_training(worker, await ready(worker))
    hasty = await Database.open(worker.studio.database.path, patience_s=0.05)
    tries: list[int] = []
    real = queue.finishing

    @asynccontextmanager
    async def finishing(_: Database, lease: Lease, outcome: dict[str, Any]) -> AsyncIterator[Any]:
        tries.append(1)
        if len(tries) <= 3:
            async with worker.studio.database.write() as session:
                await session.execute(text("SELECT 1"))  # the lock is taken
                async with real(hasty, lease, outcome) as own:
                    yield own
        else:
            async with real(hasty, lease, outcome) as own:
                yield own

    monkeypatch.setattr("storage.queue.finishing", finishing)
    assert await worker.serve_one()
    await hasty.close()
    assert len(tries) == 4
    assert (await now(worker, job)).state == "done"
    assert await is_tidy(worker)


async def test_a_training_stopped_early_keeps_what_it_learned_so_far(worker: Watched) -> None:
    subject = await ready(worker)
    job = await ask_training(worker, subject, steps=ENDLESS)

    async def enough() -> None:
        await queue.cancel(worker.studio.database, job.id or 0, job.owner_id, keeps=True)

    worker.act = enough
    await worker.serve_one()
    done = await now(worker, job)
    assert (done.state, done.error) == ("done", None)
    assert 1 <= done.outcome["steps"] < done.outcome["planned_steps"] == ENDLESS
    adapter = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert adapter is not None
    read = read_adapter(await worker.studio.blobs.get(adapter.blob_key), adapter.sha256)
    assert read.origin.steps == done.outcome["steps"]
    assert len(await gallery.images_of(worker.studio.database, job.id or 0)) == len(PORTRAITS)
    picture = await ask_picture(worker, subject)  # it loads, and is drawn with
    await worker.serve_one()
    assert (await now(worker, picture)).state == "done"
    assert await is_tidy(worker)
