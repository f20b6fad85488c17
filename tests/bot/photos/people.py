"""What looking would say of made-up pictures."""

from __future__ import annotations

import math

from bot.photos.seen import Background, Face, Seen
from bot.photos.shapes import Box
from bot.photos.terms import Framing


def face(
    x: int,
    y: int,
    width: int,
    height: int,
    *,
    framing: Framing = "face",
    yaw: float = 0.0,
    roll: float = 0.0,
) -> Face:
    """A face with that box; `roll` in degrees, positive tilts its crown to the picture's right."""
    middle_x, middle_y = x + width / 2, y + height / 2
    up = math.sin(math.radians(roll)), -math.cos(math.radians(roll))
    points = tuple(
        (
            middle_x + height * (rise * up[0] - aside * up[1]),
            middle_y + height * (rise * up[1] + aside * up[0]),
        )
        for aside, rise in ((-0.2, 0.1), (0.2, 0.1), (0.0, -0.1), (-0.15, -0.3), (0.15, -0.3))
    )
    return Face(
        Box(x, y, width, height), points, 0.9, framing, yaw, 0.0, 0.0, 0.0, 0.3, 300.0, 120.0, ()
    )


def seen(width: int, height: int, *faces: Face) -> Seen:
    """A picture with those faces, largest first as looking gives them."""
    largest_first = tuple(sorted(faces, key=lambda one: -one.box.height))
    return Seen(width, height, largest_first, 300.0, 120.0, 0.0, 0.0, Background((), ""), "")
