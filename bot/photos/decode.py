"""Turn a stranger's bytes into upright sRGB pixels, or say why not.

Cheap checks come first: bytes, then the file's first bytes, then its header, and only then a
full decode. Only the parser of the format that the first bytes name ever runs, and only if it is
one of TAKEN, whatever a file calls itself.
"""

from __future__ import annotations

import logging
import warnings
from dataclasses import dataclass
from typing import Final

from PIL import Image

from bot.photos.colour import to_srgb
from bot.photos.errors import PhotoRefused
from bot.photos.limits import LONGEST_KEPT, MAX_BYTES, MAX_PIXELS, MEMORY_BYTES, MOST_KEPT
from bot.photos.opened import TAKEN, Opened, open_file
from bot.photos.shrink import shrink
from bot.photos.signature import name_format

log = logging.getLogger(__name__)

#: A JPEG is shrunk while it is decoded, but never below this longest side: the usual cameras'
#: 3264, 4000, 4032 and 6000 px come out between here and LONGEST_KEPT, or are shrunk once more.
_ENOUGH: Final = 1600
#: How an image is turned upright, by its EXIF orientation (EXIF 3.0, 4.6.5.1.6).
TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = (5, 6, 7, 8)
#: What the libraries' own rows and tables may take beside the pixels and the file itself.
_BESIDE: Final = 8_000_000


@dataclass(frozen=True)
class Decoded:
    """A photo's pixels and how large it was.

    `picture` is upright 8-bit RGB with no metadata, its longest side at most LONGEST_KEPT unless
    a long narrow photo needs more to keep its short side. `width` and `height` are those of the
    upright file in pixels.
    """

    picture: Image.Image
    width: int
    height: int


def decode(data: bytes, *, min_side: int) -> Decoded:
    """Decode a file of TAKEN whose short side is at least `min_side` px.

    Raises PhotoRefused; whatever the decoders stumble over is "damaged".
    """
    if not data:
        raise PhotoRefused("empty")
    if len(data) > MAX_BYTES:
        raise PhotoRefused("too_many_bytes", bytes=len(data), limit=MAX_BYTES)
    name = _taken(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oddities in metadata that nobody reads
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _decode(data, name, min_side)
        except PhotoRefused:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise PhotoRefused("too_many_pixels", limit=MAX_PIXELS) from error
        except MemoryError as error:
            raise PhotoRefused("too_heavy") from error
        except Exception as error:
            log.info("damaged photo: %s", error)
            # libavif and OpenCV have errors of their own for it.
            out_of_memory = "memory" in str(error).lower()
            raise PhotoRefused("too_heavy" if out_of_memory else "damaged") from error


def _taken(data: bytes) -> str:
    name = name_format(data)
    if name is None:
        raise PhotoRefused("not_a_picture")
    if name == "HEIC":
        raise PhotoRefused("heic")
    if name not in TAKEN:
        raise PhotoRefused("format", format=name)
    return name


def _decode(data: bytes, name: str, min_side: int) -> Decoded:
    opened = open_file(data, name)
    # Told as the member sees the photo: a phone's portrait lies on its side in the file.
    turned = opened.orientation in _SIDEWAYS
    width, height = opened.size[::-1] if turned else opened.size
    if width * height > MAX_PIXELS:
        raise PhotoRefused("too_many_pixels", limit=MAX_PIXELS)
    if opened.frames > 1:
        raise PhotoRefused("animated", frames=opened.frames)
    if min(width, height) < min_side:
        raise PhotoRefused("too_small", width=width, height=height, needed=min_side)
    kept = _kept_size(opened.size, min_side)
    if opened.needs + len(data) + _BESIDE > MEMORY_BYTES or kept[0] * kept[1] > MOST_KEPT:
        raise PhotoRefused("too_heavy")
    upright = to_srgb(_shrunken(opened, min_side), opened.profile)
    turn = TURNS.get(opened.orientation)
    if turn is not None:
        upright = upright.transpose(turn)
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    return Decoded(fresh, width, height)


def _kept_size(size: tuple[int, int], min_side: int) -> tuple[int, int]:
    """At most LONGEST_KEPT long, but never under `min_side` on the short side."""
    scale = min(1.0, max(LONGEST_KEPT / max(size), min_side / min(size)))
    return round(size[0] * scale), round(size[1] * scale)


def _shrunken(opened: Opened, min_side: int) -> Image.Image:
    width, height = opened.size
    # A JPEG can be decoded at a half, a quarter or an eighth, which saves most of its time.
    share = max(_ENOUGH / max(width, height), min_side / min(width, height))
    pixels = opened.pixels((round(width * share), round(height * share)))
    return shrink(pixels, _kept_size(pixels.size, min_side))
