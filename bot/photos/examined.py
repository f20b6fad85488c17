"""What the bot gets to know about one photo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypeAlias, get_args

if TYPE_CHECKING:
    from bot.photos.crop import Square

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


@dataclass(frozen=True)
class Examined:
    """A photo that was taken.

    width, height: of the upright file, pixels
    framing: what it counts as; "other" counts for nothing
    warnings: any of WARNINGS; none is good
    sharpness: variance of the Laplacian at 512 px, of the face if there is one; 0 upwards
    light: mean luma, 0 to 255
    phash, mirror_phash: fingerprints (phash.py) of the photo and of its mirror image
    square: the proposed crop, in pixels of upright_png
    upright_png: the whole photo, longest side at most 2048 px (limits.LONGEST_KEPT)
    crop_png: the square at the base's resolution
    """

    width: int
    height: int
    framing: Framing
    warnings: tuple[str, ...]
    sharpness: float
    light: float
    phash: str
    mirror_phash: str
    square: Square
    upright_png: bytes
    crop_png: bytes
