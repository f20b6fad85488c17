"""What was seen on a photo: plain numbers, kept with its row, from which everything else (what it
counts as, where its squares lie, its caption, what it adds to the others) can be worked out again
without its pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.photos.shapes import Box
from bot.photos.terms import Cover, Framing

#: Raised when looking changes so much that photos looked at before should be looked at again.
LOOKED = 1


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
    sharpness: variance of the Laplacian inside the box with the picture at 512 px
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
