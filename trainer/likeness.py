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


def faces(pictures: Sequence[Image.Image]) -> list[Face | None]:
    """The 128 numbers of the largest face of each picture; None where none is found."""
    return [_face(picture) for picture in pictures]


def distance(photos: Sequence[Image.Image], pictures: Sequence[Image.Image]) -> float | None:
    """The mean distance of the pictures' faces from the middle one of the photos' (their medoid);
    None where either have none. The same person: mostly under 0.5."""
    known = [face for face in faces(photos) if face is not None]
    drawn = [face for face in faces(pictures) if face is not None]
    if not known or not drawn:
        return None
    rows = np.array(known)
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    middle = rows[int(np.median(apart, axis=1).argmin())]
    return float(np.mean([np.linalg.norm(face - middle) for face in drawn]))


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
