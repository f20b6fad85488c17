"""How fast members are answered: eight at once, an evening of arrivals, one of them training.

The bundled base on one thread, processor time; every way draws the same pictures with the same
sampler. `arrivals_` are of a queue that is played with real drawing: time stands still between
arrivals and goes on by what each UNet call took.
"""

from __future__ import annotations

from typing import Any

import diffusers
import torch
import transformers

from tests.bench.serving import arrivals, batch, beside
from trainer.base import load_base

THREADS = 1


def run() -> dict[str, Any]:
    for library in (diffusers, transformers):
        library.utils.logging.set_verbosity_error()
        library.utils.logging.disable_progress_bar()
    before = torch.get_num_threads()
    torch.set_num_threads(THREADS)
    try:
        base = load_base("tiny")
        together, rounds = batch.measure(base)
        played, plays = arrivals.measure(base)
        waited = beside.measure()
    finally:
        torch.set_num_threads(before)
    return {
        "figures": together | played | waited | {"threads": THREADS},
        "repetitions": {"batch": rounds, "arrivals": plays},
    }
