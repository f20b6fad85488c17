"""How fast members are answered: eight at once, an evening of arrivals, one of them training.

The bundled base on one thread, processor time; every way draws the same pictures with the same
sampler. `arrivals_` are of a queue that is played with real drawing: time stands still between
arrivals and goes on by what each UNet call took.
"""

from __future__ import annotations

from typing import Any

from tests.bench._quietly import THREADS, on_one_thread
from tests.bench.serving import arrivals, batch, beside
from trainer.loading import load_base


def run() -> dict[str, Any]:
    with on_one_thread():
        base = load_base("tiny")
        together, rounds = batch.measure(base)
        played, plays = arrivals.measure(base)
        waited = beside.measure()
    return {
        "figures": together | played | waited | {"threads": THREADS},
        "repetitions": {"batch": rounds, "arrivals": plays},
    }
