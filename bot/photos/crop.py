"""The squares of a photo that are trained on: whole heads, never stretched, hardly enlarged.

Where they lie is measured in face lengths: a face's box, the detector's, reaches from the middle of
the forehead to the chin. By the artist's canon (a body is 7.5 heads, the navel 2 heads under the
chin, a head 1.3 boxes) the waist lies about 2.6 of them below the chin.
"""

from __future__ import annotations

import math
from typing import Final

from bot.photos.head import length_of
from bot.photos.place import Layout, place, shows_others
from bot.photos.seen import Seen
from bot.photos.shapes import Box, Square
from bot.photos.terms import Framing, Kind

#: A crop is enlarged by no more than this.
MOST_ENLARGED: Final = 1.25
#: A second square of one photo is at most this large beside the first, or it shows the same.
_CLEARLY_SMALLER: Final = 0.7
#: How far a head's square may have grown for its pixels' sake and still show a head.
_STILL_A_HEAD: Final = 3.0

#: A hand's breadth over the crown, the neck down to the collar.
_HEAD: Final = Layout(side=2.4, least=1.8, room=0.12)
_LAYOUTS: Final[dict[Framing, Layout]] = {
    "face": _HEAD,
    # Down to the lower ribs, where a frame that is no torso yet ends.
    "chest": Layout(side=3.5, least=2.6, room=0.08),
    # From just over the crown to the waist.
    "torso": Layout(side=4.3, least=3.4, room=0.06),
}
#: A square that ends nearer under the chin, in face heights, shows no more than a chest, or a face.
_TORSO_BELOW: Final = 1.2
_CHEST_BELOW: Final = 0.7
#: The largest square that there is.
_ALL: Final = Layout(side=math.inf, least=math.inf, room=0.06)


def least_side(resolution: int) -> int:
    """The fewest pixels that a square may have across to be trained on at `resolution`."""
    return math.ceil(resolution / MOST_ENLARGED)


def proposals(
    seen: Seen, framing: Framing, face: int | None, kind: Kind, resolution: int
) -> tuple[tuple[Framing, Square], ...]:
    """The squares to train on with what each of them shows, the main one first; none where the
    picture is too small for the base.

    `face` is the place in `seen.faces` of the face that the photo is of. Every square lies inside
    the picture and has at least `least_side` pixels across. It holds the whole head; where the
    picture's short side is too short for that, the face, and as much of the head as goes in. Other
    faces are kept out where that is possible without cutting the head: somebody's upper body that
    cannot be shown without a neighbour's face is left for the head alone.
    """
    least = least_side(resolution)
    short = min(seen.width, seen.height)
    if short < least:
        return ()
    if face is None or kind in {"pet", "object"}:
        # Without a face to go by, what has a head mostly holds it up.
        upper = 4 if framing == "face" else 2
        whole = Square((seen.width - short) // 2, (seen.height - short) // upper, short)
        return ((framing, whole),)
    # A character's "torso" is the whole of it: a drawing's body keeps to no canon.
    is_whole = kind == "character" and framing == "torso"
    main = place(seen, face, _ALL if is_whole else _LAYOUTS.get(framing, _ALL), least)
    if kind == "person":
        framing = _shown(framing, main, seen.faces[face].box)
    head = place(seen, face, _HEAD, least)
    is_head = head.side <= _STILL_A_HEAD * length_of(seen.faces[face])
    if framing not in {"chest", "torso"} or not is_head or shows_others(seen, face, head):
        return ((framing, main),)
    if shows_others(seen, face, main):
        return (("face", head),)
    if head.side <= _CLEARLY_SMALLER * main.side:
        return (framing, main), ("face", head)
    return ((framing, main),)


def _shown(framing: Framing, square: Square, face: Box) -> Framing:
    """What is left in the square of what the picture shows: in a narrow one, less."""
    below = (square.y + square.side - face.y - face.height) / face.height
    if framing == "torso" and below < _TORSO_BELOW:
        framing = "chest"
    return "face" if framing == "chest" and below < _CHEST_BELOW else framing
