"""Eight members, eight subjects, one picture each."""

from __future__ import annotations

import time
from collections.abc import Callable
from statistics import median
from typing import Any

from tests.bench.serving.material import request_of, studio
from trainer.base import Base
from trainer.easel import Easel
from trainer.generate import generate
from trainer.request import Request

MEMBERS, STEPS, REPETITIONS = 8, 10, 7
SWAPS = 50


def measure(base: Base) -> tuple[dict[str, float], list[dict[str, float]]]:
    with studio(base, MEMBERS) as (adapters, loading, swapping):
        requests = [request_of(adapter, n, STEPS) for n, adapter in enumerate(adapters)]
        alike = [request_of(adapters[0], n, STEPS) for n in range(MEMBERS)]
        ways: dict[str, Callable[[], Any]] = {
            "mixed": lambda: generate(base, requests),
            "serial": lambda: [generate(base, [request]) for request in requests],
            "single_adapter": lambda: generate(base, alike),
            "load_per_request": lambda: [loading.draw(request) for request in requests],
            "hotswap": lambda: [swapping.draw(request) for request in requests],
        }
        for way in ways.values():
            way()
        rounds = [{name: _cost(way) for name, way in ways.items()} for _ in range(REPETITIONS)]
    mid = {name: median(one[name] for one in rounds) for name in ways}
    figures = {
        f"mixed_vs_{name}": median(one[name] / one["mixed"] for one in rounds)
        for name in ways
        if name != "mixed"
    }
    figures |= {f"{name}_s": cost for name, cost in mid.items()}
    figures["largest_difference"] = _difference(base, requests)
    figures |= _swaps(base, adapters)
    return figures, rounds


def _cost(way: Callable[[], Any]) -> float:
    """Processor seconds."""
    began = time.process_time()
    way()
    return time.process_time() - began


def _difference(base: Base, requests: list[Request]) -> float:
    """The largest of any channel of any picture between company and none, of 1."""
    easel = Easel(base)
    together = [easel.add(request) for request in requests]
    while len(easel):
        easel.step()
    found = 0.0
    for canvas, request in zip(together, requests, strict=True):
        alone = easel.add(request)
        while len(easel):
            easel.step()
        off = base.decode_latents(canvas.latents) - base.decode_latents(alone.latents)
        found = max(found, float(off.abs().max()) / 2)
    return found


def _swaps(base: Base, adapters: list[Any]) -> dict[str, float]:
    """Milliseconds until other adapters are worn: resident ones, and one from main memory."""
    names = [base.wardrobe.keep(adapter) for adapter in adapters]
    resident, loaded = [], []
    for turn in range(SWAPS):
        order = names[turn % MEMBERS :] + names[: turn % MEMBERS]
        began = time.perf_counter()
        with base.wardrobe.mixing([((name, 1.0),) for name in order]):
            resident.append(time.perf_counter() - began)
        base.wardrobe.forget(adapters[0].sha256)
        began = time.perf_counter()
        base.wardrobe.keep(adapters[0])
        loaded.append(time.perf_counter() - began)
    return {
        "adapter_swap_ms": median(resident) / MEMBERS * 1000,
        "batch_swap_ms": median(resident) * 1000,
        "adapter_load_ms": median(loaded) * 1000,
    }
