"""The sheet of a subject's photos, each with its squares and what becomes of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from bot.sheets import pen
from bot.sheets.drawn import blank, drawn, encoded
from bot.sheets.lettering import shortened, write
from bot.sheets.pen import Pixels
from bot.sheets.tile import Tile

WIDTH: Final = 1400
GAP: Final = 10
#: Sides of a tile in pixels; few photos do not fill the sheet.
_MOST_SIDE: Final = 560
_LETTERS: Final = 24
_LINE: Final = 36
_MARK: Final = 22


def review_sheet(tiles: Sequence[Tile], columns: int = 3) -> bytes:
    """A PNG of the photos in rows, each with its squares and faces, its number, whether it counts
    (green disc with a tick; amber triangle, it counts but there is a doubt; red square with a
    cross, it does not), and its caption under it.
    """
    across = max(1, min(columns, len(tiles)))
    side = min(_MOST_SIDE, (WIDTH - GAP) // across - GAP)
    down = math.ceil(len(tiles) / across)
    high = side + _LINE
    sheet = blank(across * (side + GAP) + GAP, down * (high + GAP) + GAP)
    for index, tile in enumerate(tiles):
        left = GAP + index % across * (side + GAP)
        top = GAP + index // across * (high + GAP)
        _lay(sheet[top : top + high, left : left + side], tile, side)
    return encoded(sheet)


def _lay(cell: Pixels, tile: Tile, side: int) -> None:
    photo = drawn(tile, side, side)
    top, left = (side - photo.shape[0]) // 2, (side - photo.shape[1]) // 2
    cell[top : top + photo.shape[0], left : left + photo.shape[1]] = photo
    pen.number(cell, str(tile.number), (0, 0), _LETTERS)
    pen.mark(cell, tile.mark, (side - _MARK - 8, _MARK + 8), _MARK)
    line = shortened(tile.caption, _LETTERS, side - 8)
    write(cell, line, (4, side + _LINE // 2), _LETTERS, pen.WHITE)
