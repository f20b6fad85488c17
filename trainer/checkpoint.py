"""A training stopped between two steps: everything that continues it bit for bit."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from trainer.fit import Fit
from trainer.plan import Plan

#: for each parameter, by names without dots
Moments = Mapping[str, Mapping[str, torch.Tensor]]


class CheckpointDamaged(ValueError):
    """The checkpoint cannot be read; the training starts again from the first step."""


class CheckpointMismatch(ValueError):
    """The checkpoint belongs to another training: its plan or its examples differ."""


@dataclass(frozen=True)
class Passed:
    """What was measured so far, in numbers alone, and the snapshots that are kept: weights in
    float16 by name, by step."""

    marks: tuple[Mapping[str, float | None], ...]
    snapshots: Mapping[int, Mapping[str, torch.Tensor]]


@dataclass(frozen=True)
class Checkpoint:
    """`step` steps are done. `weights` are the adapter's tensors by name, float32 on the CPU,
    `moments` what AdamW keeps of each of them (`trainer.optimizer`), `counts` how many steps each
    has taken, `fit` what had been given up for memory, `passed` the course of it, where one is
    kept.
    """

    step: int
    plan: Plan
    examples: tuple[int, int]
    weights: Mapping[str, torch.Tensor]
    moments: Moments
    counts: Mapping[str, int]
    fit: Fit = field(default_factory=Fit)
    passed: Passed | None = None

    def require(self, plan: Plan, examples: tuple[int, int]) -> None:
        """Raise `CheckpointMismatch` unless it continues this plan; only `steps` may differ."""
        mine, theirs = asdict(self.plan), asdict(plan)
        del mine["steps"], theirs["steps"]
        if mine != theirs or self.examples != examples:
            raise CheckpointMismatch("The plan or the photos changed since it was written.")


def pack_checkpoint(checkpoint: Checkpoint) -> bytes:
    """One safetensors file in memory."""
    tensors = {f"weights.{key}": value for key, value in checkpoint.weights.items()}
    for key, kept in checkpoint.moments.items():
        tensors |= {f"moment.{part}.{key}": value for part, value in kept.items()}
    passed = checkpoint.passed
    for step, snapshot in passed.snapshots.items() if passed else ():
        tensors |= {f"snapshot.{step}.{key}": value for key, value in snapshot.items()}
    facts = {
        "step": checkpoint.step,
        "plan": asdict(checkpoint.plan),
        "examples": checkpoint.examples,
        "counts": dict(checkpoint.counts),
        "fit": asdict(checkpoint.fit),
        "marks": list(passed.marks) if passed else None,
    }
    return save(tensors, {"checkpoint": json.dumps(facts, sort_keys=True)})


def unpack_checkpoint(data: bytes) -> Checkpoint:
    """The reverse of `pack_checkpoint`; anything else raises `CheckpointDamaged`."""
    try:
        tensors = load(data)
        size = int.from_bytes(data[:8], "little")
        facts = json.loads(json.loads(data[8 : 8 + size])["__metadata__"]["checkpoint"])
        names = [key.removeprefix("weights.") for key in tensors if key.startswith("weights.")]
        return Checkpoint(
            step=int(facts["step"]),
            plan=Plan(**facts["plan"]),
            examples=(int(facts["examples"][0]), int(facts["examples"][1])),
            weights={name: tensors[f"weights.{name}"] for name in names},
            moments=_moments(facts["counts"], tensors),
            counts={name: int(count) for name, count in facts["counts"].items()},
            fit=Fit(**facts["fit"]),
            passed=_passed(facts["marks"], tensors),
        )
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CheckpointDamaged("The checkpoint cannot be read.") from error


def _moments(names: Collection[str], tensors: Mapping[str, torch.Tensor]) -> Moments:
    moments: dict[str, dict[str, torch.Tensor]] = {name: {} for name in names}
    for name, value in tensors.items():
        if name.startswith("moment."):
            _, part, key = name.split(".", 2)
            moments[key][part] = value
    return moments


def _passed(
    marks: list[dict[str, float | None]] | None, tensors: Mapping[str, torch.Tensor]
) -> Passed | None:
    if marks is None:
        return None
    snapshots: dict[int, dict[str, torch.Tensor]] = {}
    for name, value in tensors.items():
        if name.startswith("snapshot."):
            _, step, key = name.split(".", 2)
            snapshots.setdefault(int(step), {})[key] = value
    return Passed(tuple(marks), dict(sorted(snapshots.items())))
