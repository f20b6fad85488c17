"""What the points of a mesh say: where a face looks, its mouth and eyes, what hides them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.photos.mesh import Mesh
    from bot.photos.terms import Cover

#: Points of MediaPipe's canonical face model.
_CHEEKBONES: Final = (234, 454)
_FOREHEAD_CHIN: Final = (10, 152)
_LIPS: Final = (13, 14)
_LIP_CORNERS: Final = (78, 308)
_MOUTH_CORNERS: Final = (61, 291)
_EYES: Final = (((159, 145), (33, 133)), ((386, 374), (362, 263)))
_CHEEKS: Final = (205, 425)
#: The line from forehead to chin of a level face leans this far, degrees.
_LEVEL_PITCH: Final = 5.0
_SIDES: Final = ((159, 145), (386, 374))
_UNDER_LIDS: Final = (230, 450)
#: Luma by that of the cheeks. Glass is dark over both eyes and under them; a shadow lies on one
#: side, and a deep eye is light underneath. Of 55 portraits for choosing, the one in dark glasses
#: has 0.14 and 0.10 on its lighter side, no other less than 0.53 and 0.7.
_SHADES_EYES: Final = 0.45
_SHADES_UNDER: Final = 0.55
#: Or the eyes are dark and even: an open or shut eye has lashes, iris and white in it.
_SHADES_LIGHT: Final = 0.6
_SHADES_SPREAD: Final = 0.14


def yaw(mesh: Mesh) -> float:
    """Degrees, 0 to the camera, positive turned to the right of the picture."""
    right, left = (mesh.points[i] for i in _CHEEKBONES)
    return math.degrees(math.atan2(float(left[2] - right[2]), float(left[0] - right[0])))


def pitch(mesh: Mesh) -> float:
    """Degrees, positive looks up."""
    top, bottom = (mesh.points[i] for i in _FOREHEAD_CHIN)
    leans = math.degrees(math.atan2(float(bottom[2] - top[2]), float(bottom[1] - top[1])))
    return _LEVEL_PITCH - leans


def mouth(mesh: Mesh) -> float:
    """Height of the mouth's opening by its width, 0 closed."""
    return _share(mesh, _LIPS, _LIP_CORNERS)


def smile(mesh: Mesh) -> float:
    """How far the corners of the mouth lie above its middle, by its width; hanging ones below 0."""
    middle = sum(float(mesh.points[i, 1]) for i in _LIPS) / 2
    corners = sum(float(mesh.points[i, 1]) for i in _MOUTH_CORNERS) / 2
    return (middle - corners) / max(_distance(mesh, _MOUTH_CORNERS), 1.0)


def eyes(mesh: Mesh) -> float:
    """Height of the eyes' opening by their width, the mean of both."""
    return sum(_share(mesh, lids, corners) for lids, corners in _EYES) / 2


def covered(mesh: Mesh) -> tuple[Cover, ...]:
    """What hides a part of the face. Only dark glasses are told, and only when they are plain."""
    grey = cv2.cvtColor(mesh.chip, cv2.COLOR_RGB2GRAY).astype(np.float32)
    cheeks = max(float(np.mean([_patch(grey, mesh, i, 5).mean() for i in _CHEEKS])), 1.0)
    eyes_seen = [
        np.concatenate([_patch(grey, mesh, i, 6).ravel() for i in side]) / cheeks for side in _SIDES
    ]
    under = [_patch(grey, mesh, i, 3).mean() / cheeks for i in _UNDER_LIDS]
    is_glass = max(eye.mean() for eye in eyes_seen) < _SHADES_EYES and max(under) < _SHADES_UNDER
    both = np.concatenate(eyes_seen)
    is_even = both.mean() < _SHADES_LIGHT and both.std() < _SHADES_SPREAD
    return ("eyes",) if is_glass or is_even else ()


def _distance(mesh: Mesh, pair: tuple[int, int]) -> float:
    one, other = mesh.points[pair[0], :2], mesh.points[pair[1], :2]
    return float(np.hypot(*(one - other)))


def _share(mesh: Mesh, height: tuple[int, int], width: tuple[int, int]) -> float:
    return _distance(mesh, height) / max(_distance(mesh, width), 1.0)


def _patch(grey: NDArray[np.float32], mesh: Mesh, point: int, reach: int) -> NDArray[np.float32]:
    """The square around a point, at least one pixel of it inside."""
    side = len(grey) - 1
    x, y = (int(np.clip(value, 0, side)) for value in mesh.points[point, :2])
    return grey[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
