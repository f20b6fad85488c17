"""The shape of a face: MediaPipe's mesh of 468 points (Kartynnik et al., "Real-time Facial Surface
Geometry from Monocular Video on Mobile GPUs", 2019), laid on what may be a face.

The network wants the face upright in the middle of a square 1.5 times as large as its box, and
says how sure it is that there is a face at all. Numbers of points are those of MediaPipe's
canonical face model.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bot.photos.weights import network

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.photos.faces import Found

SIDE: Final = 192
ROOM: Final = 1.5
_BLOCK: Final = 8
_FLAT: Final = 2
_BLACK: Final = 5
_BURNT: Final = 250
#: The face itself in its square.
_FACE: Final = slice(SIDE // 6, SIDE - SIDE // 6)


@dataclass(frozen=True)
class Mesh:
    """A face's points in the upright square, and that square.

    points: 468 x 3, x and y in pixels of `chip`, z by the same measure, towards the back positive
    sure: 0 to 1, that this is a human face
    chip: SIDE x SIDE x 3 RGB pixels, the eyes level
    """

    points: NDArray[np.float32]
    sure: float
    chip: NDArray[np.uint8]


def lay_mesh(pixels: NDArray[np.uint8], found: Found) -> Mesh:
    """The mesh of one face of H x W x 3 RGB pixels."""
    box = found.box
    side = ROOM * max(box.width, box.height)
    (rx, ry), (lx, ly) = found.points[:2]
    turn = math.atan2(ly - ry, lx - rx)
    chip = square_of(pixels, (box.x + box.width / 2, box.y + box.height / 2), side, turn, SIDE)
    net = network("face_landmark")
    net.setInput(cv2.dnn.blobFromImage(chip, 1 / 255))
    sure, points = net.forward(("conv2d_31", "conv2d_21"))
    confidence = 1 / (1 + math.exp(-float(np.clip(sure.item(), -50, 50))))
    return Mesh(points.reshape(468, 3), confidence, chip)


def flat_share(mesh: Mesh) -> float:
    """How much of the face is of one colour, 0 to 1: which no skin is under a camera, and a drawn
    one mostly is. Of blocks of 8 x 8 pixels, those whose luma varies by no more than two steps;
    of all black or burnt out ones nothing can be said, and they do not count.
    """
    face = cv2.cvtColor(mesh.chip, cv2.COLOR_RGB2GRAY)[_FACE, _FACE]
    count = len(face) // _BLOCK
    blocks = face.reshape(count, _BLOCK, count, _BLOCK)
    low, high = blocks.min(axis=(1, 3)).astype(int), blocks.max(axis=(1, 3)).astype(int)
    is_flat = (high - low <= _FLAT) & (low > _BLACK) & (high < _BURNT)
    return float(is_flat.mean())


def square_of(
    pixels: NDArray[np.uint8],
    centre: tuple[float, float],
    side: float,
    turn: float,
    size: int,
) -> NDArray[np.uint8]:
    """`size` x `size` px of the square around `centre`, turned by `turn` radians clockwise as one
    looks at it, black outside the picture.

    Far larger squares are first shrunk: warping alone would only pick single pixels.
    """
    scale = size / side
    if scale < 1 / 2:
        # what the square can reach however it is turned, and not the rest of a large picture
        reach = side * math.sqrt(1 / 2)
        left, top = (max(0, int(at - reach)) for at in centre)
        right, bottom = (max(1, int(at + reach) + 1) for at in centre)
        part = pixels[min(top, len(pixels) - 1) : bottom, min(left, pixels.shape[1] - 1) : right]
        pixels = cv2.resize(part, None, fx=2 * scale, fy=2 * scale, interpolation=cv2.INTER_AREA)
        centre = (centre[0] - left) * 2 * scale, (centre[1] - top) * 2 * scale
        scale = 1 / 2
    cos, sin = scale * math.cos(turn), scale * math.sin(turn)
    x, y = centre
    forth = np.array(
        [
            [cos, sin, size / 2 - cos * x - sin * y],
            [-sin, cos, size / 2 + sin * x - cos * y],
        ]
    )
    square: NDArray[np.uint8] = cv2.warpAffine(pixels, forth, (size, size), flags=cv2.INTER_LINEAR)
    return square
