"""Boxes, squares and marks on a picture. Pixels are OpenCV's: H x W x 3, blue first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from bot.sheets.lettering import width_of, write
from bot.sheets.tile import Mark

Pixels: TypeAlias = NDArray[np.uint8]
Colour: TypeAlias = tuple[int, int, int]
#: Left, top, right, bottom in pixels of what is drawn on; right and bottom are outside.
Frame: TypeAlias = tuple[int, int, int, int]

WHITE: Final = (255, 255, 255)
SHADE: Final = (28, 25, 24)
#: Told apart by those who see no red or no green, too (Okabe and Ito's palette), and by shape.
_MARKS: Final[dict[Mark, Colour]] = {
    "counts": (115, 158, 0),
    "doubt": (0, 159, 230),
    "not": (0, 70, 200),
}
_CHOSEN: Final = (66, 228, 240)
_OTHER: Final = (190, 190, 190)
_DASH, _GAP = 14, 13


def dim(pixels: Pixels, held: Sequence[Frame]) -> None:
    """Darken what lies in none of the frames."""
    dark = (pixels * 0.4).astype(np.uint8)
    for left, top, right, bottom in held:
        dark[top:bottom, left:right] = pixels[top:bottom, left:right]
    pixels[:] = dark


def square(pixels: Pixels, frame: Frame, *, dashed: bool) -> None:
    """A square's outline, white with a shade around it so that it shows on any ground."""
    for colour, width in ((SHADE, 5), (WHITE, 3)):
        _outline(pixels, frame, colour, width, dashed=dashed)


def face(pixels: Pixels, frame: Frame, *, is_chosen: bool) -> None:
    """A face's thin outline, bright if the photo is of it."""
    _outline(pixels, frame, SHADE, 3)
    _outline(pixels, frame, _CHOSEN if is_chosen else _OTHER, 2 if is_chosen else 1)


def _outline(
    pixels: Pixels, frame: Frame, colour: Colour, width: int, *, dashed: bool = False
) -> None:
    height, across = pixels.shape[:2]
    # Wholly on the picture where it ends with it, and as wide there as elsewhere.
    left, top = max(frame[0], 0) + 2, max(frame[1], 0) + 2
    right, bottom = min(frame[2], across) - 3, min(frame[3], height) - 3
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    for (x0, y0), (x1, y1) in zip(corners, [*corners[1:], corners[0]], strict=True):
        length = max(abs(x1 - x0), abs(y1 - y0), 1)
        step = _DASH + _GAP if dashed else length
        for start in range(0, length, step):
            end = min(length, start + (_DASH if dashed else length))
            ends = [
                (round(x0 + (x1 - x0) * at / length), round(y0 + (y1 - y0) * at / length))
                for at in (start, end)
            ]
            cv2.line(pixels, ends[0], ends[1], colour, width)


def number(pixels: Pixels, text: str, corner: tuple[int, int], size: int) -> None:
    """A number in white on a dark label with that upper left corner."""
    (x, y), (width, height) = corner, _label(text, size)
    cv2.rectangle(pixels, (x, y), (x + width - 1, y + height - 1), SHADE, -1)
    write(pixels, text, (x + size // 3, y + height // 2), size, WHITE)


def number_over(pixels: Pixels, text: str, frame: Frame) -> None:
    """A number over the middle of a face, or at its upper edge where there is no room over it."""
    size = min(40, max(20, (frame[3] - frame[1]) // 4))
    width, height = _label(text, size)
    left = (frame[0] + frame[2] - width) // 2
    x = min(max(0, left), max(0, pixels.shape[1] - width))
    number(pixels, text, (x, max(0, frame[1] - height)), size)


def _label(text: str, size: int) -> tuple[int, int]:
    return width_of(text, size) + size * 2 // 3, size * 4 // 3


def mark(pixels: Pixels, which: Mark, middle: tuple[int, int], radius: int) -> None:
    """A disc with a tick, a triangle with an exclamation mark, a square with a cross."""
    colour = _MARKS[which]
    if which == "counts":
        cv2.circle(pixels, middle, radius + 2, WHITE, -1, cv2.LINE_AA)
        cv2.circle(pixels, middle, radius, colour, -1, cv2.LINE_AA)
        _stroke(pixels, middle, radius, [(-0.45, 0.05), (-0.1, 0.4), (0.5, -0.35)])
    elif which == "doubt":
        for grown, paint in ((1.3, WHITE), (1.1, colour)):
            points = [(0.0, -1.0), (0.95, 0.75), (-0.95, 0.75)]
            cv2.fillPoly(pixels, [_placed(points, middle, radius * grown)], paint, cv2.LINE_AA)
        _stroke(pixels, middle, radius, [(0.0, -0.4), (0.0, 0.2)])
        _stroke(pixels, middle, radius, [(0.0, 0.55), (0.0, 0.56)])
    else:
        for grown, paint in ((1.05, WHITE), (0.9, colour)):
            points = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)]
            cv2.fillPoly(pixels, [_placed(points, middle, radius * grown)], paint, cv2.LINE_AA)
        _stroke(pixels, middle, radius, [(-0.45, -0.45), (0.45, 0.45)])
        _stroke(pixels, middle, radius, [(0.45, -0.45), (-0.45, 0.45)])


def _stroke(
    pixels: Pixels, middle: tuple[int, int], radius: int, points: list[tuple[float, float]]
) -> None:
    line = _placed(points, middle, radius)
    cv2.polylines(pixels, [line], isClosed=False, color=WHITE, thickness=4, lineType=cv2.LINE_AA)


def _placed(
    points: Sequence[tuple[float, float]], middle: tuple[int, int], radius: float
) -> NDArray[np.int32]:
    return np.rint(np.array(points) * radius + middle).astype(np.int32)
