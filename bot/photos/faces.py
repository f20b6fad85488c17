"""Find faces, with YuNet (Wu, Peng and Yu, "YuNet: A Tiny Millisecond-level Face Detector",
2023).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bot.photos.shapes import Box, scaled
from bot.photos.weights import weights

if TYPE_CHECKING:
    from numpy.typing import NDArray

WEIGHTS: Final = "face_detection_yunet_2023mar.onnx"
#: Low: what is no face is told by the mesh and the body afterwards.
MIN_SCORE: Final = 0.4
_OVERLAP: Final = 0.3  # of two boxes that are one face: YuNet's own default
_MOST_FACES: Final = 50
#: Longest sides in pixels at which faces are searched. 640 finds the small ones; a face that fills
#: the frame is larger than YuNet knows there and shows only further down.
_SEARCH_SIDES: Final = (640, 320, 160)
#: Pixels; the coarsest grid of YuNet has fields of 32, and one row of them is not enough.
_LEAST_SIDE: Final = 64


@dataclass(frozen=True)
class Found:
    """What may be a face: its box, five points (right eye, left eye, nose, right and left corner
    of the mouth, as the person has them) in pixels, score 0 to 1.
    """

    box: Box
    points: tuple[tuple[float, float], ...]
    score: float


def enlarged(found: Found, scale: float, width: int, height: int) -> Found:
    """The same in a picture `scale` times as large, `width` x `height` px."""
    return Found(
        scaled(found.box, scale, width, height),
        tuple((x * scale, y * scale) for x, y in found.points),
        found.score,
    )


def find_faces(pixels: NDArray[np.uint8]) -> Iterator[tuple[Found, ...]]:
    """What may be human faces in H x W x 3 RGB pixels, the largest first: once for each size at
    which they are searched, until nobody asks any more. Too thin a picture has none: the detector
    would invent some.
    """
    height, width = pixels.shape[:2]
    natural = min(max(width, height), _SEARCH_SIDES[0])
    for side in (natural, *(s for s in _SEARCH_SIDES if s < natural)):
        scale = side / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        if min(size) < _LEAST_SIDE:
            return
        detector = _detector()
        detector.setInputSize(size)
        small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
        found = detector.detect(cv2.cvtColor(small, cv2.COLOR_RGB2BGR))[1]
        if found is not None:
            rows = [row for row in found / scale if _is_inside(row, width, height)]
            faces = [_face(row, row[14] * scale, width, height) for row in rows]
            yield tuple(sorted(faces, key=lambda face: -face.box.height))


def _is_inside(row: NDArray[np.float32], width: int, height: int) -> bool:
    """Whether a row of YuNet can be a face of the picture at all: on very thin pictures it has
    been seen to return boxes of 1e24 pixels, and none at all of numbers."""
    x, y, w, h = (float(value) for value in row[:4])
    return bool(np.isfinite(row).all()) and 0 <= x + w / 2 <= width and 0 <= y + h / 2 <= height


def _face(row: NDArray[np.float32], score: float, width: int, height: int) -> Found:
    """One row of YuNet: x, y, width, height, five points; its box may stick out of the picture."""
    x, y, w, h = (float(value) for value in row[:4])
    left, top = int(np.clip(x, 0, width - 1)), int(np.clip(y, 0, height - 1))
    right = int(np.clip(np.ceil(x + w), left + 1, width))
    bottom = int(np.clip(np.ceil(y + h), top + 1, height))
    points = tuple((float(px), float(py)) for px, py in row[4:14].reshape(5, 2))
    return Found(Box(left, top, right - left, bottom - top), points, float(score))


@cache
def _detector() -> cv2.FaceDetectorYN:
    return cv2.FaceDetectorYN.create(
        "onnx",
        np.frombuffer(weights(WEIGHTS), np.uint8),
        np.empty(0, np.uint8),
        (_SEARCH_SIDES[0], _SEARCH_SIDES[0]),
        MIN_SCORE,
        _OVERLAP,
        _MOST_FACES,
    )
