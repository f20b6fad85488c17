"""What was seen on a photo: plain numbers, kept with its row, from which everything else (what it
counts as, where its squares lie, its caption, what it adds to the others) can be worked out again
without its pixels.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from bot.photos.shapes import Box
from bot.photos.terms import COVERS, FRAMINGS, Cover, Framing

#: Raised when looking changes so much that photos looked at before should be looked at again.
LOOKED: Final = 1


@dataclass(frozen=True)
class Face:
    """A human face.

    box, points: pixels of the upright picture; the points are right eye, left eye, nose, right
      and left corner of the mouth, as the person has them
    score: 0 to 1, how sure it is a face at all
    framing: what the picture shows of this person's body: "face", "chest" or "torso"
    yaw: degrees, 0 looks at the camera, positive turned to the right of the picture; -90 to 90
    pitch: degrees, positive looks up; rough
    mouth: height of its opening by its width, 0 is closed
    smile: how far its corners lie over its middle, by its width; below 0 they hang
    eyes: height of the opening by its width, mean of both; about 0.3 open, under 0.15 shut
    sharpness: how sharp it is inside the box (quality.py), with the picture at 512 px
    light: mean luma inside the box, 0 to 255
    covered: what hides a part of it, where that can be told
    """

    box: Box
    points: tuple[tuple[float, float], ...]
    score: float
    framing: Framing
    yaw: float
    pitch: float
    mouth: float
    smile: float
    eyes: float
    sharpness: float
    light: float
    covered: tuple[Cover, ...]


@dataclass(frozen=True)
class Background:
    """What lies outside the subject.

    signature: what two pictures taken before one background have alike (background.py)
    name: plain words for it, "white background", "green background"; empty where there are none
    """

    signature: tuple[int, ...]
    name: str


@dataclass(frozen=True)
class Seen:
    """All of it.

    width, height: of the upright picture as it is kept, px
    faces: largest first; those of passers-by too
    sharpness, light: as a face's, of the whole picture
    clipped: share of the picture that is burnt out to white, 0 to 1
    nsfw: 0 to 1, how explicit it looks
    prints: what the same photo keeps through recompression, resizing, mirroring and cropping
      (alike.py)
    looked: LOOKED of the day
    """

    width: int
    height: int
    faces: tuple[Face, ...]
    sharpness: float
    light: float
    clipped: float
    nsfw: float
    background: Background
    prints: str
    looked: int = LOOKED


_POINTS: Final = 5
_NUMBERS: Final = ("score", "yaw", "pitch", "mouth", "smile", "eyes", "sharpness", "light")
_MOST_FACES: Final = 50
_MOST_TEXT: Final = 16 * 1024


def to_json(seen: Seen) -> dict[str, Any]:
    """As it is written to a row or sent through a pipe."""
    return asdict(seen)


def from_json(data: Mapping[str, Any]) -> Seen:
    """What `to_json` gave, read with suspicion: it may come from a process that a photo has taken
    over. Raises ValueError, TypeError, KeyError or AttributeError for any other shape. (Whether
    the numbers are true cannot be seen.)
    """
    size = _whole(data["width"]), _whole(data["height"])
    if min(size) < 1 or len(data["faces"]) > _MOST_FACES:
        raise ValueError("no picture has these")
    return Seen(
        width=size[0],
        height=size[1],
        faces=tuple(_face(face, size) for face in data["faces"]),
        sharpness=_number(data["sharpness"]),
        light=_number(data["light"]),
        clipped=_number(data["clipped"]),
        nsfw=_number(data["nsfw"]),
        background=_background(data["background"]),
        prints=_text(data["prints"]),
        looked=_whole(data["looked"]),
    )


def _face(data: Mapping[str, Any], size: tuple[int, int]) -> Face:
    box = Box(*(_whole(data["box"][name]) for name in ("x", "y", "width", "height")))
    is_inside = (
        min(box.x, box.y) >= 0
        and min(box.width, box.height) > 0
        and box.x + box.width <= size[0]
        and box.y + box.height <= size[1]
    )
    points = tuple((_number(x), _number(y)) for x, y in data["points"])
    if not is_inside or len(points) != _POINTS or data["framing"] not in FRAMINGS:
        raise ValueError("no face of this picture")
    covered = tuple(data["covered"])
    if not set(covered) <= set(COVERS):
        raise ValueError("nothing that covers a face")
    numbers = {name: _number(data[name]) for name in _NUMBERS}
    return Face(box=box, points=points, framing=data["framing"], covered=covered, **numbers)


def _background(data: Mapping[str, Any]) -> Background:
    return Background(
        signature=tuple(_whole(value) for value in data["signature"]), name=_text(data["name"])
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise TypeError("no number")
    return float(value)


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("no whole number")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or len(value) > _MOST_TEXT:
        raise TypeError("no text")
    return value
