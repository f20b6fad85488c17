"""Tell whether two photos are one: recompressed, resized, lighter, mirrored or cropped.

A photo leaves prints: a small grey picture of it, and a smaller one of its colours. To compare
two, one is looked for in the other at every scale down to about half, mirrored too, at a third of
their size (normalised cross-correlation); for most pairs that is all. Where it fits, it is laid
over the other exactly (Gauss-Newton, as in Lucas and Kanade, "An Iterative Image Registration
Technique", 1981), and every spot is compared, one made as light as the other: another expression
or another wall differs somewhere, however much else is the same.
"""

from __future__ import annotations

import base64
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bot.photos.overlay import Difference, Picture, Place, difference, refined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

#: Pixels of the grey picture and of the colours, in the photo's own proportions: 7.5 KB of text.
#: Raw pixels, because what came out of a stranger's file is given to no decoder here.
_GREY: Final = 4800
_COLOUR: Final = 320
_THINNEST: Final = 4
#: The grey picture is made from one this many times as large, softened by that many of its pixels,
#: so that it comes out the same wherever the photo's own pixels lie.
_OVERSAMPLED: Final = 4
_SOFTENED: Final = 2.0
_FORM: Final = re.compile(
    r"([1-9][0-9]{0,3})x([1-9][0-9]{0,3}):"
    r"((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?)"
)

#: Pixels in which prints are looked for in each other; scales that are tried, and the thinnest
#: picture that is looked for.
_COARSE: Final = 576
_SCALES: Final = tuple(0.93**step for step in range(9))
_THINNEST_LOOKED_FOR: Final = 6
# All thresholds here were chosen on the tune part of tests/photographs (109 photos, 32 changes of
# each, all 5,886 pairs) and on 4,389 pairs of drawings: one character in one pose, many with only
# another expression or only another background. There they find 99.5 % of the copies and no two
# different pictures alike.
#: Correlation at the coarse scale. Only copies of a starfield stay below; of pairs of different
#: photos 2 in 100 come over it.
_FITS: Final = 0.8
#: Places tried before two photos are called different.
_TRIES: Final = 4
#: Share of the other that must be there; cutting 20 % off each side leaves 0.36, less its edges.
_COVERS: Final = 0.27
#: Logarithm of how many times as light: 1.4 times.
_LIGHTER: Final = 0.34


def prints(pixels: NDArray[np.uint8]) -> str:
    """The prints of H x W x 3 RGB pixels of any size: plain text of at most 8,192 characters."""
    height, width = pixels.shape[:2]
    size = _fit(width, height, _GREY)
    coloured = _fit(*size, _COLOUR)
    large = (_OVERSAMPLED * size[0], _OVERSAMPLED * size[1])
    big = cv2.resize(pixels, large, interpolation=cv2.INTER_AREA)
    soft = cv2.cvtColor(cv2.GaussianBlur(big, (0, 0), _SOFTENED), cv2.COLOR_RGB2YCrCb)
    grey = cv2.resize(soft[..., 0], size, interpolation=cv2.INTER_AREA)
    colours = cv2.resize(soft[..., 1:], coloured, interpolation=cv2.INTER_AREA)
    packed = base64.b64encode(grey.tobytes() + colours.tobytes())
    return f"{size[0]}x{size[1]}:{packed.decode()}"


def alike(one: str, other: str) -> bool:
    """Whether two prints are of one photo. Text that is no print is like nothing."""
    first, second = _read(one), _read(other)
    if first is None or second is None:
        return False
    return one == other or any(map(_is_same, _differences(first, second)))


def _is_same(found: Difference) -> bool:
    """Whether so little difference is what saving, resizing and cropping do to one photo. Another
    light and another scale do more than the same ones."""
    lighter, smaller = abs(math.log(found.light)), max(0.0, 1 - found.scale)
    step = found.step / (0.34 + 8 * lighter)
    spot = found.spot / (11.5 + 80 * min(smaller, 0.12) + 110 * lighter)
    return (
        found.covers >= _COVERS
        and lighter <= _LIGHTER
        and math.hypot(step, spot) <= 1
        and found.colour <= 8 + 45 * smaller + 45 * lighter
    )


@dataclass(frozen=True)
class _Print:
    """Prints that were read, and what is looked for in others: at each scale, its pixels without
    the outermost, with their pitch in pixels of the print."""

    picture: Picture
    mirrored: Picture
    coarse: NDArray[np.uint8]
    coarse_mirrored: NDArray[np.uint8]
    pitch: float
    sought: tuple[tuple[float, NDArray[np.uint8]], ...]


@lru_cache(maxsize=256)
def _read(text: str) -> _Print | None:
    form = _FORM.fullmatch(text)
    if form is None:
        return None
    width, height = int(form[1]), int(form[2])
    if min(width, height) < _THINNEST or max(width, height) > _GREY // _THINNEST:
        return None
    coloured = _fit(width, height, _COLOUR)
    data = base64.b64decode(form[3])
    if len(data) != width * height + 2 * coloured[0] * coloured[1]:
        return None
    levels = np.frombuffer(data, np.uint8)
    grey = levels[: width * height].reshape(height, width)
    colours = levels[width * height :].reshape(coloured[1], coloured[0], 2)
    spread = cv2.resize(colours, (width, height), interpolation=cv2.INTER_LINEAR)
    rgb = cv2.cvtColor(np.dstack([grey, spread]), cv2.COLOR_YCrCb2RGB).astype(np.float32)
    pitch = math.sqrt(width * height / _COARSE)
    sought = ((pitch / scale, _shrunk(grey, pitch / scale)) for scale in _SCALES)
    return _Print(
        picture=Picture.of(rgb),
        mirrored=Picture.of(np.ascontiguousarray(rgb[:, ::-1])),
        coarse=_shrunk(grey, pitch),
        coarse_mirrored=_shrunk(np.ascontiguousarray(grey[:, ::-1]), pitch),
        pitch=pitch,
        sought=tuple(
            (step, np.ascontiguousarray(small[1:-1, 1:-1]))
            for step, small in sought
            if min(small.shape) >= _THINNEST_LOOKED_FOR
        ),
    )


def _differences(first: _Print, second: _Print) -> Iterator[Difference]:
    """How they differ where they fit, the best fit first."""
    tried: list[tuple[_Print, bool, Place]] = []
    for _, outer, inner, is_mirrored, place in sorted(_fits(first, second), key=lambda f: -f[0]):
        near = (p for o, m, p in tried if o is outer and m == is_mirrored)
        if any(_is_near(place, p, outer.pitch) for p in near):
            continue  # leads to the same place as one before
        if len(tried) == _TRIES:
            return
        tried.append((outer, is_mirrored, place))
        picture = outer.mirrored if is_mirrored else outer.picture
        exact = refined(picture, inner.picture, place)
        found = exact and difference(picture, inner.picture, exact)
        if found:
            yield found


def _fits(first: _Print, second: _Print) -> Iterator[tuple[float, _Print, _Print, bool, Place]]:
    """Where one may lie in the other: correlation, outer, inner, whether the outer is mirrored,
    place."""
    # As large as each other is tried one way round only.
    ways = ((first, second, second.sought), (second, first, first.sought[1:]))
    for outer, inner, sought in ways:
        for step, small in sought:
            for is_mirrored, coarse in enumerate((outer.coarse, outer.coarse_mirrored)):
                if small.shape[0] > coarse.shape[0] or small.shape[1] > coarse.shape[1]:
                    continue
                matched = cv2.matchTemplate(coarse, small, cv2.TM_CCOEFF_NORMED)
                _, best, _, (x, y) = cv2.minMaxLoc(matched)
                if best >= _FITS:
                    scale = outer.pitch / step
                    corner = ((x - 1) * outer.pitch, (y - 1) * outer.pitch)
                    yield best, outer, inner, bool(is_mirrored), Place(scale, scale, *corner)


def _is_near(one: Place, other: Place, pitch: float) -> bool:
    return (
        abs(one.across / other.across - 1) < 0.1  # noqa: PLR2004 - a step and a half of _SCALES
        and max(abs(one.left - other.left), abs(one.top - other.top)) < 1.5 * pitch
    )


def _fit(width: int, height: int, area: int) -> tuple[int, int]:
    """Width and height of about that area in these proportions."""
    scale, longest = math.sqrt(area / (width * height)), area // _THINNEST
    across, down = (min(longest, max(_THINNEST, round(n * scale))) for n in (width, height))
    return across, down


def _shrunk(grey: NDArray[np.uint8], pitch: float) -> NDArray[np.uint8]:
    """One pixel for `pitch` of them, exactly, whatever is left over at the far edges."""
    small: NDArray[np.uint8] = cv2.resize(
        grey, None, fx=1 / pitch, fy=1 / pitch, interpolation=cv2.INTER_AREA
    )
    return small
