"""The whole head around a face: hair, ears, chin, and what is behind a face that looks aside."""

from __future__ import annotations

import math
from typing import Final

from bot.photos.seen import Face
from bot.photos.shapes import Box

#: All in face lengths. Over the box, which ends in the middle of the forehead: the crown and hair.
_CROWN: Final = 0.45
_EARS: Final = 0.15
_CHIN: Final = 0.1
#: Behind the box of a face in profile, which ends at the ear.
_BACK: Final = 0.5
_POINTS: Final = 5


def head_of(face: Face, width: int, height: int) -> Box:
    """The box of the whole head, however it is held, as far as it is in a `width` x `height` px
    picture."""
    box, length = face.box, length_of(face)
    up_x, up_y = _up(face)
    # A face that looks to the right of the picture has its back of the head on the left.
    behind = -_BACK * math.sin(math.radians(face.yaw))
    #: How far up and to the right of itself the box is moved to cover each part.
    moves = ((0, 0), (_CROWN, 0), (-_CHIN, 0), (0, _EARS), (0, -_EARS), (0, behind))
    xs = [length * (up * up_x - right * up_y) for up, right in moves]
    ys = [length * (up * up_y + right * up_x) for up, right in moves]
    left, top = max(0, math.floor(box.x + min(xs))), max(0, math.floor(box.y + min(ys)))
    right = min(width, math.ceil(box.x + box.width + max(xs)))
    bottom = min(height, math.ceil(box.y + box.height + max(ys)))
    return Box(left, top, right - left, bottom - top)


def length_of(face: Face) -> int:
    """From the forehead to the chin, in pixels: the box of a face that lies down is wide."""
    return max(face.box.width, face.box.height)


def _up(face: Face) -> tuple[float, float]:
    """Where the crown is, as a step of length 1: from the mouth to the eyes."""
    if len(face.points) != _POINTS:
        return 0.0, -1.0
    right_eye, left_eye, _, right_corner, left_corner = face.points
    x = right_eye[0] + left_eye[0] - right_corner[0] - left_corner[0]
    y = right_eye[1] + left_eye[1] - right_corner[1] - left_corner[1]
    far = math.hypot(x, y)
    return (x / far, y / far) if far else (0.0, -1.0)
