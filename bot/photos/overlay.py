"""Lay one small picture exactly over another, and measure how much they differ there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_LUMA: Final = np.array([0.299, 0.587, 0.114], np.float32)
_STEPS: Final = 6
#: Of 255: a point with a lighter channel may have had more light than it shows.
_CUT_OFF: Final = 238.0
#: Differences of this many levels begin to be taken for changes of the picture, and to count less
#: in laying it over the other.
_CHANGED: Final = 12.0
#: One may be up to 1.8 times as light as the other.
_LIGHTEST: Final = 1.8
_SCALES: Final = (0.4, 1.2)
#: Pixels; less than this in common cannot be told apart from chance.
_LEAST: Final = 10
#: The most that one step moves, px, and stretches.
_MOST_MOVED: Final = 2.0
_MOST_STRETCHED: Final = 0.05
#: A step that moves no point further than this, px, is the last.
_STANDS_STILL: Final = 0.06
#: What a difference beside an edge is divided by: levels, and share of the edge's height. Edges
#: come out differently from other pixels of one photo.
_FLAT: Final = 8.0
_EDGE: Final = 0.5
_COLOUR_BLUR: Final = 2.5


@dataclass(frozen=True)
class Picture:
    """H x W x 3 RGB, levels 0 to 255, with its luma and its lightest channel as H x W x 2."""

    rgb: NDArray[np.float32]
    layers: NDArray[np.float32]

    @classmethod
    def of(cls, rgb: NDArray[np.float32]) -> Picture:
        """The picture with these pixels."""
        return cls(rgb, np.dstack([rgb @ _LUMA, rgb.max(2)]))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px."""
        return self.rgb.shape[1], self.rgb.shape[0]


@dataclass(frozen=True)
class Place:
    """Where an inner picture lies in an outer one: its point (x, y) is found at
    (across * x + left, down * y + top). Pixels are squares of side 1 whose corners are whole.
    """

    across: float
    down: float
    left: float
    top: float

    @property
    def scale(self) -> float:
        """Pixels of the outer for one of the inner."""
        return min(self.across, self.down)


@dataclass(frozen=True)
class Difference:
    """What two pictures laid over each other have not in common.

    covers: the inner's share of the outer, 0 to 1
    scale: of the inner in the outer
    light: how many times as light the outer is
    spot: the largest difference of luma, levels, mean of 3 x 3 points
    step: the same beside what the picture's own edges allow there; 1 is about 8 levels on a plain
    colour: the largest difference of colour, levels, over a wider spot
    """

    covers: float
    scale: float
    light: float
    spot: float
    step: float
    colour: float


def refined(outer: Picture, inner: Picture, place: Place) -> Place | None:
    """The place near the given one where they differ least; None where that leads nowhere."""
    grey = np.ascontiguousarray(outer.layers[..., 0])
    slopes = [cv2.Sobel(grey, cv2.CV_32F, *axis, scale=1 / 8) for axis in ((1, 0), (0, 1))]
    width, height = outer.size
    soft = _softened(inner.layers, place)
    light = 1.0
    for _ in range(_STEPS):
        part = _common(outer, inner, place)
        if part is None:
            return None
        ours, theirs = outer.layers[part], _laid(soft, outer, place, cv2.INTER_LINEAR)[part]
        known = (ours[..., 1] < _CUT_OFF) & (theirs[..., 1] < _CUT_OFF)
        light = _light(ours[..., 0], theirs[..., 0], known, light)
        rest = ours[..., 0] - light * theirs[..., 0]
        weight = (known / (1 + (rest / _CHANGED) ** 2)).ravel()
        x = np.arange(part[1].start, part[1].stop, dtype=np.float32) - width / 2
        y = np.arange(part[0].start, part[0].stop, dtype=np.float32)[:, None] - height / 2
        right, down = (slope[part] for slope in slopes)
        moves = np.stack([right, right * x, down, down * y]).reshape(4, -1)
        weighed = moves * weight
        # The addends keep pictures without edges where they are.
        normal = weighed @ moves.T + np.diag([5.0, 500.0, 5.0, 500.0])
        step = np.linalg.solve(normal, weighed @ rest.ravel())
        most = np.array([_MOST_MOVED, _MOST_STRETCHED] * 2)
        dx, sx, dy, sy = (float(value) for value in np.clip(step, -most, most))
        place = Place(
            place.across / (1 + sx),
            place.down / (1 + sy),
            (place.left - dx + sx * width / 2) / (1 + sx),
            (place.top - dy + sy * height / 2) / (1 + sy),
        )
        if not all(_SCALES[0] < scale < _SCALES[1] for scale in (place.across, place.down)):
            return None
        if abs(dx) + abs(dy) + (abs(sx) * width + abs(sy) * height) / 2 < _STANDS_STILL:
            break
    return place


def difference(outer: Picture, inner: Picture, place: Place) -> Difference | None:
    """How they differ there; None where they have next to nothing in common."""
    part = _common(outer, inner, place)
    if part is None:
        return None
    laid = _laid(_softened(inner.rgb, place), outer, place, cv2.INTER_CUBIC)
    ours, theirs = outer.rgb[part], np.clip(laid[part], 0, 255)
    known = (ours.max(2) < _CUT_OFF) & (theirs.max(2) < _CUT_OFF)
    light = _light(ours @ _LUMA, theirs @ _LUMA, known, 1.0)
    # Whichever is lighter was cut off at 255; cut the other off there as well.
    if light >= 1:
        theirs = np.minimum(light * theirs, 255)
    else:
        ours, theirs = np.minimum(ours, 255 * light), light * theirs
    rest = ours - theirs
    luma = rest @ _LUMA
    spots = np.abs(cv2.blur(luma, (3, 3)))
    grey, square = ours @ _LUMA, np.ones((3, 3), np.uint8)
    edges = cv2.blur(cv2.dilate(grey, square) - cv2.erode(grey, square), (3, 3))
    colours = np.abs(cv2.GaussianBlur(rest - luma[..., None], (0, 0), _COLOUR_BLUR))
    return Difference(
        covers=luma.size / (outer.size[0] * outer.size[1]),
        scale=place.scale,
        light=light,
        spot=float(spots.max()),
        step=float((spots / (_FLAT + _EDGE * edges)).max()),
        colour=float(colours.max()),
    )


def _common(outer: Picture, inner: Picture, place: Place) -> tuple[slice, slice] | None:
    """Rows and columns of the outer whose pixels lie wholly in the inner."""
    (width, height), (inner_width, inner_height) = outer.size, inner.size
    left = max(0, math.ceil(place.left + 0.5))
    right = min(width, math.floor(place.left + place.across * inner_width - 0.5))
    top = max(0, math.ceil(place.top + 0.5))
    bottom = min(height, math.floor(place.top + place.down * inner_height - 0.5))
    if min(right - left, bottom - top) < _LEAST:
        return None
    return slice(top, bottom), slice(left, right)


def _softened(pixels: NDArray[np.float32], place: Place) -> NDArray[np.float32]:
    """As soft as it will look when it is made that much smaller."""
    if place.scale > 0.97:  # noqa: PLR2004 - below a third of a pixel there is nothing to soften
        return pixels
    sigma = 0.5 * math.sqrt(1 / place.scale**2 - 1)
    soft: NDArray[np.float32] = cv2.GaussianBlur(pixels, (0, 0), sigma)
    return soft


def _laid(
    pixels: NDArray[np.float32], outer: Picture, place: Place, how: int
) -> NDArray[np.float32]:
    """The inner's pixels where they lie in the outer."""
    across = [1 / place.across, 0, (0.5 - place.left) / place.across - 0.5]
    down = [0, 1 / place.down, (0.5 - place.top) / place.down - 0.5]
    matrix = np.array([across, down], np.float32)
    flags = how | cv2.WARP_INVERSE_MAP
    laid: NDArray[np.float32] = cv2.warpAffine(
        pixels, matrix, outer.size, flags=flags, borderMode=cv2.BORDER_REPLICATE
    )
    return laid


def _light(
    ours: NDArray[np.float32],
    theirs: NDArray[np.float32],
    known: NDArray[np.bool_],
    light: float,
) -> float:
    """How many times as light ours is, where both show all the light they had; what was changed
    between them counts little."""
    one, other = ours[known], theirs[known]
    if one.size < _LEAST**2:
        return light
    rest: NDArray[np.floating] = np.zeros_like(one)
    for _ in range(4):
        weight = other / (1 + (rest / _CHANGED) ** 2)
        light = float((weight * one).sum() / max(1.0, float((weight * other).sum())))
        rest = one - light * other
    return min(_LIGHTEST, max(1 / _LIGHTEST, light))
