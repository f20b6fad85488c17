"""The report card: what an adapter was made from, how, and how good it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import torch

from trainer.base import Base
from trainer.dataset import Dataset
from trainer.learning import Learned
from trainer.plan import Plan


@dataclass(frozen=True)
class Set:
    """How many photos a training had: to learn from, to judge by; and class images."""

    photos: int
    held_out: int
    class_images: int


def card_of(
    base: Base,
    plan: Plan,
    dataset: Dataset,
    learned: Learned,
    counted: Set,
    *,
    before: int = 0,
    faces: Mapping[int, float],
) -> dict[str, Any]:
    """What all candidates of a training share. Seconds and megabytes are measured ones; `before`
    is how many steps the adapter had that it went on from; `faces` what `likeness` found at
    some of the steps, counted with those."""
    why = learned.course.proposal().why
    return {
        "planned_steps": plan.steps,
        "ended": learned.ended,
        "why": "member" if learned.ended == "member" else why,
        "method": plan.method,
        "prior": "base" if dataset.prior is None else "class-images",
        "learning_rate": plan.learning_rate,
        "rank": plan.rank,
        "batch_size": plan.batch_size,
        "prior_weight": plan.prior_weight,
        "min_snr_gamma": plan.min_snr_gamma,
        "seed": plan.seed,
        **asdict(counted),
        "examples": len(dataset.instance),
        "loss": round(learned.last.loss, 5),
        "marks": [
            asdict(mark) | {"step": before + mark.step, "face": faces.get(before + mark.step)}
            for mark in learned.course.marks
        ],
        "step_s": round(learned.step_s, 4),
        "judge_s": round(learned.judge_s, 1),
        "device": _device(base),
        "peak_memory_mb": _peak_mb(base),
        "base": base.id,
        "base_hash": base.weights_hash,
        "stepped_down": learned.last.fit.names,
    }


def _device(base: Base) -> str:
    return torch.cuda.get_device_name(base.device) if base.device.type == "cuda" else "CPU"


def _peak_mb(base: Base) -> int | None:
    """The most that the device held at once since `watch_memory`; a CPU does not tell."""
    if base.device.type != "cuda":
        return None
    return round(torch.cuda.max_memory_allocated(base.device) / 1e6)


def watch_memory(base: Base) -> None:
    """Measure the peak from here on."""
    if base.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(base.device)
