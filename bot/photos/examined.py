"""What the bot gets to know about one photo."""

from __future__ import annotations

from dataclasses import dataclass

from bot.photos.seen import Seen
from bot.photos.shapes import Square
from bot.photos.terms import Framing


@dataclass(frozen=True)
class Cut:
    """One square of a photo.

    framing: what the square shows
    square: in pixels of the upright picture
    png: its pixels at the base's resolution
    """

    framing: Framing
    square: Square
    png: bytes


@dataclass(frozen=True)
class Examined:
    """A photo that was taken.

    width, height: of the upright file, pixels
    seen: what it shows
    cuts: its squares, the main one first
    upright_png: the whole photo, longest side at most 2048 px (limits.LONGEST_KEPT)
    """

    width: int
    height: int
    seen: Seen
    cuts: tuple[Cut, ...]
    upright_png: bytes
