"""Several contenders against each other in one run, in turns, so that whatever else the machine
does falls on all of them alike.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from statistics import median
from typing import Any, NamedTuple

import torch


class Spent(NamedTuple):
    """Seconds a step: of the processor (all threads of this process), and by the clock."""

    cpu: float
    wall: float


def now(device: torch.device) -> Spent:
    """Both clocks, once the device has done all it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return Spent(time.process_time(), time.perf_counter())


def block(steps: Iterator[Any], count: int, device: torch.device) -> Spent:
    """What one of `count` steps took."""
    began = now(device)
    for _ in range(count):
        next(steps)
    ended = now(device)
    return Spent(*((after - before) / count for before, after in zip(began, ended, strict=True)))


def in_turns(
    contenders: Mapping[str, Iterator[Any]],
    *,
    warm_up: int,
    repetitions: int,
    steps: int,
    device: torch.device,
) -> list[dict[str, Spent]]:
    """`repetitions` times a block of `steps` of each, another one first each time."""
    names = list(contenders)
    for name in names:
        block(contenders[name], warm_up, device)
    rounds = []
    for repetition in range(repetitions):
        first = repetition % len(names)
        order = names[first:] + names[:first]
        spent = {name: block(contenders[name], steps, device) for name in order}
        rounds.append({name: spent[name] for name in names})
    return rounds


def speedups(rounds: list[dict[str, Spent]], ours: str, clock: str) -> dict[str, float]:
    """By `cpu` or `wall`: how many of our steps one of each other's takes, as the median over
    repetitions, and the median seconds of a step.
    """
    spent = [{name: getattr(it, clock) for name, it in turn.items()} for turn in rounds]
    names = list(rounds[0])
    return {
        f"speedup_{name}": median(turn[name] / turn[ours] for turn in spent)
        for name in names
        if name != ours
    } | {f"step_s_{name}": median(turn[name] for turn in spent) for name in names}


def as_rows(rounds: list[dict[str, Spent]]) -> list[dict[str, dict[str, float]]]:
    """The repetitions with their clocks named, for the file that keeps them."""
    return [{name: spent._asdict() for name, spent in turn.items()} for turn in rounds]
