"""What tests of trainings learn from."""

from __future__ import annotations

import numpy as np
from PIL import Image

from trainer.dataset import Called, TrainingPhoto

CALLED = Called("tkn", "man")


def picture(seed: int, side: int = 32) -> Image.Image:
    """Coloured blocks: something to learn that is not noise."""
    blocks = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((side, side), Image.Resampling.NEAREST)


def photos(caption: str = "a photo of tkn man") -> list[TrainingPhoto]:
    return [TrainingPhoto(picture(seed), caption, side=40 + seed) for seed in range(3)]


def class_pictures() -> list[TrainingPhoto]:
    return [TrainingPhoto(picture(seed), "a picture of a man") for seed in range(10, 14)]
