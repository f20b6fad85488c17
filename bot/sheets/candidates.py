"""The candidates of a training: a row of sample pictures for each, to choose from. Pixels are
OpenCV's: blue first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bot.sheets import pen
from bot.sheets.drawn import MISSING, blank, encoded, opened, sized
from bot.sheets.lettering import width_of, write
from bot.sheets.pen import Colour

#: Pictures of a row. Each is larger than on other sheets: they are looked at for likeness.
COLUMNS: Final = 4
SIDE: Final = 256
GAP: Final = 10
_HEAD: Final = 48
_LETTERS: Final = 28
_MARK: Final = 15
_CHOSEN: Final[Colour] = (66, 228, 240)


@dataclass(frozen=True)
class Row:
    """One candidate: what it is called, what is said of it, whether it is the one in use, and its
    pictures; None where a file is missing."""

    label: str
    remark: str
    is_used: bool
    pictures: Sequence[bytes | None]


def candidates_sheet(rows: Sequence[Row]) -> bytes:
    """A PNG of the rows one under the other, each under its label and remark. The one in use has
    a tick and an edge."""
    width = COLUMNS * (SIDE + GAP) + GAP
    high = _HEAD + SIDE + GAP
    sheet = blank(width, max(1, len(rows)) * high + GAP)
    for number, row in enumerate(rows):
        top = number * high
        left = GAP + 4
        middle = top + GAP // 2 + _HEAD // 2
        if row.is_used:
            pen.mark(sheet, "counts", (left + _MARK, middle), _MARK)
            left += 2 * _MARK + 12
        write(sheet, row.label, (left, middle), _LETTERS, pen.WHITE)
        left += width_of(row.label, _LETTERS) + 24
        write(sheet, row.remark, (left, middle), _LETTERS, _CHOSEN)
        for column, file in enumerate(row.pictures[:COLUMNS]):
            picture = opened(file)
            x, y = GAP + column * (SIDE + GAP), top + _HEAD + GAP // 2
            sheet[y : y + SIDE, x : x + SIDE] = (
                blank(SIDE, SIDE, MISSING) if picture is None else sized(picture, SIDE, SIDE)
            )
        if row.is_used:
            edge = (2, top + 2, width - 2, top + high + 2)
            pen.square(sheet, edge, dashed=False)
    return encoded(sheet)
