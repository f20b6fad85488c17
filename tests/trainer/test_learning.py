"""A training inside a worker: interrupted, resumed, ended early, gone on with."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from storage import gallery, newest, queue
from storage.blobs.folder import FolderBlobs
from storage.doomed import bury
from storage.engine import Database
from storage.tables import Adapter, Checkpoint, Job
from tests import sqlite
from tests.rows import ask, files, rows
from tests.trainer.serving import Watched, ask_training, is_tidy, now, ready
from trainer import learning
from trainer.adapters import read_adapter
from trainer.base import Base
from trainer.course import Course, Proposal
from trainer.settings import TrainerSettings
from trainer.sheet import PORTRAITS
from trainer.studio import Studio
from trainer.worker import OutOfMemory

Act = Callable[[], Awaitable[None]]


@asynccontextmanager
async def a_studio(folder: Path, base: Base) -> AsyncIterator[Watched]:
    """A worker of its own, with rows and files of its own."""
    database = Database(sqlite.new_database(folder / "darkroom.db"))
    studio = Studio(database, FolderBlobs(folder / "blobs"), base)
    try:
        yield Watched(studio, TrainerSettings(lease_s=3), 1)
    finally:
        studio.close()
        await database.close()


async def served(worker: Watched, job: Job) -> Job:
    await asyncio.wait_for(worker.serve_one(), 60)
    return await now(worker, job)


async def adapters(worker: Watched) -> list[Adapter]:
    return list(await rows(worker.studio.database, Adapter))


def after(worker: Watched, steps: int, act: Act) -> None:
    """Do something between two steps of the next training, once `steps` are done."""

    async def wait() -> None:
        [job] = [job for job in await rows(worker.studio.database, Job) if job.state == "running"]
        seen.append(job.id or 0)
        if len(seen) < steps:
            worker.act = wait
            return
        await act()

    seen: list[int] = []
    worker.act = wait


async def test_a_training_that_is_interrupted_ends_as_one_that_is_not(
    tmp_path: Path, base: Base
) -> None:
    steps = 25  # with a look on either side of the interruption
    async with a_studio(tmp_path / "whole", base) as worker:
        whole = await served(worker, await ask_training(worker, await ready(worker), steps))
        made = await adapters(worker)
    async with a_studio(tmp_path / "broken", base) as worker:
        job = await ask_training(worker, await ready(worker), steps)

        async def stop() -> None:
            worker.stopping.set()

        after(worker, 13, stop)
        back = await served(worker, job)
        assert (back.state, back.attempt) == ("queued", 0)
        kept = await newest.latest(worker.studio.database, Checkpoint, job.id or 0)
        assert kept is not None
        assert kept.step == 13
        worker.stopping.clear()
        done = await served(worker, job)
        assert [row.sha256 for row in await adapters(worker)] == [row.sha256 for row in made]
        assert done.outcome["marks"] == whole.outcome["marks"]
        assert len(done.outcome["marks"]) > 1
        await bury(worker.studio.database, worker.studio.blobs)
        assert await is_tidy(worker)


async def test_a_killed_worker_costs_no_more_than_the_steps_since_the_last_checkpoint(
    worker: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "SAVE_EVERY_S", 0.0)
    monkeypatch.setattr(learning, "SAVE_SHARE", 0.0)
    job = await ask_training(worker, await ready(worker), 12)

    async def die() -> None:
        # as after kill -9: nothing more is written, and the lease runs out
        found = await now(worker, job)
        lease = queue.Lease(found, found.lease_key or "")
        await queue.give_back(worker.studio.database, lease, count_attempt=True)

    after(worker, 6, die)
    assert (await served(worker, job)).state == "queued"
    kept = await newest.latest(worker.studio.database, Checkpoint, job.id or 0)
    assert kept is not None
    assert kept.step == 6
    assert (await served(worker, job)).state == "done"
    await bury(worker.studio.database, worker.studio.blobs)
    assert await is_tidy(worker)


async def test_a_prompt_that_fills_the_memory_costs_the_training_nothing(worker: Watched) -> None:
    job = await ask_training(worker, await ready(worker), 12)

    async def fill() -> None:
        raise OutOfMemory

    after(worker, 5, fill)
    with pytest.raises(OutOfMemory):
        await served(worker, job)
    kept = await newest.latest(worker.studio.database, Checkpoint, job.id or 0)
    assert kept is not None
    assert kept.step == 5
    assert (await served(worker, job)).state == "done"


@pytest.mark.parametrize("harm", ["damaged", "lost", "other photos"])
async def test_a_checkpoint_that_does_not_fit_is_not_gone_on_from(
    worker: Watched, harm: str
) -> None:
    job = await ask_training(worker, await ready(worker), 12)

    async def stop() -> None:
        worker.stopping.set()

    after(worker, 5, stop)
    await served(worker, job)
    worker.stopping.clear()
    [row] = await rows(worker.studio.database, Checkpoint)
    blobs: Any = worker.studio.blobs
    if harm == "damaged":
        blobs.path(row.blob_key).write_bytes(b"half of it")
    elif harm == "lost":
        await blobs.delete(row.blob_key)
    else:
        async with worker.studio.database.write() as session:
            changed = await session.get_one(Job, job.id)
            changed.spec = changed.spec | {"photos": changed.spec["photos"][:1]}
    done = await served(worker, job)
    assert done.state == "done"
    assert done.outcome["steps"] == 12


async def test_a_full_disk_leaves_the_training_without_checkpoint_and_unharmed(
    worker: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "SAVE_EVERY_S", 0.0)
    job = await ask_training(worker, await ready(worker), 5)
    put = worker.studio.blobs.put

    async def full(folder: str, data: bytes, suffix: str) -> str:
        if folder == "checkpoints":
            raise OSError(28, "No space left on device")
        return await put(folder, data, suffix)

    monkeypatch.setattr(worker.studio.blobs, "put", full)
    assert (await served(worker, job)).state == "done"
    assert await is_tidy(worker)


async def test_a_training_leaves_three_adapters_of_which_one_is_used(worker: Watched) -> None:
    subject = await ready(worker)
    done = await served(worker, await ask_training(worker, subject, 45))
    made = await gallery.candidates_of(worker.studio.database, done.id or 0)
    assert [row.step for row in made] == done.outcome["candidates"]
    assert len(made) == 3
    [used] = [row for row in made if row.chosen_at is not None]
    assert used.step == done.outcome["steps"]
    assert used.card == done.outcome
    assert (await gallery.current_adapter(worker.studio.database, subject.id or 0)) == used
    assert [row.card["row"] for row in made] == [0, 1, 2]
    images = await gallery.images_of(worker.studio.database, done.id or 0)
    assert len(images) == 3 * len(PORTRAITS)
    seeds = [image.seed for image in images]
    assert seeds[: len(PORTRAITS)] * 3 == seeds
    for row in made:
        read = read_adapter(await worker.studio.blobs.get(row.blob_key), row.sha256)
        assert read.origin.steps == row.step


async def test_a_training_stopped_after_many_looks_leaves_three_too(
    worker: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await ready(worker)
    job = await ask_training(worker, subject, 60)
    monkeypatch.setattr("trainer.judge.FEWEST", 6)  # looks: one after every 10 steps
    best = Proposal(20, "best")
    monkeypatch.setattr(Course, "proposal", lambda _: best)

    async def enough() -> None:
        await queue.cancel(worker.studio.database, job.id or 0, job.owner_id, keeps=True)

    after(worker, 47, enough)
    done = await served(worker, job)
    made = await gallery.candidates_of(worker.studio.database, done.id or 0)
    assert len(made) == 3
    assert {best.step, done.outcome["steps"]} <= {row.step for row in made}
    assert done.outcome["steps"] >= 47


async def test_a_training_ends_early_where_more_would_do_harm(
    worker: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Course, "ended", property(lambda course: len(course.marks) == 2))
    done = await served(worker, await ask_training(worker, await ready(worker), 60))
    assert done.outcome["ended"] == "early"
    assert done.outcome["planned_steps"] == 60
    assert len(done.outcome["marks"]) == 2


async def test_more_steps_go_on_from_what_was_learned(
    worker: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await ready(worker)
    first = await served(worker, await ask_training(worker, subject, 12))
    before = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert before is not None
    # what a member asked for is not cut short
    monkeypatch.setattr(Course, "ended", property(lambda _: True))
    spec = first.spec | {"from": before.id, "steps": 14, "learning_rate": 1e-7}
    job = await ask(worker.studio.database, kind="train", subject=subject, spec=spec)
    done = await served(worker, job)
    assert done.outcome["ended"] == "planned"
    assert done.outcome["from"] == before.id
    assert done.outcome["marks"][-1]["step"] == before.step + 14
    again = max(await adapters(worker), key=lambda row: row.id or 0)
    assert again.step <= before.step + 14
    old, new = [
        read_adapter(await worker.studio.blobs.get(row.blob_key), row.sha256)
        for row in (before, again)
    ]
    # at next to no learning rate it is what it was
    assert all((old.weights[key] - new.weights[key]).abs().max() < 1e-3 for key in old.weights)

    await worker.studio.blobs.delete(again.blob_key)
    lost = first.spec | {"from": again.id, "steps": 5}
    job = await ask(worker.studio.database, kind="train", subject=subject, spec=lost)
    assert (await served(worker, job)).error == "adapter_damaged"
    assert again.blob_key not in await files(worker.studio.blobs)
