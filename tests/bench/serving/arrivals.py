"""An evening: requests of 64 members arrive by chance and are served in four ways."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.serving.material import Stock, new_adapter, request_of
from trainer.base import Base
from trainer.easel import DRAWN_AT_ONCE, Canvas, Easel
from trainer.generate import developed, generate
from trainer.request import Request

MEMBERS, REQUESTS, STEPS = 64, 40, 8
#: Arrivals a second, as a share of what is drawn one by one: over 1 nobody keeps up that way.
LOAD = 1.1


@dataclass
class Arrival:
    at: float
    request: Request


def measure(base: Base) -> tuple[dict[str, float], list[dict[str, Any]]]:
    made = [new_adapter(base, member) for member in range(MEMBERS)]
    figures: dict[str, float] = {}
    plays: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for adapter, data in made:
            (folder / f"{adapter.sha256}.safetensors").write_bytes(data)
        loading = Stock(base, folder, hotswap=False)
        swapping = Stock(base, folder, hotswap=True)
        request = request_of(made[0][0], 0, STEPS)
        one_s = median(_took(lambda: generate(base, [request])) for _ in range(5))
        for popularity in ("uniform", "zipf"):
            coming = _arrivals(popularity, one_s, [adapter for adapter, _ in made])
            ways: dict[str, Callable[[], list[float]]] = {
                "load_per_request": lambda c=coming: _one_by_one(c, loading.draw),  # type: ignore[misc]
                "hotswap": lambda c=coming: _one_by_one(c, swapping.draw),  # type: ignore[misc]
                "grouped": lambda c=coming: _grouped(base, c),  # type: ignore[misc]
                "mixed": lambda c=coming: _mixed(base, c),  # type: ignore[misc]
            }
            for way, serve in ways.items():
                waits = sorted(serve())
                told = {
                    "p50_s": waits[len(waits) // 2],
                    "p95_s": waits[int(len(waits) * 0.95)],
                }
                figures |= {f"{popularity}_{way}_{key}": value for key, value in told.items()}
                plays.append({"popularity": popularity, "way": way, "waits_s": waits})
    return figures, plays


def _arrivals(popularity: str, one_s: float, adapters: list[Any]) -> list[Arrival]:
    chance = random.Random(f"an evening, {popularity}")
    weights = [1.0 if popularity == "uniform" else 1 / (n + 1) for n in range(MEMBERS)]
    at, found = 0.0, []
    for number in range(REQUESTS):
        at += chance.expovariate(LOAD / one_s)
        [adapter] = chance.choices(adapters, weights)
        found.append(Arrival(at, request_of(adapter, number, STEPS)))
    return found


def _took(work: Callable[[], Any]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _one_by_one(coming: list[Arrival], draw: Callable[[Request], Any]) -> list[float]:
    now, waits = 0.0, []
    for arrival in coming:
        request = arrival.request
        now = max(now, arrival.at) + _took(lambda r=request: draw(r))  # type: ignore[misc]
        waits.append(now - arrival.at)
    return waits


def _grouped(base: Base, coming: list[Arrival]) -> list[float]:
    """The longest waiting, with all that wait for the same adapter."""
    now, waits, left = 0.0, [], list(coming)
    while left:
        now = max(now, left[0].at)
        first = left[0].request.adapter
        group = [a for a in left if a.at <= now and a.request.adapter is first][:DRAWN_AT_ONCE]
        now += _took(lambda g=group: generate(base, [a.request for a in g]))  # type: ignore[misc]
        waits += [now - arrival.at for arrival in group]
        left = [arrival for arrival in left if arrival not in group]
    return waits


def _mixed(base: Base, coming: list[Arrival]) -> list[float]:
    """Ours: whoever comes joins at the next step."""
    easel, now, waits, left = Easel(base), 0.0, [], list(coming)
    begun: dict[Canvas, Arrival] = {}
    while left or begun:
        if not begun:
            now = max(now, left[0].at)
        while left and left[0].at <= now:
            arrival = left.pop(0)
            began = time.process_time()
            begun[easel.add(arrival.request)] = arrival
            now += time.process_time() - began
        began = time.process_time()
        done = easel.step().done
        for canvas in done:
            developed(base, canvas)
        now += time.process_time() - began
        waits += [now - begun.pop(canvas).at for canvas in done]
    return waits
