"""The settings of one training, with bounds. No torch here, so anything may import it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

#: `lora`: LoRA in the UNet. `lora-text`: and in the text encoders. `pivotal`: an embedding of its
#: own for the token first, then LoRA. `full`: every weight of the UNet.
Method = Literal["lora", "lora-text", "pivotal", "full"]
#: What keeps the class as it was: pictures of it, or the bare base's own answers.
Prior = Literal["class-images", "base"]
METHODS: tuple[Method, ...] = ("lora", "lora-text", "pivotal", "full")


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
    "noise_offset": ("The noise offset", 0.0, 0.2),
    "warm_up": ("The warm-up", 0, 1_000),
    "token_learning_rate": ("The token's learning rate", 1e-6, 1.0),
    "token_share": ("The token's share of the iterations", 0.0, 0.9),
}


@dataclass(frozen=True)
class Plan:
    """`steps` optimisation steps of `batch_size` photos and as many pictures of the class.

    `prior_weight` 0 means that nothing keeps the class. `min_snr_gamma` None leaves all noise
    levels equal. Alpha is always the rank. Over `warm_up` steps the learning rate grows to its
    height. Of a pivotal training `token_share` of the steps go to the token alone.
    """

    steps: int = 800
    learning_rate: float = 1e-4
    rank: int = 16
    prior_weight: float = 1.0
    batch_size: int = 1
    seed: int = 0
    min_snr_gamma: float | None = None
    method: Method = "lora"
    noise_offset: float = 0.0
    warm_up: int = 0
    token_learning_rate: float = 2e-3
    token_share: float = 0.3

    @property
    def token_steps(self) -> int:
        """How many of the first steps teach the token alone."""
        return round(self.steps * self.token_share) if self.method == "pivotal" else 0

    def validate(self) -> None:
        """Raise `PlanOutOfBounds` with a sentence that names the setting and its bounds."""
        if self.method not in METHODS:
            raise PlanOutOfBounds(
                f"The method must be one of {', '.join(METHODS)}, not {self.method}."
            )
        for name, (title, low, high) in BOUNDS.items():
            value = getattr(self, name)
            if value is None:
                continue
            if not math.isfinite(value) or not low <= value <= high:
                raise PlanOutOfBounds(f"{title} must be from {low:g} to {high:g}, not {value:g}.")
