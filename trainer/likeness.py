"""How near the faces of pictures are to those of the photos: for persons, where the `identity`
extra is installed.

dlib's network (King, "High Quality Face Recognition with Deep Metric Learning", 2017; its weights
are in the public domain) gives a face 128 numbers; those of one person mostly lie nearer than 0.6
to each other. The numbers of the photos are kept nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from importlib import resources, util
from statistics import fmean
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Face = NDArray[np.float64]

_PACKAGE: Final = "face_recognition_models"
_WEIGHTS: Final = (
    "shape_predictor_5_face_landmarks.dat",
    "dlib_face_recognition_resnet_model_v1.dat",
)
#: Smaller squares are enlarged: the detector finds no face under 80 pixels.
_SIDE: Final = 256


def is_installed() -> bool:
    """Whether the extra is there: `pip install '.[identity]'`."""
    return all(util.find_spec(name) for name in ("dlib", _PACKAGE))


def middle(photos: Sequence[Image.Image]) -> Face | None:
    """The face of the photos that lies in the middle of all (their medoid); None without any."""
    rows = np.array(_faces(photos))
    if not len(rows):
        return None
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    found: Face = rows[int(np.median(apart, axis=1).argmin())]
    return found


def distance(known: Face, pictures: Sequence[Image.Image]) -> float | None:
    """The mean distance of the pictures' faces from a known one; None where they have none."""
    apart = [float(np.linalg.norm(face - known)) for face in _faces(pictures)]
    return fmean(apart) if apart else None


def _faces(pictures: Sequence[Image.Image]) -> list[Face]:
    """The 128 numbers of the largest face of each picture that has any."""
    return [face for face in map(_face, pictures) if face is not None]


def _face(picture: Image.Image) -> Face | None:
    detector, points, network = _models()
    rgb = picture.convert("RGB")
    if rgb.width < _SIDE:
        rgb = rgb.resize((_SIDE, _SIDE), Image.Resampling.LANCZOS)
    pixels = np.array(rgb)
    boxes = sorted(detector(pixels, 0), key=lambda box: box.area())
    if not boxes:
        return None
    found = network.compute_face_descriptor(pixels, points(pixels, boxes[-1]))
    return np.array(found)


@cache
def _models() -> tuple[Any, Any, Any]:
    import dlib

    places = [str(resources.files(_PACKAGE).joinpath("models", name)) for name in _WEIGHTS]
    return (
        dlib.get_frontal_face_detector(),
        dlib.shape_predictor(places[0]),
        dlib.face_recognition_model_v1(places[1]),
    )
