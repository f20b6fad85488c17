"""What the bot gets to know about one photo."""

from __future__ import annotations

from dataclasses import dataclass

from bot.photos.crop import Square
from bot.photos.terms import Framing


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
