"""The kinds, framings and warnings there are."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

Kind: TypeAlias = Literal["person", "pet", "object", "character"]
Framing: TypeAlias = Literal["face", "torso", "other"]

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
FRAMINGS: Final[tuple[Framing, ...]] = get_args(Framing)
#: The gravest first.
WARNINGS: Final = ("no_face", "many_faces", "blurry", "dark")


def require_known(kind: str, declared: str | None) -> None:
    """Raise ValueError for a kind or a framing that does not exist: a fault of the caller's."""
    if kind not in KINDS:
        raise ValueError(f"no such kind: {kind!r}")
    if declared is not None and declared not in FRAMINGS:
        raise ValueError(f"no such framing: {declared!r}")
