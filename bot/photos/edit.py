"""What becomes of a square when its member moves it, or the base it is for changes."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

from bot.photos.crop import least_side
from bot.photos.seen import Seen
from bot.photos.shapes import Square

Action: TypeAlias = Literal["tighter", "looser", "up", "down", "left", "right", "whole", "reset"]
ACTIONS: Final[tuple[Action, ...]] = get_args(Action)

#: A press changes the side, or moves the square, by this share of the side: six make it half.
_STEP: Final = 0.12
_MOVES: Final[dict[Action, tuple[int, int]]] = {
    "up": (0, -1),
    "down": (0, 1),
    "left": (-1, 0),
    "right": (1, 0),
}


def edited(  # noqa: PLR0917 - six facts: the square's, the press, the picture's, the base's
    square: Square, action: Action, width: int, height: int, resolution: int, original: Square
) -> Square:
    """The square after a press, in a `width` x `height` px picture; the very same where that
    changes nothing.

    It lies inside the picture and has at least `least_side(resolution)` px across, or all of the
    short side. Only what "whole" makes, and "looser" past the short side, reaches over the edges:
    the square around the whole picture, which cannot be moved and goes back inside by "tighter".
    `original` is what "reset" goes back to.
    """
    short = min(width, height)
    if action == "reset":
        return original
    if action == "whole":
        return _whole(width, height)
    if action in _MOVES:
        if _reaches_out(square, width, height):
            return square
        x, y = (way * round(square.side * _STEP) for way in _MOVES[action])
        return _inside(square.x + x, square.y + y, square.side, width, height)
    if action == "looser":
        if square.side >= short:
            return _whole(width, height)
        side = min(short, round(square.side * (1 + _STEP)))
    elif _reaches_out(square, width, height):
        side = short
    else:
        smaller = round(square.side / (1 + _STEP))
        side = min(square.side, max(smaller, least_side(resolution)))
    return _resized(square, side, width, height)


def refit(square: Square, seen: Seen, resolution: int) -> Square:
    """What becomes of a member's square for a base of another resolution: where its middle was,
    grown as far as it must. One around the whole picture stays it."""
    if _reaches_out(square, seen.width, seen.height):
        return square
    side = min(max(square.side, least_side(resolution)), seen.width, seen.height)
    return _resized(square, side, seen.width, seen.height)


def _whole(width: int, height: int) -> Square:
    side = max(width, height)
    return Square((width - side) // 2, (height - side) // 2, side)


def _reaches_out(square: Square, width: int, height: int) -> bool:
    right, bottom = square.x + square.side, square.y + square.side
    return min(square.x, square.y) < 0 or right > width or bottom > height


def _resized(square: Square, side: int, width: int, height: int) -> Square:
    """Around the same middle, as far as the picture's edges let it."""
    by = (square.side - side) // 2
    return _inside(square.x + by, square.y + by, side, width, height)


def _inside(x: int, y: int, side: int, width: int, height: int) -> Square:
    return Square(min(max(0, x), width - side), min(max(0, y), height - side), side)
