"""How fast a training step is, beside the example that people run today.

The same base, photos, layers, rank, batch and precision; contenders take turns in one process. The
figures without a prefix come from a random base in Stable Diffusion 1.5's proportions
(bases.MIDSIZE), by processor time on one thread; `tiny_` is the bundled base; `gpu_`, only where
there is a GPU, a random base of Stable Diffusion 1.5's real size.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import torch

from tests.bench._quietly import THREADS, on_one_thread
from tests.bench.training.bases import MIDSIZE, save_base
from tests.bench.training.cpu import measure_base, proportions
from tests.bench.training.gpu import measure_gpu
from tests.bench.training.timing import as_rows
from trainer.loading import BUNDLED


def run() -> dict[str, Any]:
    """Measure on the CPU, and on the GPU where there is one."""
    with on_one_thread(), tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        base = save_base(MIDSIZE, folder / "base")
        midsize, midsize_rounds = measure_base(base, folder / "midsize", repetitions=12, steps=3)
        tiny, tiny_rounds = measure_base(BUNDLED, folder / "tiny", repetitions=12, steps=15)
        shape = proportions(base)
    on_gpu, gpu_rounds = measure_gpu() if torch.cuda.is_available() else ({}, {})
    return {
        "figures": {
            **midsize,
            **shape,
            **{f"tiny_{name}": value for name, value in tiny.items()},
            **{f"gpu_{name}": value for name, value in on_gpu.items()},
            "threads": THREADS,
        },
        "repetitions": {
            "midsize": as_rows(midsize_rounds),
            "tiny": as_rows(tiny_rounds),
            "gpu": {name: as_rows(rounds) for name, rounds in gpu_rounds.items()},
        },
    }
