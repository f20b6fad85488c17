"""A picture with what may change of it laid over in red."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from bot.sheets import pen
from bot.sheets.drawn import MISSING, blank, encoded, opened, sized
from bot.sheets.pen import Pixels

#: Longest side in px: what is shown, and what a small picture grows to at most.
_MOST_SIDE: Final = 900
_MOST_ENLARGED: Final = 6.0
#: Blue first. How much of the red is seen over the picture.
_RED: Final = np.array((60, 45, 235), np.float32)
_COVERS: Final = 0.58


def masked_sheet(picture: bytes | None, mask: bytes | None) -> bytes:
    """A PNG of the picture, red where the mask is white, the mask's edge drawn as a line. A missing
    file is a dark red square."""
    pixels, white = opened(picture), opened(mask)
    if pixels is None or white is None:
        return encoded(blank(_MOST_SIDE // 2, _MOST_SIDE // 2, MISSING))
    tall, wide = pixels.shape[:2]
    scale = min(_MOST_SIDE / max(tall, wide), _MOST_ENLARGED)
    size = max(1, round(wide * scale)), max(1, round(tall * scale))
    pixels = sized(pixels, *size)
    share = cv2.resize(white[..., 0], size, interpolation=cv2.INTER_LINEAR)
    return encoded(_reddened(pixels, share))


def _reddened(pixels: Pixels, share: Pixels) -> Pixels:
    weight = share[..., None].astype(np.float32) / 255 * _COVERS
    # the picture's light stays to be seen under the red: a flat colour would hide what is there
    light = cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY).astype(np.float32)[..., None] / 255
    red = _RED * (0.45 + 0.55 * light)
    mixed: Pixels = (pixels * (1 - weight) + red * weight).astype(np.uint8)
    edges, _ = cv2.findContours(
        (share >= 128).astype(np.uint8),  # noqa: PLR2004 - half
        cv2.RETR_LIST,
        cv2.CHAIN_APPROX_NONE,
    )
    for colour, width in ((pen.SHADE, 4), (pen.WHITE, 2)):
        cv2.drawContours(mixed, edges, -1, colour, width, cv2.LINE_AA)
    return mixed
