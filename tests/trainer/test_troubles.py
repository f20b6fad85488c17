"""What goes wrong around a job: tried again, or ended with a word for it, no file is left."""

from __future__ import annotations

import errno
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
import torch
from sqlalchemy import text

from storage import queue
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.errors import Busy, StorageFull
from storage.queue import Lease
from storage.tables import Adapter, ClassImage, Crop, Image, Job
from tests.rows import count, rows
from tests.trainer import serving
from trainer.worker import OutOfMemory, Worker


async def steal(worker: Worker, job: Job) -> None:
    """The job is given to another, as when this worker was silent for too long."""
    held = await serving.now(worker, job)
    if held.lease_key is not None:
        lease = Lease(held, held.lease_key)
        await queue.give_back(worker.studio.database, lease, count_attempt=True)


async def test_a_training_that_lost_its_lease_stops_and_leaves_nothing(
    worker: serving.Watched,
) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker), steps=serving.ENDLESS)
    worker.act = lambda: steal(worker, job)
    await worker.serve_one()
    assert worker.act is None
    assert (await serving.now(worker, job)).state == "queued"
    assert await count(worker.studio.database, Adapter) == 0
    assert await serving.is_tidy(worker)


class Late(FolderBlobs):
    """A blob folder where something happens just as a file is written."""

    act: Callable[[], Awaitable[None]]

    async def put(self, folder: str, data: bytes, suffix: str) -> str:
        key = await super().put(folder, data, suffix)
        await self.act()
        return key


async def test_files_of_a_lease_lost_at_the_last_moment_are_removed(
    worker: serving.Watched,
) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker))
    worker.studio.blobs = Late(worker.studio.blobs.root)
    worker.studio.blobs.act = lambda: steal(worker, job)
    await worker.serve_one()
    assert (await serving.now(worker, job)).state == "queued"
    for table in (Adapter, Image):
        assert await count(worker.studio.database, table) == 0
    assert await serving.is_tidy(worker)


async def test_a_lost_class_image_is_drawn_anew(worker: serving.Watched) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker, "zwx"), class_images=2)
    await worker.serve_one()
    lost, kept = await rows(worker.studio.database, ClassImage)
    await worker.studio.blobs.delete(lost.blob_key)
    job = await serving.ask_training(worker, await serving.ready(worker, "qqxy"), class_images=2)
    await worker.serve_one()
    assert (await serving.now(worker, job)).state == "done"
    names = {row.blob_key for row in await rows(worker.studio.database, ClassImage)}
    assert kept.blob_key in names
    assert lost.blob_key not in names
    assert len(names) == 2
    assert await serving.is_tidy(worker)


async def test_a_training_without_photos_says_so(worker: serving.Watched) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker))
    async with worker.studio.database.write() as session:
        (await session.get_one(Job, job.id)).spec = {**job.spec, "photos": []}
    await worker.serve_one()
    assert (await serving.now(worker, job)).error == "no_photos"


async def test_a_photo_without_its_file_is_said(worker: serving.Watched) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker))
    (crop, _) = await rows(worker.studio.database, Crop)
    await worker.studio.blobs.delete(crop.blob_key)
    await worker.serve_one()
    assert (await serving.now(worker, job)).error == "photo_missing"


async def test_a_full_device_ends_the_process_and_costs_a_training_no_attempt(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await serving.ready(worker)
    await serving.ask_training(worker, first)
    await worker.serve_one()
    training = await serving.ask_training(
        worker, await serving.ready(worker, "qqxy"), steps=serving.ENDLESS
    )
    asked: list[Job] = []

    def full(*_: Any) -> None:
        raise torch.OutOfMemoryError

    async def ask_too_much() -> None:
        asked.append(await serving.ask_picture(worker, first))
        monkeypatch.setattr("trainer.easel.Easel._predict", full)

    worker.act = ask_too_much
    with pytest.raises(OutOfMemory):
        await worker.serve_one()
    training, picture = await serving.now(worker, training), await serving.now(worker, asked[0])
    assert (training.state, training.attempt) == ("queued", 0)
    assert (picture.state, picture.attempt) == ("queued", 1)
    for _ in range(2):
        with pytest.raises(OutOfMemory):
            await worker.serve_one()
    assert (await serving.now(worker, picture)).error == "out_of_memory"


async def test_no_job_is_begun_while_the_disk_is_nearly_full(worker: serving.Watched) -> None:
    job = await serving.ask_training(worker, await serving.ready(worker))
    room = worker.settings.reserve_mb
    worker.settings.reserve_mb = 10**12
    worker.stopping.set()  # no pause afterwards
    assert not await worker.serve_one()
    worker.settings.reserve_mb = room
    worker.stopping.clear()
    assert await worker.serve_one()
    assert (await serving.now(worker, job)).attempt == 1


@pytest.mark.parametrize("error", [Busy(), StorageFull(), OSError(errno.ENOSPC, "full")])
async def test_what_passes_by_itself_puts_a_job_off_and_costs_no_attempt(
    worker: serving.Watched, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **_more: object) -> None:
        raise error

    job = await serving.ask_training(worker, await serving.ready(worker))
    with monkeypatch.context() as patch:
        patch.setattr("trainer.training.build_dataset", refuse)
        assert await worker.serve_one()
    off = await serving.now(worker, job)
    assert (off.state, off.attempt, off.error) == ("queued", 0, None)
    assert await queue.claim(worker.studio.database) is None  # not at once
    assert await serving.is_tidy(worker)


async def test_a_finish_waits_for_a_busy_database(
    worker: serving.Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lock comes when the results are about to be written, and outlasts the patience."""
    monkeypatch.setattr("trainer.results.TRY_AGAIN_S", 0.01)
    job = await serving.ask_training(worker, await serving.ready(worker))
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
    assert (await serving.now(worker, job)).state == "done"
    assert await serving.is_tidy(worker)
