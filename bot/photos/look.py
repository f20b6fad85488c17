"""Look at a picture: everything that needs its pixels, once, as numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from PIL import Image

from bot.photos import expression
from bot.photos.alike import prints
from bot.photos.background import background
from bot.photos.body import Body, find_body
from bot.photos.faces import Found, enlarged, find_faces
from bot.photos.mesh import Mesh, flat_share, lay_mesh
from bot.photos.nsfw import nsfw
from bot.photos.quality import Measured
from bot.photos.seen import Face, Seen
from bot.photos.shapes import Box, scaled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from bot.photos.terms import Framing, Kind

#: YuNet's score. At 0.7 it misses none of 65 portraits, and takes 7 of 44 photos without people for
#: faces: carved heads, a cheetah, a woman from behind.
SURE_FACE: Final = 0.7
#: The mesh: of real faces it is surer than 0.97, but for heads turned far away (0.6 to 0.9); of a
#: carved head it was 0.78 sure, of a boot with eyelets 0.94. In between a plain face with both
#: shoulders in view decides.
SURE_MESH: Final = 0.97
LEAST_MESH: Final = 0.5
#: A face alone in a picture must have a body under it, or around it: of real ones it is surer than
#: 0.9, of carved or painted ones mostly less than 0.2.
ALONE_BODY: Final = 0.6
#: What is believed of a body among others, who hide parts of it.
SURE_BODY: Final = 0.2
#: A small profile is beyond the mesh, so a plain body under a plain face is enough. Its shoulders
#: are this wide, and this far under the chin, in face widths and heights.
PLAIN_FACE: Final = 0.85
PLAIN_BODY: Final = 0.95
PLAIN_SHOULDERS: Final = 0.85
SHOULDERS_WIDE: Final = (1.2, 4.0)
SHOULDERS_BELOW: Final = (0.0, 1.2)
#: Share of a face without any texture. Of 68 photographed ones at most 0.08, of 22 drawn ones, in
#: which mesh and body believe, at least 0.27.
DRAWN_FROM: Final = 0.17
#: Longest side in px of what YuNet (640) and the other networks (224 and 256) are shown.
_SMALL: Final = 1024
#: Share of the picture's longer side: smaller faces are passers-by far away.
LEAST_FACE: Final = 0.04
#: Faces whose bodies are looked for, the largest ones; of others the face's place decides.
MOST_BODIES: Final = 4
#: How far the frame reaches down from the shoulders to the hips, by that way: from the waist on,
#: which lies a quarter above the hips, it is a torso.
TORSO_FROM: Final = 0.75
#: The same where no body is to be seen, in face heights under the chin.
TORSO_BELOW: Final = 1.7
#: What shows under the chin and what shows under the shoulders, the mean of both in face heights,
#: is a chest from here on; either alone is misled more often, by a head held low or by hair. These
#: lines were fitted to the labelled portraits for choosing (tests/photographs).
CHEST_FROM: Final = 0.55
#: The same where no body is to be seen: of what shows under the chin alone.
CHEST_BELOW: Final = 0.8


def look(picture: Image.Image, *, kind: Kind) -> Seen:
    """Measure an upright RGB picture. Of drawn characters every face-like thing counts as a face:
    what tells real faces from others would not believe in theirs.
    """
    pixels = np.asarray(picture)
    height, width = pixels.shape[:2]
    small = _small(pixels)
    measured = Measured(small, width)
    faces = _faces(pixels, small, measured, is_drawn=kind == "character")
    main = faces[0].box if faces else None
    return Seen(
        width=width,
        height=height,
        faces=faces,
        sharpness=measured.sharpness(),
        light=measured.light(),
        clipped=measured.clipped(main),
        nsfw=nsfw(small),
        background=background(small, kind, main and _in_small(main, small, width)),
        prints=prints(small),
    )


def warm() -> None:
    """Load every network and let it run once, as a photo with a face in it does."""
    pixels = np.full((64, 64, 3), 128, np.uint8)
    face = Found(Box(8, 8, 32, 32), ((16.0, 20.0), (32.0, 20.0)), 1.0)
    lay_mesh(pixels, face)
    find_body(pixels, face.box)
    look(Image.fromarray(pixels), kind="person")


def _small(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What the networks look at, who see no more: shrinking a large picture is what costs. By a
    whole number, which costs least.
    """
    share = math.ceil(max(pixels.shape[:2]) / _SMALL)
    if share == 1:
        return pixels
    size = max(1, pixels.shape[1] // share), max(1, pixels.shape[0] // share)
    small: NDArray[np.uint8] = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return small


def _in_small(box: Box, small: NDArray[np.uint8], width: int) -> Box:
    """A box of the picture, which is `width` px wide, in the small one."""
    return scaled(box, small.shape[1] / width, small.shape[1], small.shape[0])


def _faces(
    pixels: NDArray[np.uint8], small: NDArray[np.uint8], measured: Measured, *, is_drawn: bool
) -> tuple[Face, ...]:
    """The faces of a picture, from the first size at which there may be some; else the one that
    was the least faint, if there is a plain body under it.
    """
    least = LEAST_FACE * max(small.shape[:2])
    faint: list[Found] = []
    for found in find_faces(small):
        large = [one for one in found if one.box.height >= least]
        sure = [one for one in large if one.score >= SURE_FACE]
        near = [
            _closer(pixels, small, one, wants_body=not is_drawn and number < MOST_BODIES)
            for number, one in enumerate(sure)
        ]
        if sure:
            alone = len(sure) == 1
            return tuple(
                _face(one, len(small), measured)
                for one in near
                if is_drawn
                or (
                    is_face(one.found, one.mesh.sure, one.body, alone=alone)
                    and flat_share(one.mesh) < DRAWN_FROM
                )
            )
        faint += large
    for one in sorted(faint, key=lambda one: -one.score)[: 0 if is_drawn else 1]:
        closer = _closer(pixels, small, one, wants_body=True)
        if closer.body and closer.mesh.sure >= SURE_MESH and is_plain(closer.body):
            return (_face(closer, len(small), measured),)
    return ()


@dataclass(frozen=True)
class _Closer:
    """A face found in the small picture, the same in the large one, and what was laid on them."""

    found: Found
    large: Found
    mesh: Mesh
    body: Body | None


def _closer(
    pixels: NDArray[np.uint8], small: NDArray[np.uint8], found: Found, *, wants_body: bool
) -> _Closer:
    height, width = pixels.shape[:2]
    large = enlarged(found, max(width, height) / max(small.shape[:2]), width, height)
    body = find_body(small, found.box) if wants_body else None
    return _Closer(found, large, lay_mesh(pixels, large), body)


def _face(one: _Closer, height: int, measured: Measured) -> Face:
    """`height` is the small picture's."""
    return Face(
        box=one.large.box,
        points=one.large.points,
        score=one.large.score,
        framing=framing(one.found, one.body, height),
        yaw=expression.yaw(one.mesh),
        pitch=expression.pitch(one.mesh),
        mouth=expression.mouth(one.mesh),
        smile=expression.smile(one.mesh),
        eyes=expression.eyes(one.mesh),
        sharpness=measured.sharpness(one.large.box),
        light=measured.light(one.large.box),
        covered=expression.covered(one.mesh),
    )


def is_plain(body: Body) -> bool:
    """Whether there is a body beyond doubt, with both shoulders in view."""
    return body.sure >= PLAIN_BODY and min(sure for _, _, sure in body.shoulders) >= PLAIN_SHOULDERS


def is_face(found: Found, mesh_sure: float, body: Body | None, *, alone: bool) -> bool:
    """Whether what YuNet found is a real face: told by the mesh on it and the body under it, which
    is only looked for under the largest. `alone`: there is no other that may be one.
    """
    if body is None:
        return mesh_sure >= LEAST_MESH
    if mesh_sure >= SURE_MESH:
        return not alone or body.sure >= ALONE_BODY
    if mesh_sure >= LEAST_MESH:
        seen = min(sure for _, _, sure in body.shoulders) >= PLAIN_SHOULDERS
        return seen and found.score >= PLAIN_FACE
    (left, left_y, _), (right, right_y, _) = body.shoulders
    wide = abs(left - right) / found.box.width
    below = ((left_y + right_y) / 2 - found.box.y - found.box.height) / found.box.height
    return (
        found.score >= PLAIN_FACE
        and is_plain(body)
        and SHOULDERS_WIDE[0] <= wide <= SHOULDERS_WIDE[1]
        and SHOULDERS_BELOW[0] <= below <= SHOULDERS_BELOW[1]
    )


def framing(face: Found, body: Body | None, height: int) -> Framing:
    """What a picture `height` px high shows of the person with that face."""
    tall = face.box.height
    below = (height - face.box.y - tall) / tall
    if body is None or body.sure < SURE_BODY:
        return "torso" if below >= TORSO_BELOW else "chest" if below >= CHEST_BELOW else "face"
    shoulders = sum(y for _, y, _ in body.shoulders) / 2
    hips = sum(y for _, y, _ in body.hips) / 2
    # Bent over or lying down they come to lie side by side.
    if (height - shoulders) / max(hips - shoulders, tall) >= TORSO_FROM:
        return "torso"
    return "chest" if (below + (height - shoulders) / tall) / 2 >= CHEST_FROM else "face"
