"""One photo, large, beside its crops."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.sheets import pen
from bot.sheets.drawn import MISSING, blank, drawn, encoded, opened, sized
from bot.sheets.lettering import shortened, write
from bot.sheets.pen import Pixels
from bot.sheets.review import GAP
from bot.sheets.tile import Tile

#: Longest sides in pixels of the photo and of a crop.
_PHOTO: Final = 900
_CROP: Final = 440
_LETTERS: Final = 26
_LINE: Final = 40
_MARK: Final = 26


def single(tile: Tile, crops: Sequence[bytes | None]) -> bytes:
    """A PNG of the photo with its squares and, beside it, its crops as the trainer will see them,
    outlined as their squares are. Several faces are numbered from 1, to choose from."""
    photo = drawn(tile, _PHOTO, _PHOTO, numbered=len(tile.faces) > 1)
    tall, wide = photo.shape[:2]
    width = GAP + wide + GAP + (_CROP + GAP if crops else 0)
    height = GAP + max(tall, len(crops) * (_CROP + GAP) - GAP) + _LINE
    sheet = blank(width, height)
    sheet[GAP : GAP + tall, GAP : GAP + wide] = photo
    pen.number(sheet, str(tile.number), (GAP, GAP), _LETTERS)
    pen.mark(sheet, tile.mark, (GAP + wide - _MARK - 8, GAP + _MARK + 8), _MARK)
    for index, file in enumerate(crops):
        top, left = GAP + index * (_CROP + GAP), GAP + wide + GAP
        crop = _crop(file)
        pen.square(crop, (0, 0, _CROP, _CROP), dashed=index > 0)
        sheet[top : top + _CROP, left : left + _CROP] = crop
    line = shortened(tile.caption, _LETTERS, width - 2 * GAP)
    write(sheet, line, (GAP, height - _LINE // 2), _LETTERS, pen.WHITE)
    return encoded(sheet)


def _crop(file: bytes | None) -> Pixels:
    picture = opened(file)
    if picture is None:
        return blank(_CROP, _CROP, MISSING)
    return sized(picture, _CROP, _CROP)
