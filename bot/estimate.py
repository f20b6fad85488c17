"""How long until one's turn, from the speeds that the trainer measured."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from bot import plan
from bot.plan import Plan
from storage.tables import Job, Worker

#: Up to so many minutes each one is told; above them fives, for no measurement is that good.
EXACT_MINUTES: Final = 10
_COARSE = 5


def until_turn(before: Sequence[Job], trainer: Worker | None) -> float | None:
    """About how many seconds the jobs `before` one take one after another, of those under way what
    is left; None where one of them is of a kind that was not measured. Class images are counted
    as if none were shared yet, so it may be sooner."""
    times = [_left(job, trainer) for job in before]
    return None if None in times else sum(time for time in times if time is not None)


def minutes(seconds: float) -> int:
    """As many as can honestly be told: rounded up, and to fives where there are many."""
    exact = max(1, math.ceil(seconds / 60))
    return exact if exact <= EXACT_MINUTES else math.ceil(exact / _COARSE) * _COARSE


def _left(job: Job, trainer: Worker | None) -> float | None:
    if trainer is None:
        return None
    if job.kind == "generate":
        drawn = int(job.spec.get("pictures", 1))
        return None if trainer.image_s is None else drawn * trainer.image_s
    if job.kind != "train" or "steps" not in job.spec:
        return None
    spec = job.spec
    whole = Plan(
        spec["steps"],
        spec.get("class_images", 0),
        spec.get("learning_rate", 0.0),
        spec.get("method", "lora"),
        spec.get("from"),
    )
    seconds = plan.seconds(whole, 0, trainer.step_s, trainer.image_s)
    return None if seconds is None else seconds * (1 - _share(job))


def _share(job: Job) -> float:
    """How much of a training is behind it, by its steps."""
    told = job.progress
    if job.state != "running" or told.get("phase") != "training" or not told.get("total"):
        return 0.0
    return min(1.0, float(told.get("step", 0)) / float(told["total"]))
