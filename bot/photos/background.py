"""What lies outside the subject: whether two photos have it in common, and a word for a plain one.

Around a person that is everything of which MediaPipe's selfie segmentation is sure that it is
nobody; around anything else the picture's left and right edges, above the ground. The signature
tells how light, which colours and how detailed it is there: quantiles of L, a and b and of fine and
coarse detail. The mean distance between two rows of quantiles is how far one would have to be moved
to become the other (Wasserstein's distance in one dimension).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

from bot.photos.seen import Background
from bot.photos.weights import network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from bot.photos.shapes import Box
    from bot.photos.terms import Kind

_SEGMENTED: Final = 256
#: Both sides in pixels, whatever the photo's proportions: only amounts count, not places.
_SIDE: Final = 128
#: Of the network's 0 to 1; soft edges of hair lie above.
_SURELY_NOBODY: Final = 0.15
#: A face, with its hair, is none of the background even where the network takes it for some.
_HEAD: Final = 0.35
#: Share of the picture; of less than this nothing is said.
_LEAST: Final = 0.05
_STRIP: Final = 0.13
_ABOVE_GROUND: Final = 0.75
_QUANTILES: Final = (5, 20, 35, 50, 65, 80, 95)
#: Detail is small beside light and colour; this makes whole numbers of it fine enough.
_DETAIL: Final = 4
#: How much a level of each row counts: L little, because the sun comes and goes.
_WEIGHTS: Final = np.array([0.35, 1.0, 1.0, 3.0 / _DETAIL, 1.5 / _DETAIL])
#: Chosen on the tune part of tests/photographs: 610 pairs of views of one background (another part
#: of it, behind another person, up to 18 % lighter or darker) and 5,553 of different photos. 75 %
#: of the ones are called the same place, and 3 % of the others, mostly white studios.
_SAME_BELOW: Final = 28.5
#: Levels of L, and of a and b: a white wall differs from a grey or a pale blue one in nothing else.
_OTHER_LIGHT: Final = 45.0
_OTHER_COLOUR: Final = 10.0


def background(pixels: NDArray[np.uint8], kind: Kind, face: Box | None) -> Background:
    """The background of H x W x 3 RGB pixels with that main face."""
    height, width = pixels.shape[:2]
    # Of a large photo every second or third pixel will do: many are still averaged.
    thin = max(1, min(height, width) // (2 * _SEGMENTED))
    medium = _resized(pixels[::thin, ::thin], _SEGMENTED)
    outside = _edges()
    if kind == "character":
        # Drawn people are often told from the rest as well, but one cannot rely on it.
        outside &= _around_person(medium)
    if kind == "person":
        outside = _around_person(medium)
        if face is not None:
            outside[_head(face, width, height)] = False
    if outside.mean() < _LEAST:
        return Background((), "")
    small = _resized(medium, _SIDE).astype(np.float32)
    lab = cv2.cvtColor(small / 255, cv2.COLOR_RGB2Lab)
    soft = cv2.GaussianBlur(lab[..., 0], (0, 0), 1)
    fine = np.abs(lab[..., 0] - soft)
    coarse = np.abs(soft - cv2.GaussianBlur(soft, (0, 0), 4))
    # L reaches from 0 to 100, a and b from about -100 to 100.
    planes = (
        lab[..., 0] * 2.55,
        lab[..., 1] + 128,
        lab[..., 2] + 128,
        fine * 2.55 * _DETAIL,
        coarse * 2.55 * _DETAIL,
    )
    rows = [np.percentile(plane[outside], _QUANTILES) for plane in planes]
    levels = np.clip(np.rint(np.concatenate(rows)), 0, 255).astype(int)
    return Background(tuple(levels.tolist()), _name(lab[outside], fine[outside]))


def same_place(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two signatures look like one place. Nothing looks like no signature."""
    if not len(one) == len(other) == len(_WEIGHTS) * len(_QUANTILES):
        return False
    apart = np.abs(np.subtract(one, other)).reshape(len(_WEIGHTS), -1).mean(axis=1)
    light, a, b, *_ = (float(row) for row in apart)
    return (
        light < _OTHER_LIGHT
        and math.hypot(a, b) < _OTHER_COLOUR
        and float(_WEIGHTS @ apart) < _SAME_BELOW
    )


def clusters(signatures: Sequence[tuple[int, ...]]) -> list[int]:
    """A number for the place of each, from 0 in the order they appear; -1 where there is none to
    be seen. A place is the first photo of it and all that look like that one, so that one more
    signature at the end changes no number before it.
    """
    firsts: list[tuple[int, ...]] = []
    labels = []
    for signature in signatures:
        if not signature:
            labels.append(-1)
            continue
        known = (n for n, first in enumerate(firsts) if same_place(first, signature))
        label = next(known, len(firsts))
        if label == len(firsts):
            firsts.append(signature)
        labels.append(label)
    return labels


def _around_person(pixels: NDArray[np.uint8]) -> NDArray[np.bool_]:
    net = network("selfie_segmentation")
    net.setInput(cv2.dnn.blobFromImage(pixels, 1 / 255))
    nobody = (_resized(net.forward()[0, 0], _SIDE) < _SURELY_NOBODY).astype(np.uint8)
    outside: NDArray[np.bool_] = cv2.erode(nobody, np.ones((5, 5)), borderValue=1) > 0
    return outside


def _head(face: Box, width: int, height: int) -> tuple[slice, slice]:
    """Rows and columns, of _SIDE each, of a head with its hair."""

    def span(start: int, length: int, whole: int) -> slice:
        ends = (start - _HEAD * length, start + (1 + _HEAD) * length)
        return slice(*(max(0, round(end * _SIDE / whole)) for end in ends))

    return span(face.y, face.height, height), span(face.x, face.width, width)


def _resized(pixels: NDArray[Any], side: int) -> NDArray[Any]:
    resized: NDArray[Any] = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA)
    return resized


def _edges() -> NDArray[np.bool_]:
    edges = np.zeros((_SIDE, _SIDE), bool)
    strip, ground = round(_STRIP * _SIDE), round(_ABOVE_GROUND * _SIDE)
    edges[:ground, :strip] = edges[:ground, -strip:] = True
    return edges


# What is plain, and what its colour is called, was read off the 54 portraits of the tune part and
# the plain drawings of trainer/tiny: no word rather than a wrong one.
_MOST_DETAIL: Final = 1.2  # of L, at the 90th percentile; a brick wall has 5
_MOST_SHADED: Final = 30.0  # L from the 5th to the 95th percentile
_MOST_COLOURS: Final = 8.0  # distance from the middle of a and b at the 90th percentile
_NEUTRAL_BELOW: Final = 9.0
_COLOURED_FROM: Final = 12.0
#: Colours by the angle of a and b in degrees; a pale red is pink, and a dark orange is brown.
_HUES: Final = (
    (22, "pink"),
    (47, "red"),
    (76, "orange"),
    (108, "yellow"),
    (165, "green"),
    (218, "teal"),
    (296, "blue"),
    (328, "purple"),
    (360, "pink"),
)
COLOURS: Final = ("white", "grey", "black", "brown", *dict.fromkeys(name for _, name in _HUES))
NAMES: Final = frozenset(f"{colour} background" for colour in COLOURS)


def _name(lab: NDArray[np.float32], fine: NDArray[np.float32]) -> str:
    """A plain background's words, else nothing."""
    middle = np.median(lab, axis=0)
    dark, light = np.percentile(lab[:, 0], (5, 95))
    colours = np.percentile(np.hypot(lab[:, 1] - middle[1], lab[:, 2] - middle[2]), 90)
    is_plain = (
        np.percentile(fine, 90) <= _MOST_DETAIL
        and light - dark <= _MOST_SHADED
        and colours <= _MOST_COLOURS
    )
    colour = _colour(*(float(value) for value in middle)) if is_plain else ""
    return f"{colour} background" if colour else ""


#: L from 0 to 100, where most people agree on a word. Darker than this the sky at night has a
#: colour that no wall has; lighter than that no red is called red.
_COLOUR_FROM_L: Final = 20
_RED_UP_TO_L: Final = 62
#: Warm colours of less chroma are wood, sand and skin: brown where they are dark and of these
#: angles (degrees in the plane of a and b), and nothing that has one name elsewhere.
_WARM: Final = ("red", "orange", "yellow")
_WARM_FROM_CHROMA: Final = 45
_BROWN_UP_TO_L: Final = 58
_BROWN_ANGLES: Final = (35, 76)
#: Paper in daylight; below it some say grey. Then what all call grey, and what all call black.
_WHITE_FROM_L: Final = 86
_GREY_L: Final = (26, 80)
_BLACK_UP_TO_L: Final = 18


def _colour(light: float, a: float, b: float) -> str:
    """The word for a colour in Lab where everybody would choose it."""
    chroma = math.hypot(a, b)
    if chroma < _NEUTRAL_BELOW:
        return _neutral(light)
    if chroma < _COLOURED_FROM or light < _COLOUR_FROM_L:
        return ""
    angle = math.degrees(math.atan2(b, a)) % 360
    hue = next(name for upto, name in _HUES if angle < upto)
    if hue == "red" and light > _RED_UP_TO_L:
        return "pink"
    if hue in _WARM and chroma < _WARM_FROM_CHROMA:
        is_brown = light < _BROWN_UP_TO_L and _BROWN_ANGLES[0] < angle < _BROWN_ANGLES[1]
        return "brown" if is_brown else ""
    return hue


def _neutral(light: float) -> str:
    if light >= _WHITE_FROM_L:
        return "white"
    if light <= _BLACK_UP_TO_L:
        return "black"
    return "grey" if _GREY_L[0] <= light <= _GREY_L[1] else ""
