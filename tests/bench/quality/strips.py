"""Pictures of one size side by side in one PNG, as all pictures of the benchmark are kept."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image


def save(file: Path, pictures: Sequence[Image.Image]) -> None:
    """Keep the pictures; a run that is cut short leaves no half file."""
    strip = Image.new("RGB", (sum(one.width for one in pictures), pictures[0].height))
    for n, one in enumerate(pictures):
        strip.paste(one, (n * one.width, 0))
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_suffix(".partial")
    strip.save(partial, "PNG")
    partial.replace(file)


def load(file: Path) -> list[Image.Image]:
    """What `save` kept."""
    strip = Image.open(file).convert("RGB")
    side = strip.height
    return [strip.crop((x, 0, x + side, side)) for x in range(0, strip.width, side)]
