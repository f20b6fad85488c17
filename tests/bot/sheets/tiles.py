"""Photos for sheets."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from bot.sheets.tile import Mark, Tile
from tests.bot.photos.pictures import encoded


def plain(
    width: int = 300, height: int = 300, colour: str | tuple[int, int, int] = "blue"
) -> bytes:
    return encoded(Image.new("RGB", (width, height), colour), "PNG")


def tile(upright: bytes | None, *, number: int = 1, mark: Mark = "counts", **more) -> Tile:
    return Tile(upright, number, mark, **more)


def pixels(png: bytes) -> NDArray[np.int64]:
    """H x W x 3, red first; on sheets colours have six bits."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(np.int64)


def is_near(pixel: NDArray[np.int64], colour: tuple[int, int, int]) -> bool:
    return bool(np.abs(pixel - np.array(colour)).max() <= 4)
