"""An evening: requests of 64 members arrive by chance and are served in four ways."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Any

from tests.bench.serving.material import request_of, studio
from trainer.base import Base
from trainer.canvas import Canvas
from trainer.easel import DRAWN_AT_ONCE, Easel
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
    figures: dict[str, float] = {}
    plays: list[dict[str, Any]] = []
    with studio(base, MEMBERS) as (adapters, loading, swapping):
        request = request_of(adapters[0], 0, STEPS)
        one_s = median(_took(lambda: generate(base, [request])) for _ in range(5))
        for popularity in ("uniform", "zipf"):
            coming = _arrivals(popularity, one_s, adapters)
            ways: dict[str, Callable[[list[Arrival]], list[float]]] = {
                "load_per_request": partial(_one_by_one, loading.draw),
                "hotswap": partial(_one_by_one, swapping.draw),
                "grouped": partial(_grouped, base),
                "mixed": partial(_mixed, base),
            }
            for way, serve in ways.items():
                waits = sorted(serve(coming))
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


def _one_by_one(draw: Callable[[Request], Any], coming: list[Arrival]) -> list[float]:
    now, waits = 0.0, []
    for arrival in coming:
        now = max(now, arrival.at) + _took(partial(draw, arrival.request))
        waits.append(now - arrival.at)
    return waits


def _grouped(base: Base, coming: list[Arrival]) -> list[float]:
    """The longest waiting, with all that wait for the same adapter."""
    now, waits, left = 0.0, [], list(coming)
    while left:
        now = max(now, left[0].at)
        first = left[0].request.adapter
        group = [a for a in left if a.at <= now and a.request.adapter is first][:DRAWN_AT_ONCE]
        now += _took(partial(generate, base, [arrival.request for arrival in group]))
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
