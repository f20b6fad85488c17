"""Cut a square out of a picture."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from PIL.Image import Resampling

from bot.photos.shapes import Square

#: Padding is made this small, so that its blur costs nothing, and so blurred that it is colours
#: and no second head.
_PADDED_SIDE: Final = 64
_PADDED_BLUR: Final = 5.0
#: Over which share of the crop's side the picture fades into its padding: no line is left that
#: could be learned as a part of the subject.
_FADE: Final = 0.06


def cut(picture: Image.Image, square: Square, resolution: int) -> Image.Image:
    """The square out of an upright RGB picture, as `resolution` x `resolution` px.

    Where the square reaches over the picture's edges, it goes on mirrored and strongly blurred.
    """
    right, bottom = square.x + square.side, square.y + square.side
    held = (
        max(0, square.x),
        max(0, square.y),
        min(picture.width, right),
        min(picture.height, bottom),
    )
    if held == (square.x, square.y, right, bottom):
        return picture.resize((resolution, resolution), Resampling.LANCZOS, box=held)
    at, size = _within(square, held, resolution)
    crop = _padding(picture, square, held).resize((resolution, resolution), Resampling.BICUBIC)
    sharp = picture.resize(size, Resampling.LANCZOS, box=held)
    crop.paste(sharp, at, _fading(size, at, resolution))
    return crop


def _within(
    square: Square, held: tuple[int, int, int, int], resolution: int
) -> tuple[tuple[int, int], tuple[int, int]]:
    """Where the held part lies in the square drawn at that resolution, and its size."""
    scale = resolution / square.side
    left, top = round((held[0] - square.x) * scale), round((held[1] - square.y) * scale)
    right, bottom = round((held[2] - square.x) * scale), round((held[3] - square.y) * scale)
    return (left, top), (max(1, right - left), max(1, bottom - top))


def _padding(picture: Image.Image, square: Square, held: tuple[int, int, int, int]) -> Image.Image:
    """The square with its held part mirrored at each edge, blurred. A mirror goes on with the
    colours that it meets; the picture enlarged, as is often seen, breaks at the edge.
    """
    (left, top), size = _within(square, held, _PADDED_SIDE)
    small = np.asarray(picture.resize(size, Resampling.BOX, box=held))
    after = _PADDED_SIDE - top - size[1], _PADDED_SIDE - left - size[0]
    whole = np.pad(small, ((top, max(0, after[0])), (left, max(0, after[1])), (0, 0)), "symmetric")
    return Image.fromarray(whole).filter(ImageFilter.GaussianBlur(_PADDED_BLUR))


def _fading(size: tuple[int, int], at: tuple[int, int], resolution: int) -> Image.Image:
    """How much of the picture shows at each pixel: nothing at edges that are padded."""
    across, down = (_ramp(size[axis], at[axis], resolution) for axis in (0, 1))
    return Image.fromarray(np.rint(255 * np.minimum(down[:, None], across)).astype(np.uint8))


def _ramp(length: int, start: int, resolution: int) -> NDArray[np.float64]:
    width = max(1.0, _FADE * resolution)
    steps = np.arange(length) + 0.5
    before = steps / width if start > 0 else np.ones(length)
    after = steps[::-1] / width if start + length < resolution else np.ones(length)
    return np.clip(np.minimum(before, after), 0, 1)
