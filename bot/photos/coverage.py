"""Whether a subject's photos suffice, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.photos.terms import Framing

FACES_NEEDED: Final = 6
TORSOS_NEEDED: Final = 2
#: Of the 64 bits of shapes. On 44 photos, JPEG at quality 40 and half size moved at most 2 bits,
#: brightness x 1.3 at most 16 (98 % within 10); the closest two different photos lay 14 apart.
ALIKE_BITS: Final = 10
#: Of 255, for the most different colour field. JPEG at quality 40 and half size moved it by 2 at
#: most, brightness x 1.3 by 18 (36 pictures). Of 3480 pairs of drawings of one character in one
#: pose 5.4 % have alike shapes; 0.7 % have alike colours too, nearly all of one background.
ALIKE_COLOURS: Final = 16
_SHAPES: Final = 16  # hex digits at the front of a fingerprint


@dataclass(frozen=True)
class Counted:
    """One photo as coverage sees it, with its fingerprints as phash.py makes them."""

    id: int
    framing: Framing
    phash: str
    mirror_phash: str


@dataclass(frozen=True)
class Coverage:
    """How many photos count; `duplicates` maps a photo's id to the earlier one it repeats."""

    faces: int
    torsos: int
    duplicates: dict[int, int]

    @property
    def missing_faces(self) -> int:
        """How many more face photos are needed."""
        return max(0, FACES_NEEDED - self.faces)

    @property
    def missing_torsos(self) -> int:
        """How many more torso photos are needed."""
        return max(0, TORSOS_NEEDED - self.torsos)

    @property
    def is_ready(self) -> bool:
        """Whether training may start."""
        return not (self.missing_faces or self.missing_torsos)


def coverage(photos: Sequence[Counted]) -> Coverage:
    """Count photos in the order they came; one that repeats a photo already counted does not.

    A photo that only repeats one of framing "other" still counts: what counts for nothing takes
    no place from what does.
    """
    kept: list[Counted] = []
    duplicates: dict[int, int] = {}
    for photo in photos:
        rivals = (k for k in kept if k.framing != "other" or photo.framing == "other")
        twin = next((k for k in rivals if _alike(photo, k)), None)
        if twin is None:
            kept.append(photo)
        else:
            duplicates[photo.id] = twin.id
    return Coverage(
        faces=sum(photo.framing == "face" for photo in kept),
        torsos=sum(photo.framing == "torso" for photo in kept),
        duplicates=duplicates,
    )


def _alike(photo: Counted, earlier: Counted) -> bool:
    return any(_match(photo.phash, other) for other in (earlier.phash, earlier.mirror_phash))


def _match(one: str, other: str) -> bool:
    bits = (int(one[:_SHAPES], 16) ^ int(other[:_SHAPES], 16)).bit_count()
    colours = zip(bytes.fromhex(one[_SHAPES:]), bytes.fromhex(other[_SHAPES:]), strict=True)
    return bits <= ALIKE_BITS and all(abs(a - b) <= ALIKE_COLOURS for a, b in colours)
