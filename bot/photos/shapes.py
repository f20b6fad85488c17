"""Rectangles in pixels of the upright picture."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Box:
    """A face in whole pixels of its picture, wholly inside it."""

    x: int
    y: int
    width: int
    height: int


def scaled(box: Box, scale: float, width: int, height: int) -> Box:
    """The same in a picture `scale` times as large, `width` x `height` px, and inside it."""
    left, top = int(box.x * scale), int(box.y * scale)
    right = min(width, math.ceil((box.x + box.width) * scale))
    bottom = min(height, math.ceil((box.y + box.height) * scale))
    return Box(left, top, max(1, right - left), max(1, bottom - top))


@dataclass(frozen=True)
class Square:
    """A crop: upper left corner and side. It may reach over the picture's edges, where the
    member asked for the whole picture: what lies outside is padded.
    """

    x: int
    y: int
    side: int
