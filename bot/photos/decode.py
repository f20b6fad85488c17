"""Turn a stranger's bytes into upright sRGB pixels, or say why not.

Cheap checks come first: bytes, then the file's first bytes, then its header, and only then a
full decode. Pillow is told the formats it may use, so the parsers of the many others never run,
whatever a file calls itself.
"""

from __future__ import annotations

import io
import logging
import sys
import warnings
from dataclasses import dataclass
from typing import Final

import numpy as np
from PIL import ExifTags, Image, ImageCms

from bot.photos.errors import PhotoRefused
from bot.photos.limits import LONGEST_KEPT, MAX_BYTES, MAX_PIXELS
from bot.photos.signature import name_format

log = logging.getLogger(__name__)

TAKEN: Final = ("JPEG", "PNG", "WEBP")

_WHITE: Final = (255, 255, 255, 255)
#: A JPEG is shrunk while it is decoded, but never below this longest side: the usual cameras'
#: 3264, 4000, 4032 and 6000 px come out between here and LONGEST_KEPT, or are shrunk once more.
_ENOUGH: Final = 1600
#: How an image is turned upright, by its EXIF orientation (EXIF 3.0, 4.6.5.1.6).
_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_SIDEWAYS: Final = (5, 6, 7, 8)
_SRGB: Final = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


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
    """Decode a JPEG, PNG or WebP file whose short side is at least `min_side` px.

    Raises PhotoRefused; whatever Pillow stumbles over is "damaged".
    """
    if not data:
        raise PhotoRefused("empty")
    if len(data) > MAX_BYTES:
        raise PhotoRefused("too_many_bytes", bytes=len(data), limit=MAX_BYTES)
    _refuse_other_formats(data)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # oddities in metadata that nobody reads
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            return _decode(data, min_side)
        except PhotoRefused:
            raise
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise PhotoRefused("too_many_pixels", limit=MAX_PIXELS) from error
        except Exception as error:
            log.info("damaged photo: %s", sys.exc_info()[1])
            raise PhotoRefused("damaged") from error


def _refuse_other_formats(data: bytes) -> None:
    name = name_format(data)
    if name is None:
        raise PhotoRefused("not_a_picture")
    if name == "HEIC":
        raise PhotoRefused("heic")
    if name not in TAKEN:
        raise PhotoRefused("format", format=name)


def _decode(data: bytes, min_side: int) -> Decoded:
    image = Image.open(io.BytesIO(data), formats=TAKEN)
    if image.width * image.height > MAX_PIXELS:
        raise PhotoRefused("too_many_pixels", limit=MAX_PIXELS)
    # Phones keep a depth or brightness map as the second frame of a JPEG, which Pillow then calls
    # MPO. Its first frame is the photo.
    frames = 1 if image.format == "MPO" else getattr(image, "n_frames", 1)
    if frames > 1:
        raise PhotoRefused("animated", frames=frames)
    if min(image.size) < min_side:
        # Told as the member sees the photo: a phone's portrait lies on its side in the file.
        width, height = _upright_size(image)
        raise PhotoRefused("too_small", width=width, height=height, needed=min_side)
    if image.format == "PNG":
        image.verify()  # checksums of all chunks; load() skips those of the pixels
        image = Image.open(io.BytesIO(data), formats=TAKEN)
    width, height = _upright_size(image)
    # A JPEG can be decoded at a half, a quarter or an eighth, which saves most of its time.
    share = max(_ENOUGH / max(image.size), min_side / min(image.size))
    image.draft(image.mode, (round(image.width * share), round(image.height * share)))
    image.load()
    small = _shrink(_eight_bit(image), min_side)
    upright = _to_srgb(small, image.info.get("icc_profile"))
    turn = _TURNS.get(_orientation(image))
    if turn is not None:
        upright = upright.transpose(turn)
    fresh = Image.new("RGB", upright.size)
    fresh.paste(upright)
    return Decoded(fresh, width, height)


def _orientation(image: Image.Image) -> int:
    return int(image.getexif().get(ExifTags.Base.Orientation, 1))


def _upright_size(image: Image.Image) -> tuple[int, int]:
    width, height = image.size
    return (height, width) if _orientation(image) in _SIDEWAYS else (width, height)


def _eight_bit(image: Image.Image) -> Image.Image:
    """The image as L, RGB or CMYK, eight bits a channel, laid on white where it is see-through."""
    if image.mode.startswith("I;16"):
        # 65535 / 257 = 255; Pillow's own conversion clips instead of scaling.
        return Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    if image.has_transparency_data:
        seen = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", seen.size, _WHITE), seen).convert("RGB")
    if image.mode == "1":
        return image.convert("L")
    return image if image.mode in ("L", "RGB", "CMYK") else image.convert("RGB")


def _shrink(image: Image.Image, min_side: int) -> Image.Image:
    """At most LONGEST_KEPT long, but never under `min_side` on the short side."""
    scale = max(LONGEST_KEPT / max(image.size), min_side / min(image.size))
    if scale >= 1:
        return image
    size = round(image.width * scale), round(image.height * scale)
    return image.resize(size, Image.Resampling.LANCZOS)


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """RGB in sRGB. A profile that is broken or made for another mode is as good as none."""
    if profile:
        try:
            embedded = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(image, embedded, _SRGB, outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            log.info("colour profile not used", exc_info=True)
        else:
            assert converted is not None  # only an in-place conversion returns None
            return converted
    return image.convert("RGB")
