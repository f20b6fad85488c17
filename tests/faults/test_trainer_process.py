"""The trainer as it is run: a supervisor and a worker, two real processes."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage import newest, queue
from storage.blobs.folder import FolderBlobs
from storage.doomed import bury
from storage.engine import Database
from storage.orphans import sweep_orphans
from storage.tables import Adapter, Checkpoint, Image, Job, Photo
from storage.wake import Watch
from tests.faults.losses import BLOBS, DATABASE, losses, strays
from tests.faults.zygote import ROOT
from tests.rows import ask, count, new_photo, new_subject, rows
from tests.trainer.conftest import new_nano
from trainer.sheet import PORTRAITS

#: Short, so that a dead worker's job comes back soon.
LEASE_S = 2


@pytest.fixture(scope="module")
def nano(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("base") / "nano"
    new_nano().save_pretrained(base)
    return base


@contextmanager
def trainer(data: Path, base: Path) -> Iterator[subprocess.Popen[str]]:
    """`python -m trainer`, stopped at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", "trainer"],
        cwd=ROOT,
        env={**os.environ, "DARKROOM_DATA": str(data), "DARKROOM_BASE": str(base),
             "DARKROOM_DEVICE": "cpu", "DARKROOM_LEASE_S": str(LEASE_S), "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert process.stderr
    try:
        yield process
    finally:
        process.terminate()
        process.stderr.read()
        process.stderr.close()
        process.wait()


async def ask_training(database: Database, blobs: FolderBlobs, steps: int) -> Job:
    subject = await new_subject(database)
    await new_photo(database, blobs, subject)
    photos = [photo.id for photo in await rows(database, Photo)]
    spec = {"steps": steps, "class_images": 0, "photos": photos, "pictures": len(PORTRAITS)}
    return await ask(database, kind="train", subject=subject, spec=spec)


async def now(database: Database, job: Job) -> Job:
    found = await queue.get(database, job.id or 0)
    assert found is not None
    return found


async def test_a_worker_whose_supervisor_was_killed_gives_its_job_back_and_ends(
    tmp_path: Path, nano: Path
) -> None:
    data = tmp_path / "data"
    database = await Database.open(data / DATABASE)
    job = await ask_training(database, FolderBlobs(data / BLOBS), 10_000)
    with trainer(data, nano) as supervisor:
        assert supervisor.stderr
        said = iter(supervisor.stderr.readline, "")
        assert any("(train), attempt 1" in line for line in said)
        supervisor.send_signal(signal.SIGKILL)
        supervisor.stderr.read()  # ends when the last one that holds it, the worker, has ended
    back = await now(database, job)
    await database.close()
    assert (back.state, back.attempt) == ("queued", 0)


async def test_a_training_whose_worker_was_killed_is_done_by_the_next_one_and_once(
    tmp_path: Path, nano: Path
) -> None:
    """Case 22."""
    data = tmp_path / "data"
    database, blobs = await Database.open(data / DATABASE), FolderBlobs(data / BLOBS)
    job = await ask_training(database, blobs, 30)
    async with Watch(database) as watch:
        with trainer(data, nano) as supervisor:
            while (await now(database, job)).progress.get("phase") != "training":
                await watch.changed(asyncio.Event(), 1)
            os.kill(worker_of(supervisor), signal.SIGKILL)
            while (ended := await now(database, job)).finished_at is None:
                await watch.changed(asyncio.Event(), 1)
    assert (ended.state, ended.attempt) == ("done", 2)
    made = await count(database, Adapter)
    assert made == len(ended.outcome["candidates"])
    assert await count(database, Image) == made * len(PORTRAITS)
    await sweep_orphans(database, blobs, older_than_s=0)
    await database.close()
    assert not losses(data, [], settled=False)
    assert not strays(data)


async def test_a_training_that_was_stopped_goes_on_after_the_step_it_had_reached(
    tmp_path: Path, nano: Path
) -> None:
    data = tmp_path / "data"
    database, blobs = await Database.open(data / DATABASE), FolderBlobs(data / BLOBS)
    job = await ask_training(database, blobs, 200)
    async with Watch(database) as watch:
        with trainer(data, nano):
            while (await now(database, job)).progress.get("step", 0) < 2:
                await watch.changed(asyncio.Event(), 1)
        # its context sent SIGTERM and waited for both processes
        kept = await newest.latest(database, Checkpoint, job.id or 0)
        assert kept is not None
        assert kept.step >= 2
        with trainer(data, nano) as supervisor:
            assert supervisor.stderr
            said = iter(supervisor.stderr.readline, "")
            goes_on = f"goes on after step {kept.step}\n"
            assert any(line.endswith(goes_on) for line in said)
            await queue.cancel(database, job.id or 0, job.owner_id, keeps=True)
            while (ended := await now(database, job)).finished_at is None:
                await watch.changed(asyncio.Event(), 1)
    assert ended.state == "done"
    assert ended.outcome["steps"] >= kept.step
    await bury(database, blobs)
    await database.close()
    assert not losses(data, [], settled=False)
    assert not strays(data)


def worker_of(supervisor: subprocess.Popen[str]) -> int:
    (worker,) = Path(f"/proc/{supervisor.pid}/task/{supervisor.pid}/children").read_text().split()
    return int(worker)
