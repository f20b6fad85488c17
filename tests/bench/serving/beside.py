"""Prompts during a training: how soon each is begun, and what the training loses by them."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from storage import gallery
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.tables import Job, Subject
from storage.tables import Worker as WorkerRow
from tests.trainer import serving
from trainer.loading import load_base
from trainer.settings import TrainerSettings
from trainer.studio import Studio
from trainer.worker import Worker

STEPS = 60
#: Training steps after which a member asks for a picture.
ASKED_AFTER = (10, 25, 40)


def measure() -> dict[str, float]:
    """`prompt_wait_in_steps`: how long a member's request waited for its first UNet call at most,
    in training steps, asked at the worst moment: when one has just begun.
    `training_delay`: the processor time by which a training with
    pictures beside it exceeds the same training and the same pictures apart, as a share of the
    training.
    """
    return asyncio.run(_measure())


class _Watched(Worker):
    """A worker that notes when pictures are begun; at some steps somebody asks for one, a moment
    after the next step began."""

    asked_after: Sequence[int] = ()
    ask: Callable[[], Awaitable[Job]]

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.steps = 0
        self.began_s = 0.0
        self.asked_s: float | None = None
        self.waits: list[float] = []
        self._draw, self.room.step = self.room.step, self._noted  # type: ignore[method-assign]

    async def _between_steps(self) -> None:
        self.steps += 1
        await super()._between_steps()
        self.began_s = time.perf_counter()
        if self.steps in self.asked_after:
            await self.ask()
            self.asked_s = time.perf_counter()

    async def _noted(self) -> None:
        if self.asked_s is not None:
            self.waits.append(time.perf_counter() - self.asked_s)
            self.asked_s = None
        await self._draw()


async def _measure() -> dict[str, float]:
    base = load_base("tiny")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        database, blobs = await Database.open(folder / "db"), FolderBlobs(folder / "blobs")
        await blobs.ready()
        row = WorkerRow(base="tiny", family="tiny", base_hash=base.weights_hash, device="cpu")
        worker = _Watched(
            Studio(database, blobs, base),
            TrainerSettings(data=folder, reserve_mb=0),
            await gallery.check_in(database, row),
        )
        subject = await serving.ready(worker)
        await serving.ask_training(worker, subject, steps=1)
        await worker.serve_one()  # so that there is an adapter, and everything is warm
        worker.ask = partial(serving.ask_picture, worker, subject)
        alone_s = await _train(worker, subject, ())
        both_s = await _train(worker, subject, ASKED_AFTER)
        for _ in ASKED_AFTER:
            await serving.ask_picture(worker, subject)
        began = time.process_time()
        for _ in ASKED_AFTER:  # each alone, as they came
            await worker.serve_one()
        pictures_s = time.process_time() - began
        worker.studio.close()
        await database.close()
    return {
        "prompt_wait_in_steps": max(worker.waits) / (alone_s / STEPS),
        "training_delay": (both_s - alone_s - pictures_s) / alone_s,
        "training_alone_s": alone_s,
        "training_beside_s": both_s,
        "pictures_alone_s": pictures_s,
    }


async def _train(worker: _Watched, subject: Subject, asked_after: Sequence[int]) -> float:
    """Processor seconds of a training, with pictures asked for after these steps."""
    worker.steps, worker.asked_after = 0, asked_after
    await serving.ask_training(worker, subject, steps=STEPS)
    began = time.process_time()
    await worker.serve_one()
    return time.process_time() - began
