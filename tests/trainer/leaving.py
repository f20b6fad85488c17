"""An adapter with which it shows whether another tool reads all of it."""

from __future__ import annotations

from datetime import UTC, datetime

import torch

from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter
from trainer.base import Base
from trainer.dataset import Called
from trainer.dreambooth import first_weights
from trainer.plan import Method, Plan
from trainer.seeds import stream

PROMPT = "a photo of a tkn man in the snow"
MADE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CARD = {"photos": 8, "class_images": 24, "learning_rate": 0.002, "why": "best"}


def learned(base: Base, method: Method, class_word: str = "man") -> LoadedAdapter:
    """An adapter as if it had learned much: every tensor shows."""
    plan = Plan(rank=4, method=method)
    generator = stream("interchange")
    weights = {}
    for key, value in first_weights(base, plan, Called("tkn", class_word)).items():
        moved = torch.randn(value.shape, generator=generator)
        by = 0.02 if method == "full" else 0.3
        weights[key] = value + by * moved
    origin = Origin("tkn", class_word, base.id, base.weights_hash, 6, 7, 4, 4)
    return load_adapter(pack_adapter(weights, origin))
