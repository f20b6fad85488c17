"""Where the square of a photo lies: never stretched, never through the face.

Everything is measured in face heights, the height of the detector's box, which reaches from the
middle of the forehead to the chin. The crown lies about 0.4 of it above the box, and by the
artist's canon (a body is 7.5 heads, the navel 2 heads under the chin, a head 1.3 boxes) the waist
lies about 2.6 below it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

    from bot.photos.terms import Framing

from PIL.Image import Resampling


@dataclass(frozen=True)
class Box:
    """A face in whole pixels of its picture, wholly inside it."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True)
class Square:
    """A crop: upper left corner and side, in pixels of the upright picture."""

    x: int
    y: int
    side: int


@dataclass(frozen=True)
class _Layout:
    side: float  # of the square, in face heights
    above: float  # of the face's middle, as a share of the square's side


#: Crown, a hand's breadth over it, and the neck down to the collar.
_HEAD: Final = _Layout(side=2.4, above=0.52)
#: From just over the crown to the waist: 0.7 + 1 + 2.6.
_HEAD_TO_WAIST: Final = _Layout(side=4.3, above=1.2 / 4.3)


def propose(
    width: int, height: int, face: Box | None, framing: Framing, *, resolution: int
) -> Square:
    """The square that a `width` x `height` px photo is trained on.

    It lies inside the picture, holds the whole face where the short side allows it, and is at
    least `resolution` px where there are as many, so that nothing is enlarged.
    """
    short = min(width, height)
    if face is None:
        # Without a face to go by, what has a head mostly holds it up.
        upper = 4 if framing == "face" else 2
        return Square((width - short) // 2, (height - short) // upper, short)
    layout = {"face": _HEAD, "torso": _HEAD_TO_WAIST}.get(framing)
    wanted = short if layout is None else round(layout.side * face.height)
    above = 0.5 if layout is None else layout.above
    side = min(short, max(wanted, face.width, face.height, resolution))
    return Square(
        _place(face.x, face.width, side, width, 0.5),
        _place(face.y, face.height, side, height, above),
        side,
    )


def _place(start: int, length: int, side: int, room: int, share: float) -> int:
    """Where `side` begins on one axis, so that the face's middle lies at `share` of it, as far
    as the face (if it fits) and the picture's edges let it.
    """
    at = round(start + length / 2 - share * side)
    if length <= side:
        at = min(max(at, start + length - side), start)
    return min(max(at, 0), room - side)


def cut(picture: Image.Image, square: Square, resolution: int) -> Image.Image:
    """The square out of an upright picture, as `resolution` x `resolution` px."""
    corners = (square.x, square.y, square.x + square.side, square.y + square.side)
    return picture.resize((resolution, resolution), Resampling.LANCZOS, box=corners)
