"""The parts of a person that a picture shows, as masks: the face, the hair, the clothes, and what
lies behind.

The face is the hull of its mesh; the person is MediaPipe's selfie segmentation, brought to the
picture's own edges by a guided filter (He, Sun and Tang, "Guided Image Filtering", 2010). Hair and
clothes are told apart by where they lie: a proposal, which its member sees, grows and shrinks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

import cv2
import numpy as np

from bot.photos.faces import Found, find_faces
from bot.photos.mask import WHITE, MaskRefused, from_levels
from bot.photos.mesh import ROOM, SIDE, lay_mesh
from bot.photos.weights import network

if TYPE_CHECKING:
    from numpy.typing import NDArray

Area: TypeAlias = Literal["face", "hair", "clothes", "background"]
AREAS: Final[tuple[Area, ...]] = get_args(Area)

#: Longest side in px at which areas are sought; a mask needs no finer edges.
_WORKED: Final = 768
_SEGMENTED: Final = 256
#: YuNet's score, and the mesh's: a face of which the mesh is not sure is an ellipse in its box.
#: More is believed than of a photo to learn from: the member looks at the mask before it is used.
_LEAST_SCORE: Final = 0.55
_LEAST_MESH: Final = 0.5
#: Share of the picture that is a person at least.
_LEAST_PERSON: Final = 0.01
#: From which probability on it is the person; and up to which it is what lies behind.
_SURE: Final = 0.5
_NOBODY: Final = 0.4
#: Shares of the face's height. The mesh ends at the hairline's skin and the jaw: this much more is
#: face. Hair is sought this far around, and clothes begin this far under the chin.
_GROWN: Final = 0.06
_BESIDE: Final = 0.75
_NECK: Final = 0.75
#: Distance in Lab up to which something next to the face is skin; its shade counts little.
_SKIN: Final = 11.0
_LIGHT: Final = np.array([0.3, 1, 1], np.float32)
#: The same of hair that falls beside the face and on the shoulders, how far it does by the face's
#: height, and how much of it there may be by the hair above: more is a coat of that colour.
_HAIR: Final = 14.0
_HAIR_LIGHT: Final = np.array([0.6, 1, 1], np.float32)
_FALLS: Final = 1.0
_MOST_FALLEN: Final = 2.5
#: Reach of the guided filter by the longest side, and what it takes for no edge, of luma 0 to 1.
_REACH: Final = 1 / 64
_SMOOTH: Final = 1e-3


def area_mask(pixels: NDArray[np.uint8], area: Area) -> NDArray[np.uint8]:
    """The mask of an area of H x W x 3 RGB pixels. Raises MaskRefused: no_face, no_person, no_hair,
    no_clothes."""
    height, width = pixels.shape[:2]
    scale = min(1.0, _WORKED / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    small: NDArray[np.uint8] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    found = _found(small, area)
    levels = cv2.GaussianBlur(found.astype(np.uint8) * WHITE, (0, 0), max(size) / 500)
    return from_levels(cv2.resize(levels, (width, height), interpolation=cv2.INTER_LINEAR))


def _found(pixels: NDArray[np.uint8], area: Area) -> NDArray[np.bool_]:
    if area == "background":
        return person(pixels) < _NOBODY
    face = _face(pixels)
    if area == "face":
        if face is None:
            raise MaskRefused("no_face")
        return face.mask
    none = MaskRefused("no_hair" if area == "hair" else "no_clothes")
    body = person(pixels) >= _SURE
    if face is None:
        raise none
    found = _hair(pixels, body, face)
    if area == "clothes":
        found = _clothes(pixels, body & ~found, face)
    if found.mean() < _LEAST_PERSON / 4:
        raise none
    return found


@dataclass(frozen=True)
class _Face:
    """Its mask, a little grown, and its ends in pixels."""

    mask: NDArray[np.bool_]
    left: int
    top: int
    right: int
    bottom: int

    @property
    def height(self) -> int:
        return self.bottom - self.top


def _face(pixels: NDArray[np.uint8]) -> _Face | None:
    """The largest face, if there is one."""
    for found in find_faces(pixels):
        sure = [one for one in found if one.score >= _LEAST_SCORE]
        if sure:
            return _outlined(pixels, sure[0])
    return None


def _outlined(pixels: NDArray[np.uint8], found: Found) -> _Face:
    mesh = lay_mesh(pixels, found)
    box = found.box
    levels = np.zeros(pixels.shape[:2], np.uint8)
    if mesh.sure >= _LEAST_MESH:
        (rx, ry), (lx, ly) = found.points[:2]
        turn = math.atan2(ly - ry, lx - rx)
        offset = (mesh.points[:, :2] / SIDE - 0.5) * ROOM * max(box.width, box.height)
        cos, sin = math.cos(turn), math.sin(turn)
        x = box.x + box.width / 2 + cos * offset[:, 0] - sin * offset[:, 1]
        y = box.y + box.height / 2 + sin * offset[:, 0] + cos * offset[:, 1]
        hull = cv2.convexHull(np.rint(np.stack([x, y], axis=1)).astype(np.int32))
        cv2.fillConvexPoly(levels, hull, WHITE)
    else:
        middle = box.x + box.width // 2, box.y + box.height // 2
        cv2.ellipse(levels, middle, (box.width // 2, box.height // 2), 0, 0, 360, WHITE, -1)
    side = 2 * max(1, round(_GROWN * box.height)) + 1
    levels = cv2.dilate(levels, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    rows, columns = np.flatnonzero(levels.any(axis=1)), np.flatnonzero(levels.any(axis=0))
    if not rows.size:
        raise MaskRefused("no_face")
    return _Face(levels > 0, columns[0], rows[0], columns[-1] + 1, rows[-1] + 1)


def person(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """0 to 1 for each of H x W x 3 RGB pixels: how surely it is of a person. Raises MaskRefused
    where nobody is to be seen."""
    height, width = pixels.shape[:2]
    small = cv2.resize(pixels, (_SEGMENTED, _SEGMENTED), interpolation=cv2.INTER_AREA)
    net = network("selfie_segmentation")
    net.setInput(cv2.dnn.blobFromImage(small, 1 / 255))
    coarse = cv2.resize(net.forward()[0, 0], (width, height), interpolation=cv2.INTER_LINEAR)
    if (coarse >= _SURE).mean() < _LEAST_PERSON:
        raise MaskRefused("no_person")
    return _guided(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255, coarse)


def _guided(guide: NDArray[np.float32], coarse: NDArray[np.float32]) -> NDArray[np.float32]:
    """`coarse` with the edges of `guide`."""
    reach = 2 * max(2, round(_REACH * max(guide.shape))) + 1

    def mean(plane: NDArray[np.floating]) -> NDArray[np.float32]:
        blurred: NDArray[np.float32] = cv2.blur(plane, (reach, reach))
        return blurred

    of_guide, of_coarse = mean(guide), mean(coarse)
    slope = (mean(guide * coarse) - of_guide * of_coarse) / (
        mean(guide * guide) - of_guide * of_guide + _SMOOTH
    )
    fine: NDArray[np.float32] = mean(slope) * guide + mean(of_coarse - slope * of_guide)
    return fine


def _hair(pixels: NDArray[np.uint8], body: NDArray[np.bool_], face: _Face) -> NDArray[np.bool_]:
    """Above the face's middle and beside it, in one piece, and lower down what has the colour of
    that: there are neck and shoulders, too."""
    middle, around = face.top + face.height // 2, round(_BESIDE * face.height)
    near = body & ~face.mask
    near[:, : max(0, face.left - around)] = False
    near[:, face.right + around :] = False
    near[face.bottom + round(_FALLS * face.height) :] = False
    above = near.copy()
    above[middle:] = False
    above = _touching(above, (slice(0, middle), slice(face.left, face.right)))
    if not above.any():
        return above
    lab = _lab(pixels) * _HAIR_LIGHT
    alike = np.linalg.norm(lab - np.median(lab[above], axis=0), axis=2) < _HAIR
    hair = _touching(_closed(near & (alike | above), face) | above, np.nonzero(above)) & near
    if np.count_nonzero(hair) > (1 + _MOST_FALLEN) * np.count_nonzero(above):
        hair[face.bottom :] = False
    return hair


def _clothes(pixels: NDArray[np.uint8], body: NDArray[np.bool_], face: _Face) -> NDArray[np.bool_]:
    """Of a body without its hair what is under the chin's height and no skin of the neck."""
    lab = _lab(pixels) * _LIGHT
    skin = np.linalg.norm(lab - np.median(lab[face.mask], axis=0), axis=2) < _SKIN
    if np.ptp(lab[body][:, 1:], axis=0).max() < _SKIN:  # in black and white nothing tells it
        skin[:] = False
    skin[face.bottom + round(_NECK * face.height) :] = False
    skin = _touching(skin & body | face.mask, (slice(face.top, face.bottom), slice(None)))
    clothes = body & ~face.mask & ~skin
    clothes[: face.bottom - round(_GROWN * face.height)] = False
    return _closed(clothes, face)


def _lab(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    lab: NDArray[np.float32] = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
    return lab


def _touching(mask: NDArray[np.bool_], where: Any) -> NDArray[np.bool_]:
    """The pieces of a mask that reach into that part of the picture."""
    _, labels = cv2.connectedComponents(mask.astype(np.uint8))
    there = np.unique(labels[where])
    return mask & np.isin(labels, there[there > 0])


def _closed(mask: NDArray[np.bool_], face: _Face) -> NDArray[np.bool_]:
    """A mask without specks and small holes."""
    levels = mask.astype(np.uint8)
    for how, share in ((cv2.MORPH_OPEN, 40), (cv2.MORPH_CLOSE, 12)):
        side = 2 * max(1, round(face.height / share)) + 1
        brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side))
        levels = cv2.morphologyEx(levels, how, brush)
    return levels > 0
