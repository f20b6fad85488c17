"""The kinds, framings and warnings there are."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["person", "pet", "object", "character"]
#: What a photo shows of its person: the head; down to somewhere between shoulders and waist; down
#: to the waist or further; nothing that counts. Of any other kind: close up ("face"), the whole
#: ("torso"), other.
Framing: TypeAlias = Literal["face", "chest", "torso", "other"]
#: What may hide a part of a face.
Cover: TypeAlias = Literal["eyes"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FRAMINGS: Final[tuple[Framing, ...]] = get_args(Framing)
COVERS: Final[tuple[Cover, ...]] = get_args(Cover)
#: What a member may say that a photo shows.
DECLARED: Final[tuple[Framing, ...]] = ("face", "chest", "torso")
#: Whatever can be remarked of a photo; `words.photo_verdict` has a sentence for each.
WARNINGS: Final = (
    "no_face",
    "many_faces",
    "someone_else",
    "face_cut",
    "blank",
    "too_small",
    "small_face",
    "person_too",
    "blurry",
    "dark",
    "bright",
    "eyes_hidden",
    "narrow",
)


def require_known(kind: str, declared: str | None) -> None:
    """Raise ValueError for a kind or a framing that does not exist: a fault of the caller's."""
    if kind not in KINDS:
        raise ValueError(f"no such kind: {kind!r}")
    if declared is not None and declared not in FRAMINGS:
        raise ValueError(f"no such framing: {declared!r}")
