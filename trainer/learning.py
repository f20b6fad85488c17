"""The steps of a training inside a worker: prompts are served between them, a judge looks, and what
was learned is written down so that no kill costs more than a moment's work.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

import torch

from storage import clock, newest, queue, tables
from storage.errors import BlobMissing, Busy, LeaseLost, StorageFull, StoreUnreachable
from trainer.checkpoint import (
    Checkpoint,
    CheckpointDamaged,
    CheckpointMismatch,
    pack_checkpoint,
    unpack_checkpoint,
)
from trainer.course import Course
from trainer.dataset import Dataset
from trainer.dreambooth import Progress, train
from trainer.gather import Between
from trainer.judge import Judge
from trainer.plan import Plan
from trainer.preview import Previews
from trainer.pulse import JobCancelled, Pulse
from trainer.studio import Studio

log = logging.getLogger("darkroom.trainer")

#: The least time between two checkpoints, and how much longer than its writing: a full fine-tune's
#: are gigabytes.
SAVE_EVERY_S, SAVE_SHARE = 30.0, 20.0


@dataclass(frozen=True)
class Learned:
    """What came of it: the last step taken, mean seconds of a step and all of the judge's, without
    what was served, and what the judge found."""

    last: Progress
    step_s: float
    judge_s: float
    course: Course
    ended: str

    @property
    def proposed(self) -> int:
        """The step that is the best, or where its member stopped it."""
        return self.last.step if self.ended == "member" else self.course.proposal().step

    def candidates(self) -> dict[int, Mapping[str, torch.Tensor]]:
        """The weights at each step that is worth a choice, fewest steps first."""
        return {step: self.course.weights(step) for step in self.course.candidates(self.proposed)}


class Lesson:
    """One training under one lease."""

    def __init__(
        self,
        studio: Studio,
        lease: queue.Lease,
        pulse: Pulse,
        serve_waiting: Between,
        *,
        may_end_early: bool = True,
        previews: Previews | None = None,
    ) -> None:
        self._studio, self._lease, self._pulse = studio, lease, pulse
        self._serve_waiting = serve_waiting
        self._may_end_early = may_end_early
        self._previews = previews
        self._saved_at, self._save_took_s = clock.monotonic_s(), 0.0
        self._saved_step = 0

    async def run(
        self, dataset: Dataset, plan: Plan, start: Mapping[str, torch.Tensor] | None
    ) -> Learned:
        """All steps, or as many as are good for it, or as many as its member wants."""
        base, on_device = self._studio.base, self._studio.on_device
        resume = await self._resume(dataset, plan)
        course = await on_device(
            lambda: Course(Judge(base, dataset, plan), plan, resume.passed if resume else None)
        )
        steps = train(base, dataset, plan, resume, start=start)
        busy_s = judge_s = 0.0
        first = resume.step if resume else 0
        last: Progress | None = None
        ended = "planned"
        try:
            while True:
                began = clock.monotonic_s()
                step = await on_device(lambda: next(steps, None))
                if step is None:
                    break
                last = step
                busy_s += clock.monotonic_s() - began
                rate = (step.step - first) / busy_s
                self._pulse.show("training", step.step, step.total, rate)
                self._pulse.check(has_something=True)
                if course.is_due(step.step):
                    began = clock.monotonic_s()
                    await on_device(partial(course.look, step))
                    judge_s += clock.monotonic_s() - began
                    if course.ended and self._may_end_early:
                        ended = "early"
                        break
                if self._pulse.is_enough:
                    ended = "member"
                    break
                if self._is_time_to_save():
                    await self._save(last, course)
                is_free = await self._serve(last, course)
                if (
                    is_free
                    and self._previews
                    and self._previews.is_due(step.step, step.total, rate)
                ):
                    await self._previews.draw(step.step, partial(self._pause, last, course))
            assert last is not None  # a checkpoint is never of the last step
            await on_device(partial(course.look, last))
        finally:
            await on_device(steps.close)
        return Learned(last, busy_s / (last.step - first), judge_s, course, ended)

    async def _pause(self, last: Progress, course: Course) -> None:
        """In the middle of a preview: nobody waits for it, and it ends with the training."""
        self._pulse.check(has_something=True)
        await self._serve(last, course)

    async def _serve(self, last: Progress, course: Course) -> bool:
        """Let prompts have the base; whatever ends the work there, this far it has come. Whether
        nobody waits any more."""
        try:
            return await self._serve_waiting()
        except (LeaseLost, JobCancelled):
            raise
        except Exception:
            await self._save(last, course)
            raise

    def _is_time_to_save(self) -> bool:
        pause_s = max(SAVE_EVERY_S, SAVE_SHARE * self._save_took_s)
        return clock.monotonic_s() - self._saved_at > pause_s

    async def _save(self, last: Progress, course: Course) -> None:
        """Write a checkpoint. A database or a disk that cannot take it now is asked again later:
        the training itself is in no danger."""
        if last.step in (self._saved_step, last.total):
            return
        began = clock.monotonic_s()
        blobs = self._studio.blobs
        data = await self._studio.on_device(
            lambda: pack_checkpoint(replace(last.checkpoint(), passed=course.state()))
        )
        key = None
        try:
            key = await blobs.put("checkpoints", data, "safetensors")
            await newest.keep(self._studio.database, tables.Checkpoint, self._lease, last.step, key)
            self._saved_step = last.step
        except LeaseLost:
            if key is not None:
                await blobs.delete(key)
            raise
        except (Busy, StorageFull, StoreUnreachable, OSError) as error:
            log.warning("no checkpoint of job %s now: %s", self._lease.job.id, error)
        self._saved_at = clock.monotonic_s()
        self._save_took_s = self._saved_at - began

    async def _resume(self, dataset: Dataset, plan: Plan) -> Checkpoint | None:
        """Where a worker before this one was; None to begin at the beginning."""
        row = await newest.latest(self._studio.database, tables.Checkpoint, self._lease.job.id or 0)
        if row is None:
            return None
        try:
            saved = unpack_checkpoint(await self._studio.blobs.get(row.blob_key))
            saved.require(plan, (len(dataset.instance), len(dataset.prior or ())))
        except (BlobMissing, CheckpointDamaged, CheckpointMismatch) as error:
            log.warning("job %s begins again: %s", self._lease.job.id, error)
            return None
        self._saved_step = saved.step
        log.info("job %s goes on after step %s", self._lease.job.id, saved.step)
        return saved
