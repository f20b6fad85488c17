"""Curves over the steps of a training, with the steps that it proposes. Pixels are OpenCV's: blue
first."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, TypeAlias

import cv2
import numpy as np

from bot.sheets import pen
from bot.sheets.drawn import blank, encoded
from bot.sheets.lettering import shortened, width_of, write
from bot.sheets.pen import Colour, Pixels

#: Told apart by those who see no red or no green, too (Okabe and Ito's palette), by the form of
#: their points, and by how they are drawn through.
Look: TypeAlias = Literal["round", "square", "triangle"]
_LOOKS: Final[dict[Look, Colour]] = {
    "round": (233, 180, 86),
    "square": (0, 159, 230),
    "triangle": (167, 121, 204),
}

#: Discord shows a panel's picture about half as wide: the letters are twice as large for that.
WIDTH: Final = 1000
_HEIGHT: Final = 250
_LEFT, _RIGHT, _TOP, _HEAD, _FOOT = 104, 36, 44, 106, 52
_LETTERS: Final = 27
#: Between a label and the edge of the picture.
_EDGE: Final = 8
_LINE: Final = 40
_GREY: Final = (150, 150, 150)
_FAINT: Final = (74, 70, 68)
_CHOSEN: Final = (66, 228, 240)


@dataclass(frozen=True)
class Curve:
    """One line: what it is called, and its values by steps."""

    label: str
    look: Look
    points: Sequence[tuple[int, float]]


@dataclass(frozen=True)
class Plot:
    """Curves that share a scale, in shares of 1, which goes at least from `low` to `high`. `level`
    is a value to compare with."""

    title: str
    curves: Sequence[Curve]
    low: float
    high: float
    level: float


@dataclass(frozen=True)
class Proposal:
    """A step with an adapter of its own."""

    step: int
    label: str
    is_chosen: bool = False


def curves_sheet(plots: Sequence[Plot], proposals: Sequence[Proposal], axis: str) -> bytes | None:
    """A PNG of the plots one under the other over the same steps, with the proposals drawn
    through all of them and written above; `axis` says what goes from left to right. None where no
    curve has a point.
    """
    drawn = [plot for plot in plots if any(curve.points for curve in plot.curves)]
    if not drawn:
        return None
    steps = [step for plot in drawn for curve in plot.curves for step, _ in curve.points]
    scale = _Steps(*_bounds(steps, proposals))
    sheet = blank(WIDTH, _TOP + len(drawn) * (_HEAD + _HEIGHT) + _FOOT)
    fields = [_TOP + _HEAD + number * (_HEAD + _HEIGHT) for number in range(len(drawn))]
    for top in fields:
        for proposal in proposals:
            _upright(sheet, scale.x(proposal.step), top, is_chosen=proposal.is_chosen)
    for plot, top in zip(drawn, fields, strict=True):
        _plot(sheet, plot, scale, top)
    _proposals(sheet, proposals, scale)
    _foot(sheet, scale, axis)
    return encoded(sheet)


@dataclass(frozen=True)
class _Steps:
    """Where a step lies from left to right."""

    first: int
    last: int

    def x(self, step: int) -> int:
        across = WIDTH - _LEFT - _RIGHT
        return _LEFT + round(across * (step - self.first) / (self.last - self.first))


def _bounds(steps: Sequence[int], proposals: Sequence[Proposal]) -> tuple[int, int]:
    """The first and the last step; a training that goes on from another does not begin at 0."""
    known = [*steps, *(proposal.step for proposal in proposals)]
    first, last = min(known), max(known)
    if first < last / 3:
        first = 0
    return first, max(last, first + 1)


def _plot(sheet: Pixels, plot: Plot, scale: _Steps, top: int) -> None:
    values = [value for curve in plot.curves for _, value in curve.points]
    ticks = _ticks(min(plot.low, *values), max(plot.high, *values))
    low, high = ticks[0], ticks[-1]

    def y(value: float) -> int:
        return top + round(_HEIGHT * (high - value) / (high - low))

    for tick in ticks:
        colour = _GREY if math.isclose(tick, plot.level, abs_tol=1e-9) else _FAINT
        cv2.line(sheet, (_LEFT, y(tick)), (WIDTH - _RIGHT, y(tick)), colour, 1)
        said = _share(tick, ticks[1] - ticks[0])
        write(sheet, said, (_LEFT - 14 - width_of(said, _LETTERS), y(tick)), _LETTERS, _GREY)
    write(sheet, shortened(plot.title, _LETTERS, WIDTH - 30), (16, top - 66), _LETTERS, pen.WHITE)
    left = _LEFT
    for curve in plot.curves:
        if not curve.points:
            continue
        middle, colour = top - 28, _LOOKS[curve.look]
        cv2.line(sheet, (left, middle), (left + 44, middle), colour, 3, cv2.LINE_AA)
        _point(sheet, curve.look, (left + 22, middle))
        write(sheet, curve.label, (left + 56, middle), _LETTERS, colour)
        left += 56 + width_of(curve.label, _LETTERS) + 36
    for curve in plot.curves:
        places = [(scale.x(step), y(value)) for step, value in curve.points]
        for before, after in pairwise(places):
            cv2.line(sheet, before, after, _LOOKS[curve.look], 3, cv2.LINE_AA)
        for place in places:
            _point(sheet, curve.look, place)


def _ticks(low: float, high: float) -> list[float]:
    """Three to six round values around all that is shown."""
    least = max(high - low, 1e-3) / 4
    ten = 10.0 ** math.floor(math.log10(least))
    size = next(ten * many for many in (1, 2, 5, 10) if ten * many >= least * (1 - 1e-9))
    first, last = math.floor(low / size + 1e-9), math.ceil(high / size - 1e-9)
    return [size * number for number in range(first, max(last, first + 2) + 1)]


def _share(value: float, size: float) -> str:
    """In hundredths, as finely as the ticks differ."""
    digits = max(0, -math.floor(math.log10(size * 100) + 1e-9))
    return f"{value * 100:.{digits}f}%"


def _point(sheet: Pixels, look: Look, middle: tuple[int, int]) -> None:
    x, y = middle
    for grown, colour in ((3, pen.SHADE), (0, _LOOKS[look])):
        size = 6 + grown
        if look == "round":
            cv2.circle(sheet, middle, size, colour, -1, cv2.LINE_AA)
        elif look == "square":
            cv2.rectangle(sheet, (x - size + 1, y - size + 1), (x + size - 1, y + size - 1),
                          colour, -1)  # fmt: skip
        else:
            corners = [(x, y - size - 2), (x + size + 1, y + size), (x - size - 1, y + size)]
            cv2.fillPoly(sheet, [np.array(corners, np.int32)], colour, cv2.LINE_AA)


def _upright(sheet: Pixels, x: int, top: int, *, is_chosen: bool) -> None:
    """A step drawn through one plot: through and bright, or dashed and grey."""
    if is_chosen:
        cv2.line(sheet, (x, top), (x, top + _HEIGHT), _CHOSEN, 3)
        return
    for start in range(top, top + _HEIGHT, 16):
        cv2.line(sheet, (x, start), (x, min(start + 8, top + _HEIGHT)), _GREY, 2)


def _proposals(sheet: Pixels, proposals: Sequence[Proposal], scale: _Steps) -> None:
    """Their labels above all, the chosen one's for certain and the others' where there is room;
    each over its step, or as near as the edges and the others allow."""
    taken: list[tuple[int, int]] = []
    for proposal in sorted(proposals, key=lambda one: not one.is_chosen):
        width = width_of(proposal.label, _LETTERS)
        over = max(_EDGE, scale.x(proposal.step) - width // 2)
        over = min(over, WIDTH - _EDGE - width)
        places = [
            over,
            *(begin - 16 - width for begin, _ in taken),
            *(end + 16 for _, end in taken),
        ]
        free = [
            left
            for left in places
            if _EDGE <= left <= WIDTH - _EDGE - width
            and abs(left - over) < width
            and not any(left < end + 16 and begin - 16 < left + width for begin, end in taken)
        ]
        if not free:
            continue
        left = min(free, key=lambda place: abs(place - over))
        taken.append((left, left + width))
        colour = _CHOSEN if proposal.is_chosen else _GREY
        write(sheet, proposal.label, (left, _TOP - 18), _LETTERS, colour)


def _foot(sheet: Pixels, scale: _Steps, axis: str) -> None:
    middle = len(sheet) - _FOOT // 2 + 4
    write(sheet, str(scale.first), (_LEFT, middle), _LETTERS, _GREY)
    last = str(scale.last)
    at = WIDTH - _RIGHT - width_of(last, _LETTERS)
    write(sheet, last, (at, middle), _LETTERS, _GREY)
    between = (_LEFT + WIDTH - _RIGHT - width_of(axis, _LETTERS)) // 2
    write(sheet, axis, (between, middle), _LETTERS, _GREY)
