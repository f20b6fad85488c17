"""The settings of one training, with bounds. No torch here, so anything may import it."""

from __future__ import annotations

import math
from dataclasses import dataclass


class PlanOutOfBounds(ValueError):
    """A setting lies outside what can lead to a usable adapter."""


#: lowest and highest value that is accepted, each with its name for people
BOUNDS: dict[str, tuple[str, float, float]] = {
    "steps": ("Iterations", 1, 10_000),
    "learning_rate": ("The learning rate", 1e-7, 1e-2),
    "rank": ("The rank", 1, 128),
    "prior_weight": ("The weight of the class images", 0.0, 10.0),
    "batch_size": ("The batch size", 1, 16),
    "seed": ("The seed", 0, 2**63 - 1),
    "min_snr_gamma": ("The min-SNR gamma", 0.1, 100.0),
}


@dataclass(frozen=True)
class Plan:
    """`steps` optimisation steps of `batch_size` photos, and as many class images when there are
    any. `min_snr_gamma` None leaves all noise levels equal. Alpha is always the rank.
    """

    steps: int = 800
    learning_rate: float = 1e-4
    rank: int = 16
    prior_weight: float = 1.0
    batch_size: int = 1
    seed: int = 0
    min_snr_gamma: float | None = None

    def validate(self) -> None:
        """Raise `PlanOutOfBounds` with a sentence that names the setting and its bounds."""
        for name, (title, low, high) in BOUNDS.items():
            value = getattr(self, name)
            if value is None:
                continue
            if not math.isfinite(value) or not low <= value <= high:
                raise PlanOutOfBounds(f"{title} must be from {low:g} to {high:g}, not {value:g}.")
