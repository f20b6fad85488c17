"""One photo as it is drawn on a sheet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from bot.photos.shapes import Box, Square

#: How a photo stands: it counts; it counts, but there is something to be said against it; it does
#: not count.
Mark: TypeAlias = Literal["counts", "doubt", "not"]


@dataclass(frozen=True)
class Tile:
    """All that is drawn of a photo.

    upright: its file; None where that is missing
    width, height: of the upright picture that squares and faces are measured in
    squares: the main one first
    faces: largest first; `chosen` is the place of the one that the photo is of
    number, mark, caption: drawn beside it
    """

    upright: bytes | None
    number: int
    mark: Mark
    caption: str = ""
    squares: tuple[Square, ...] = ()
    faces: tuple[Box, ...] = ()
    chosen: int | None = None
