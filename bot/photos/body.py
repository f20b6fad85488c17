"""How much of a person a picture shows: MediaPipe's 33 body landmarks (Bazarevsky et al.,
"BlazePose: On-device Real-time Body Pose tracking", 2020), sought where the face says that the
body must be.

The network never looks without a face: it finds "people" in motorcycles and cheetahs. It wants
the body upright in a square around the middle of the hips; a first look at where a body of usual
measures would be says where that is, the second look is the answer.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bot.photos.mesh import square_of
from bot.photos.weights import network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.photos.shapes import Box

SIDE: Final = 256
_LANDMARKS: Final = 39  # 33 and helpers, of which the first two span the next square
_SHOULDERS: Final = (11, 12)
_HIPS: Final = (23, 24)
#: Face heights. By the artist's canon a body is 7.5 heads of 1.3 detected faces each; the hip
#: joints lie about 2.5 heads under the chin, and a circle around them that holds crown and feet
#: has 4 heads as its radius. The square is 1.25 times its diameter.
_HIPS_BELOW: Final = 0.5 + 2.5 * 1.3
_SQUARE: Final = 2 * 1.25 * 4 * 1.3


@dataclass(frozen=True)
class Body:
    """Where shoulders and hips are, in pixels of the picture, the person's left one first, each
    with 0 to 1 for how surely it can be seen; they may lie outside. `sure`: 0 to 1, that this is
    a body.
    """

    shoulders: tuple[tuple[float, float, float], ...]
    hips: tuple[tuple[float, float, float], ...]
    sure: float


def find_body(pixels: NDArray[np.uint8], face: Box) -> Body:
    """The body under a face of H x W x 3 RGB pixels."""
    centre = face.x + face.width / 2, face.y + (0.5 + _HIPS_BELOW) * face.height
    points, _ = _look(pixels, centre, _SQUARE * face.height, 0.0)
    middle, rim = points[33], points[34]
    radius = math.hypot(rim[0] - middle[0], rim[1] - middle[1])
    turn = math.atan2(rim[0] - middle[0], middle[1] - rim[1])
    points, sure = _look(pixels, (float(middle[0]), float(middle[1])), 2.5 * radius, turn)

    def pair(which: tuple[int, int]) -> tuple[tuple[float, float, float], ...]:
        return tuple((float(x), float(y), float(v)) for x, y, v in points[list(which)])

    return Body(pair(_SHOULDERS), pair(_HIPS), sure)


def _look(
    pixels: NDArray[np.uint8], centre: tuple[float, float], side: float, turn: float
) -> tuple[NDArray[np.float64], float]:
    """39 x (x, y in pixels of the picture, visibility 0 to 1), and the body's score."""
    side = max(side, 1.0)
    chip = square_of(pixels, centre, side, turn, SIDE)
    net = network("pose_landmark_full")
    net.setInput(cv2.dnn.blobFromImage(chip, 1 / 255))
    raw, sure = net.forward(("Identity", "Identity_1"))
    rows = raw.reshape(_LANDMARKS, 5).astype(np.float64)
    offset = (rows[:, :2] / SIDE - 0.5) * side
    cos, sin = math.cos(turn), math.sin(turn)
    x = centre[0] + cos * offset[:, 0] - sin * offset[:, 1]
    y = centre[1] + sin * offset[:, 0] + cos * offset[:, 1]
    seen = 1 / (1 + np.exp(-np.clip(rows[:, 3], -50, 50)))
    return np.stack([x, y, seen], axis=1), float(np.clip(sure.item(), 0, 1))
