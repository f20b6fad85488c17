"""Who is measured: the example in its default way, with its best flags, with the cached latents of
its advanced sister, and our trainer. Each has loaded the same base by itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import torch

from tests.bench.training.example import Example, Flags
from tests.bench.training.material import Material, encode
from trainer.dreambooth import Progress, train
from trainer.loading import load_base
from trainer.plan import Plan

OURS = "ours"
DEFAULT, BEST_FLAGS, WORKERS, CACHED = "default", "best_flags", "workers", "cached_latents"
FLAGS = {
    DEFAULT: Flags(),
    BEST_FLAGS: Flags(pre_compute_text_embeddings=True, allow_tf32=True),
    # the other best, where decoding takes longer than the text encoder
    WORKERS: Flags(dataloader_num_workers=2, allow_tf32=True),
    CACHED: Flags(pre_compute_text_embeddings=True, cache_latents=True, allow_tf32=True),
}


class Ours:
    """Our trainer on a base of its own, everything encoded."""

    def __init__(self, folder: Path, material: Material, plan: Plan, device: torch.device) -> None:
        self.plan = plan
        self.base = load_base(str(folder), device)
        self.dataset = encode(self.base, material)
        self.unet: Any = self.base.unet
        self.vae: Any = self.base.vae
        self.text_encoder: Any = self.base.text_encoders["text_encoder"]

    def steps(self) -> Iterator[Progress]:
        """The trainer's own generator: close it."""
        return train(self.base, self.dataset, self.plan)


def contender(
    name: str, folder: Path, material: Material, plan: Plan, device: torch.device
) -> Example | Ours:
    """`name` ready for its first step."""
    if name == OURS:
        return Ours(folder, material, plan, device)
    return Example(folder, material, plan, FLAGS[name], device=device)
