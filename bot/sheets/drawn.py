"""A photo with its squares and faces, and sheets as files. Pixels are OpenCV's: blue first."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from bot.sheets import pen
from bot.sheets.pen import Frame, Pixels
from bot.sheets.tile import Tile

PAPER: Final = (28, 25, 24)
MISSING: Final = (40, 40, 70)
#: Small pictures grow no further than this; they would only show their pixels.
_MOST_ENLARGED: Final = 4.0
#: Far below what may be uploaded, so that a panel's picture comes fast.
MOST_BYTES: Final = 3_000_000


def blank(width: int, height: int, colour: tuple[int, int, int] = PAPER) -> Pixels:
    """A sheet of one colour."""
    return np.full((height, width, 3), colour, np.uint8)


def opened(file: bytes | None) -> Pixels | None:
    """The picture of a file; None where that is missing or damaged."""
    if not file:
        return None
    # OpenCV lets go of the interpreter while it decodes, so that the bot goes on meanwhile.
    pixels: Pixels | None = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_COLOR)
    return pixels


def sized(picture: Pixels, width: int, height: int) -> Pixels:
    """The picture at that size; a small one grows smoothly instead of in blocks."""
    how = cv2.INTER_AREA if width < picture.shape[1] else cv2.INTER_CUBIC
    resized: Pixels = cv2.resize(picture, (max(1, width), max(1, height)), interpolation=how)
    return resized


def drawn(tile: Tile, width: int, height: int, *, numbered: bool = False) -> Pixels:
    """The tile's photo with its squares and faces, as large as goes into that field: what lies
    outside of the squares is dimmed, and where one reaches over the photo's edges, there is paper.
    `numbered` writes a number from 1 on each face.

    A missing file is a dark red square.
    """
    picture = opened(tile.upright)
    if picture is None:
        return blank(min(width, height), min(width, height), MISSING)
    tall, wide = picture.shape[:2]
    left, top = (
        min([0, *(one.x for one in tile.squares)]),
        min([0, *(one.y for one in tile.squares)]),
    )
    right = max([wide, *(one.x + one.side for one in tile.squares)])
    bottom = max([tall, *(one.y + one.side for one in tile.squares)])
    scale = min(width / (right - left), height / (bottom - top), _MOST_ENLARGED)

    def frame(x: int, y: int, across: int, down: int) -> Frame:
        ends = x - left, y - top, x + across - left, y + down - top
        x0, y0, x1, y1 = (round(end * scale) for end in ends)
        return x0, y0, max(x0 + 1, x1), max(y0 + 1, y1)

    _, _, *size = frame(left, top, right - left, bottom - top)
    field = blank(size[0], size[1])
    x0, y0, x1, y1 = frame(0, 0, wide, tall)
    field[y0:y1, x0:x1] = sized(picture, x1 - x0, y1 - y0)
    squares = [frame(one.x, one.y, one.side, one.side) for one in tile.squares]
    if squares:
        pen.dim(field, squares)
    faces = [frame(one.x, one.y, one.width, one.height) for one in tile.faces]
    for index, one in enumerate(faces):
        pen.face(field, one, is_chosen=index == tile.chosen)
    for index, one in reversed(list(enumerate(squares))):
        pen.square(field, one, dashed=index > 0)
    if numbered:
        for index, one in enumerate(faces):
            pen.number_over(field, str(index + 1), one)
    return field


def encoded(sheet: Pixels) -> bytes:
    """The sheet as a PNG of at most MOST_BYTES; one of pictures full of grain becomes smaller for
    that."""
    # To be looked at, not learned from: six bits of a colour save two bytes in five.
    sheet = sheet & np.uint8(0xFC)
    while True:
        png: bytes = cv2.imencode(".png", sheet)[1].tobytes()
        if len(png) <= MOST_BYTES:
            return png
        sheet = sized(sheet, sheet.shape[1] * 4 // 5, sheet.shape[0] * 4 // 5)
