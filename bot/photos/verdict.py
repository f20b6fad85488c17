"""What a photo counts as, and what a photographer would say about it: from what was seen, without
its pixels, so that it can be said anew when the member picks a face or says what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bot.photos.crop import least_side, proposals

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.photos.seen import Face, Seen
    from bot.photos.terms import Framing, Kind

#: A face counts beside the main one from this share of its height on; smaller ones are passers-by.
COMPARABLE: Final = 1 / 3
#: Of 55 portraits for choosing (tests/photographs) the softest sharp one has 15; out of focus by a
#: Gaussian of 1.5 px at 512 px 52 of them fall below, shaken over 11 px all.
BLURRY_BELOW: Final = 13.0
#: Nothing is drawn at all: one colour, or black.
BLANK_BELOW: Final = 0.2
#: Of the whole frame and low on purpose: only a night shot is meant, never dark skin.
DARK_BELOW: Final = 35.0
#: Share of the face that is burnt out to white.
BRIGHT_FROM: Final = 0.25
#: Height of a head with a little room around it, in face heights.
_HEAD: Final = 1.8


@dataclass(frozen=True)
class Verdict:
    """What a photo shows, and what it counts as: its main square may hold less of its person than
    the photo, or there may be none. `face` is the place in `seen.faces` of the face it is of, if
    any.
    """

    framing: Framing
    counts: Framing
    face: int | None
    warnings: tuple[str, ...]


def comparable(faces: Sequence[Face]) -> int:
    """How many of the faces, largest first, could be the one that is meant."""
    if not faces:
        return 0
    least = COMPARABLE * faces[0].box.height
    return sum(face.box.height >= least for face in faces)


def judge(
    seen: Seen,
    *,
    kind: Kind,
    declared: Framing | None,
    picked: int | None,
    resolution: int,
) -> Verdict:
    """`declared` is what the member says it shows, `picked` which of the faces it is of;
    `resolution` is the base's, in pixels.

    A person's framing is seen, and a declaration only decides between a face and a torso: no
    photo without a face is one, whoever says so. Of any other kind it is declared, and "other" if
    it is not.
    """
    if kind != "person":
        return _thing(seen, kind, declared, resolution)
    meant = comparable(seen.faces)
    face = picked if picked is not None and picked < len(seen.faces) else None
    if face is None and meant == 1:
        face = 0
    if face is None:
        return Verdict("other", "other", None, ("many_faces",) if meant else ("no_face",))
    main = seen.faces[face]
    framing = declared if declared in ("face", "torso") else main.framing
    squares = proposals(seen, framing, face, kind, resolution)
    counts: Framing = squares[0][0] if squares else "other"
    if squares and declared in ("face", "torso"):
        counts = declared
    needed = least_side(resolution)
    warnings = [
        *(["too_small"] if min(seen.width, seen.height) < needed else []),
        *(["small_face"] if framing == "face" and main.box.height * _HEAD < needed else []),
        *_quality(main.sharpness, seen.light, seen.clipped),
        *(f"{part}_hidden" for part in main.covered),
        *(["narrow"] if squares and counts != framing == "torso" else []),
    ]
    return Verdict(framing, counts, face, tuple(warnings))


def _thing(seen: Seen, kind: Kind, declared: Framing | None, resolution: int) -> Verdict:
    face = 0 if kind == "character" and comparable(seen.faces) == 1 else None
    sharpness = seen.sharpness if face is None else seen.faces[face].sharpness
    framing: Framing = declared or "other"
    is_small = min(seen.width, seen.height) < least_side(resolution)
    is_blank = seen.sharpness < BLANK_BELOW
    if is_blank:
        return Verdict(framing, "other", None, ("blank",))
    warnings = [
        *(["too_small"] if is_small else []),
        *(["person_too"] if kind != "character" and seen.faces else []),
        *_quality(sharpness, seen.light, 0.0),
    ]
    return Verdict(framing, "other" if is_small else framing, face, tuple(warnings))


def _quality(sharpness: float, light: float, clipped: float) -> list[str]:
    return [
        *(["blurry"] if sharpness < BLURRY_BELOW else []),
        *(["dark"] if light < DARK_BELOW else []),
        *(["bright"] if clipped >= BRIGHT_FROM else []),
    ]
