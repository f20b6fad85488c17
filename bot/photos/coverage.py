"""Whether a subject's photos suffice, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.photos.terms import Framing

FACES_NEEDED: Final = 6
TORSOS_NEEDED: Final = 2
#: A photo down to somewhere between shoulders and waist shows the face as well as one of the head.
_FACES: Final = ("face", "chest")


@dataclass(frozen=True)
class Counted:
    """One photo as coverage sees it; `alike` holds the ids of photos it is nearly the same as."""

    id: int
    framing: Framing
    alike: frozenset[int]


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
    no place from what does. What is alike only to a photo that does not count
    counts itself.
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
        faces=sum(photo.framing in _FACES for photo in kept),
        torsos=sum(photo.framing == "torso" for photo in kept),
        duplicates=duplicates,
    )


def _alike(photo: Counted, earlier: Counted) -> bool:
    # Either way round: which of two photos sent at once was compared with the other is chance.
    return earlier.id in photo.alike or photo.id in earlier.alike
