"""What the review panel shows: all photos on a sheet, or one of them beside its crops."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from bot.sheets import pen
from bot.sheets.drawn import MISSING, blank, drawn, encoded, opened, sized
from bot.sheets.lettering import folded, shortened, write
from bot.sheets.pen import Pixels
from bot.sheets.tile import Tile

WIDTH: Final = 1400
GAP: Final = 10
#: Longest sides in pixels of a photo among others (few do not fill the sheet), of one alone, and
#: of a crop beside it.
_MOST_SIDE: Final = 560
_ALONE: Final = 900
_CROP: Final = 440
_LETTERS: Final = 24
_LINE: Final = 36
_MARK: Final = 22


def review_sheet(tiles: Sequence[Tile], columns: int = 3, lines: Sequence[str] = ()) -> bytes:
    """A PNG of the photos in rows, each with its squares and faces, its number, whether it counts
    (green disc with a tick; amber triangle, it counts but there is a doubt; red square with a
    cross, it does not), and its caption under it. Under all of them stand the `lines`.
    """
    across = max(1, min(columns, len(tiles)))
    side = min(_MOST_SIDE, (WIDTH - GAP) // across - GAP)
    down = math.ceil(len(tiles) / across)
    high = side + _LINE
    width = across * (side + GAP) + GAP
    said = [part for line in lines for part in folded(line, _LETTERS, width - 2 * GAP)]
    sheet = blank(width, down * (high + GAP) + GAP + len(said) * _LINE)
    for index, line in enumerate(said):
        middle = len(sheet) - (len(said) - index) * _LINE + _LINE // 2 - GAP // 2
        write(sheet, line, (GAP, middle), _LETTERS, pen.WHITE)
    for index, tile in enumerate(tiles):
        left = GAP + index % across * (side + GAP)
        top = GAP + index // across * (high + GAP)
        cell = sheet[top : top + high, left : left + side]
        photo = drawn(tile, side, side)
        _paste(cell, photo, (side - photo.shape[1]) // 2, (side - photo.shape[0]) // 2)
        _sign(cell, tile, side)
    return encoded(sheet)


def single(tile: Tile, crops: Sequence[bytes | None]) -> bytes:
    """A PNG of the photo with its squares and, beside it, its crops as the trainer will see them,
    outlined as their squares are. Several faces are numbered from 1, to choose from."""
    photo = drawn(tile, _ALONE, _ALONE, numbered=len(tile.faces) > 1)
    tall, wide = photo.shape[:2]
    high = max(tall, len(crops) * (_CROP + GAP) - GAP) + _LINE
    width = GAP + wide + GAP + (_CROP + GAP if crops else 0)
    sheet = blank(width, GAP + high)
    _paste(sheet, photo, GAP, GAP)
    for index, file in enumerate(crops):
        crop = _crop(file)
        pen.square(crop, (0, 0, _CROP, _CROP), dashed=index > 0)
        _paste(sheet, crop, GAP + wide + GAP, GAP + index * (_CROP + GAP))
    _sign(sheet[GAP:, GAP : width - GAP], tile, wide)
    return encoded(sheet)


def _crop(file: bytes | None) -> Pixels:
    picture = opened(file)
    return blank(_CROP, _CROP, MISSING) if picture is None else sized(picture, _CROP, _CROP)


def _paste(sheet: Pixels, picture: Pixels, left: int, top: int) -> None:
    sheet[top : top + picture.shape[0], left : left + picture.shape[1]] = picture


def _sign(field: Pixels, tile: Tile, wide: int) -> None:
    """Number and mark at the upper corners of a photo `wide` px wide, the caption at the foot."""
    pen.number(field, str(tile.number), (0, 0), _LETTERS)
    pen.mark(field, tile.mark, (wide - _MARK - 8, _MARK + 8), _MARK)
    high, width = field.shape[:2]
    line = shortened(tile.caption, _LETTERS, width - 8)
    write(field, line, (4, high - _LINE // 2), _LETTERS, pen.WHITE)
