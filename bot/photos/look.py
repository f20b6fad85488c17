"""What a photo shows: faces, focus, light, fingerprints."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from bot.photos.crop import Box
from bot.photos.phash import mirror_phash, phash

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from bot.photos.terms import Framing, Kind

WEIGHTS: Final = Path(__file__).parent / "models" / "face_detection_yunet_2023mar.onnx"
WEIGHTS_SHA256: Final = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"
#: On 44 photos: no false face on all but one of 24 without people, none of 10 portraits missed.
MIN_SCORE: Final = 0.7
_OVERLAP: Final = 0.3  # of two boxes that are one face: YuNet's own default
_MOST_FACES: Final = 50
#: Longest sides in pixels at which faces are searched, until one shows any. 640 finds the small
#: ones; a face that fills the frame is larger than YuNet knows there and shows only further down.
_SEARCH_SIDES: Final = (640, 320, 160)
#: Pixels; the coarsest grid of YuNet has fields of 32, and one row of them is not enough.
_LEAST_SIDE: Final = 64
#: A face counts beside the main one from this share of its height on; smaller ones are passers-by.
_COMPARABLE: Final = 1 / 3
_SHARPNESS_SIDE: Final = 512
#: Sharp portraits lie above 100 at 512 px, a Gaussian blur of 1.5 px brings them under 45.
BLURRY_BELOW: Final = 60.0
#: Of the whole frame and low on purpose: only a night shot is meant, never dark skin.
DARK_BELOW: Final = 35.0
#: Face heights that show below the chin. The navel is 2 heads under the chin, a head about 1.3
#: detected faces: at 2.0 the frame ends at the lower ribs. Hips are often just cut off in photos
#: that everybody calls half-length, so the line is drawn there and not at the waist.
TORSO_FROM: Final = 2.0


@dataclass(frozen=True)
class Face:
    """A human face: box, five points (right eye, left eye, nose, right and left corner of the
    mouth, as the person has them), in pixels; score 0 to 1.
    """

    box: Box
    points: tuple[tuple[float, float], ...]
    score: float


@dataclass(frozen=True)
class Seen:
    """What was seen; `faces` come largest first. The other fields are explained in Examined."""

    faces: tuple[Face, ...]
    sharpness: float
    light: float
    phash: str
    mirror_phash: str
    warnings: tuple[str, ...]

    @property
    def verdict(self) -> str:
        """The gravest warning, or "good"."""
        return self.warnings[0] if self.warnings else "good"

    @property
    def face(self) -> Face | None:
        """The one face the photo is of; None where there is none or several could be meant."""
        return self.faces[0] if len(_comparable(self.faces)) == 1 else None


def look(picture: Image.Image, *, kind: Kind) -> Seen:
    """Measure an upright RGB picture; only of a person is a face asked for."""
    pixels = np.asarray(picture)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    faces = find_faces(pixels)
    main = faces[0].box if faces and kind in ("person", "character") else None
    sharpness = _sharpness(grey, main)
    light = float(grey.mean())
    warnings = []
    if kind == "person" and not faces:
        warnings.append("no_face")
    if kind == "person" and len(_comparable(faces)) > 1:
        warnings.append("many_faces")
    if sharpness < BLURRY_BELOW:
        warnings.append("blurry")
    if light < DARK_BELOW:
        warnings.append("dark")
    return Seen(faces, sharpness, light, phash(pixels), mirror_phash(pixels), tuple(warnings))


def framing_of(seen: Seen, height: int) -> Framing:
    """What a photo of a person counts as, in a picture `height` px high."""
    if seen.face is None:
        return "other"
    box = seen.face.box
    below = height - (box.y + box.height)
    return "torso" if below >= TORSO_FROM * box.height else "face"


def find_faces(pixels: NDArray[np.uint8]) -> tuple[Face, ...]:
    """The human faces in H x W x 3 RGB pixels, the largest first."""
    height, width = pixels.shape[:2]
    bgr = cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR)
    natural = min(max(width, height), _SEARCH_SIDES[0])
    for side in (natural, *(s for s in _SEARCH_SIDES if s < natural)):
        scale = side / max(width, height)
        size = max(1, round(width * scale)), max(1, round(height * scale))
        if min(size) < _LEAST_SIDE:
            return ()  # too thin for a face at this scale, and the detector invents some
        detector = _detector()
        detector.setInputSize(size)
        found = detector.detect(cv2.resize(bgr, size, interpolation=cv2.INTER_AREA))[1]
        if found is not None:
            rows = [row for row in found / scale if _is_inside(row, width, height)]
            faces = [_face(row, row[14] * scale, width, height) for row in rows]
            return tuple(sorted(faces, key=lambda face: -face.box.height))
    return ()


def _is_inside(row: NDArray[np.float32], width: int, height: int) -> bool:
    """Whether a row of YuNet can be a face of the picture at all: on very thin pictures it has
    been seen to return boxes of 1e24 pixels, and none at all of numbers."""
    x, y, w, h = (float(value) for value in row[:4])
    return bool(np.isfinite(row).all()) and 0 <= x + w / 2 <= width and 0 <= y + h / 2 <= height


def _face(row: NDArray[np.float32], score: float, width: int, height: int) -> Face:
    """One row of YuNet: x, y, width, height, five points; its box may stick out of the picture."""
    x, y, w, h = (float(value) for value in row[:4])
    left, top = int(np.clip(x, 0, width - 1)), int(np.clip(y, 0, height - 1))
    right = int(np.clip(np.ceil(x + w), left + 1, width))
    bottom = int(np.clip(np.ceil(y + h), top + 1, height))
    points = tuple((float(px), float(py)) for px, py in row[4:14].reshape(5, 2))
    return Face(Box(left, top, right - left, bottom - top), points, float(score))


def _comparable(faces: tuple[Face, ...]) -> tuple[Face, ...]:
    return tuple(f for f in faces if f.box.height >= _COMPARABLE * faces[0].box.height)


def _sharpness(grey: NDArray[np.uint8], box: Box | None) -> float:
    """Variance of the Laplacian with the longest side at 512 px; nothing is enlarged. Inside the
    face, if there is one: a soft background is no fault.
    """
    scale = min(1.0, _SHARPNESS_SIDE / max(grey.shape))
    size = max(1, round(grey.shape[1] * scale)), max(1, round(grey.shape[0] * scale))
    small = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
    edges = cv2.Laplacian(small, cv2.CV_64F)
    if box is not None:
        top, left = int(box.y * scale), int(box.x * scale)
        bottom = max(top + 1, round((box.y + box.height) * scale))
        right = max(left + 1, round((box.x + box.width) * scale))
        edges = edges[top:bottom, left:right]
    return float(edges.var())


@cache
def _detector() -> cv2.FaceDetectorYN:
    """YuNet, loaded once for each process; the weights must be the ones known."""
    weights = WEIGHTS.read_bytes()
    if hashlib.sha256(weights).hexdigest() != WEIGHTS_SHA256:
        raise RuntimeError(f"{WEIGHTS.name} is not the file that Darkroom was checked with")
    return cv2.FaceDetectorYN.create(
        "onnx",
        np.frombuffer(weights, np.uint8),
        np.empty(0, np.uint8),
        (_SEARCH_SIDES[0], _SEARCH_SIDES[0]),
        MIN_SCORE,
        _OVERLAP,
        _MOST_FACES,
    )
