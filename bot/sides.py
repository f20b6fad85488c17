"""How far a picture is drawn on beyond each of its edges."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

Sides: TypeAlias = Literal["all", "left", "right", "up", "down", "wide", "tall", "square"]

#: Shares of the width or height, by choice of ours: what is added all around is a frame, what is
#: added to one side is half a picture.
_FRAME: Final = 0.25
_HALF: Final = 0.5
#: Width by height.
_SHAPES: Final = {"wide": 16 / 9, "tall": 9 / 16, "square": 1.0}
#: A shape that differs from the one wanted by less is that shape.
_ALIKE: Final = 0.02


#: The longest that a picture may become, in its shorter side: what the trainer works on, at most.
_LONGEST: Final = 2.0


class NoRoom(Exception):
    """There is nothing to add, or too much: `is_there` says which."""

    def __init__(self, *, is_there: bool) -> None:
        super().__init__()
        self.is_there = is_there


def beyond(sides: Sides, width: int, height: int) -> dict[str, float]:
    """Shares of the width (left, right) and the height (up, down) to be added, 0 to 1 each.

    Raises NoRoom where the picture has the shape already, or would become too long for any use.
    """
    added = _beyond(sides, width, height)
    across = width * (1 + added["left"] + added["right"])
    along = height * (1 + added["up"] + added["down"])
    if max(across, along) > _LONGEST * min(across, along) * (1 + _ALIKE):
        raise NoRoom(is_there=False)
    return added


def _beyond(sides: Sides, width: int, height: int) -> dict[str, float]:
    added = dict.fromkeys(("left", "right", "up", "down"), 0.0)
    if sides == "all":
        return dict.fromkeys(added, _FRAME)
    if sides not in _SHAPES:
        return added | {sides: _HALF}
    by = _SHAPES[sides] * height / width
    if abs(by - 1) < _ALIKE:
        raise NoRoom(is_there=True)
    ends, share = (("left", "right"), by - 1) if by > 1 else (("up", "down"), 1 / by - 1)
    if share / 2 > 1:
        raise NoRoom(is_there=False)
    return added | dict.fromkeys(ends, round(share / 2, 4))
