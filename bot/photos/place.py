"""Where the square around a face lies, so that the head is whole and other people are out of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bot.photos.head import head_of, length_of
from bot.photos.seen import Seen
from bot.photos.shapes import Box, Square

#: Faces from this share of the main one's length on are kept out at any price but the head's;
#: smaller ones where it costs little: nobody takes a passer-by for the one the photo is of.
_COMPARABLE: Final = 1 / 3
#: More than all else that makes a place worse together.
_ANY_PRICE: Final = 1000.0
#: How many sides are tried, from the wanted to the least one, when there are others.
_SIDES: Final = 5


@dataclass(frozen=True)
class Layout:
    """How a square lies around a head.

    side: its length, in face lengths
    least: how short it may become to keep others out; any head is shorter, however it is held
    room: above the head, as a share of the side
    """

    side: float
    least: float
    room: float


def place(seen: Seen, face: int, layout: Layout, least: int) -> Square:
    """The square around that face, at least `least` px across (the picture's short side has as
    many)."""
    chosen = seen.faces[face]
    length, head = length_of(chosen), head_of(chosen, seen.width, seen.height)
    short = min(seen.width, seen.height)
    wanted = int(min(short, max(least, layout.side * length)))
    tight = int(min(wanted, max(least, layout.least * length)))

    others = [other for index, other in enumerate(seen.faces) if index != face]
    boxes = [other.box for other in others]
    heads = [head_of(other, seen.width, seen.height) for other in others]
    across = _Axis(
        seen.width,
        (head.x, head.width),
        (chosen.box.x, chosen.box.width),
        _spans([(box.x, box.width) for box in boxes]),
        _spans([(box.x, box.width) for box in heads]),
    )
    down = _Axis(
        seen.height,
        (head.y, head.height),
        (chosen.box.y, chosen.box.height),
        _spans([(box.y, box.height) for box in boxes]),
        _spans([(box.y, box.height) for box in heads]),
    )
    sizes = np.array([length_of(other) / length for other in others])
    areas = np.array([box.width * box.height for box in heads])

    def best_of(side: int) -> tuple[float, Square]:
        """The best place for a square of that side, behind how bad it is."""
        ideal_x = head.x + (head.width - side) / 2
        # Where there is little room, half of it is left for the neck.
        ideal_y = head.y - min(layout.room * side, (side - head.height) / 2)
        xs, ys = across.places(side, ideal_x), down.places(side, ideal_y)
        strict = (_within(xs, side, across.boxes) > 0) & (sizes >= _COMPARABLE)
        met = strict.astype(float) @ (_within(ys, side, down.boxes) > 0).T
        weights = np.minimum(sizes, 1) ** 2 / areas
        shown = (_within(xs, side, across.heads) * weights) @ _within(ys, side, down.heads).T
        away = (np.abs(xs - ideal_x)[:, None] + np.abs(ys - ideal_y)) / side
        costs = _ANY_PRICE * met + shown + away + (wanted - side) / wanted
        x, y = np.unravel_index(np.argmin(costs), costs.shape)
        return float(costs[x, y]), Square(int(xs[x]), int(ys[y]), side)

    sides = np.linspace(wanted, tight, _SIDES, dtype=int) if others else [wanted]
    return min((best_of(int(side)) for side in sides), key=lambda best: best[0])[1]


def shows_others(seen: Seen, face: int, square: Square) -> bool:
    """Whether a part of another face lies in the square that could be meant as well."""
    least = _COMPARABLE * length_of(seen.faces[face])
    return any(
        length_of(other) >= least and _meets(square, other.box)
        for index, other in enumerate(seen.faces)
        if index != face
    )


def _meets(square: Square, box: Box) -> bool:
    right, bottom = square.x + square.side, square.y + square.side
    is_beside = box.x >= right or box.x + box.width <= square.x
    return not (is_beside or box.y >= bottom or box.y + box.height <= square.y)


@dataclass(frozen=True)
class _Axis:
    """All that lies along the picture's width or height: the chosen head and face as start and
    length, the others' as rows of start and end.
    """

    room: int
    head: tuple[int, int]
    face: tuple[int, int]
    boxes: NDArray[np.int64]
    heads: NDArray[np.int64]

    def places(self, side: int, ideal: float) -> NDArray[np.int64]:
        """Where a square may start: as near as can be to the ideal, and just clear of each edge
        of each other face. If any place is clear of all of them, one of these is."""
        first, last = self._reach(side)
        edges = np.concatenate([self.boxes, self.heads])
        starts = np.concatenate([[np.rint(ideal)], edges[:, 1], edges[:, 0] - side])
        return np.unique(np.clip(starts, first, last)).astype(np.int64)

    def _reach(self, side: int) -> tuple[int, int]:
        """The first and the last place that holds the head, else the face, else its middle."""
        for start, length in (self.head, self.face):
            if length <= side:
                return max(0, start + length - side), min(start, self.room - side)
        start, length = self.face
        middle = min(max(0, start + (length - side) // 2), self.room - side)
        return middle, middle


def _spans(parts: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    ends = [(start, start + length) for start, length in parts]
    return np.array(ends, np.int64).reshape(-1, 2)


def _within(starts: NDArray[np.int64], side: int, spans: NDArray[np.int64]) -> NDArray[np.int64]:
    """How much of each span lies in a square that starts at each of the starts."""
    ends = np.minimum(starts[:, None] + side, spans[:, 1])
    within: NDArray[np.int64] = np.maximum(0, ends - np.maximum(starts[:, None], spans[:, 0]))
    return within
