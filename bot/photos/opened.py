"""A file of each format behind one face: what its header says, and its pixels when asked.

Nothing here decodes before `pixels` is called.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

import cv2
from PIL import AvifImagePlugin, ExifTags, Image, ImageFile, JpegImagePlugin, PngImagePlugin

from bot.photos.avif import read_avif
from bot.photos.colour import profile_of
from bot.photos.jpeg import refuse_many_parts
from bot.photos.png import read_png
from bot.photos.webp import WebP, read_webp, webp_pixels

# One thread is all that the child has; dav1d is the smaller of the two decoders in Pillow.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
AvifImagePlugin.DECODE_CODEC_CHOICE = "dav1d"

#: Rows `top` to `bottom` of a picture.
Rows = Callable[[int, int], Image.Image]


@dataclass(frozen=True)
class Pixels:
    """A decoded picture that is never copied whole."""

    size: tuple[int, int]
    rows: Rows


@dataclass(frozen=True)
class Opened:
    """What a header says. `needs` is the memory that decoding takes at its worst, in bytes."""

    size: tuple[int, int]
    frames: int
    orientation: int
    profile: bytes | None
    needs: float
    #: The pixels, of a JPEG at a size (a half, a quarter, an eighth) no smaller than asked.
    pixels: Callable[[tuple[int, int]], Pixels]


def _open_jpeg(data: bytes) -> Opened:
    refuse_many_parts(data)
    image = Image.open(io.BytesIO(data), formats=("JPEG",))
    assert isinstance(image, JpegImagePlugin.JpegImageFile)
    needs = 0.0  # a row of blocks at a time
    if image.info.get("progressive"):
        # All coefficients of all components, two bytes each, until the last scan has come.
        widest = max(wide for _, wide, _, _ in image.layer)
        highest = max(high for _, _, high, _ in image.layer)
        share = sum(wide * high for _, wide, high, _ in image.layer) / (widest * highest)
        needs = 2 * share * image.width * image.height
    # Phones keep a depth or brightness map as the second frame, which Pillow then calls MPO: the
    # first frame is the photo.
    return _pillow(image, frames=1, exif=image.getexif, needs=needs)


def _open_png(data: bytes) -> Opened:
    parts = read_png(data)
    image = Image.open(io.BytesIO(data), formats=("PNG",))
    assert isinstance(image, PngImagePlugin.PngImageFile)
    each = {"1": 1, "L": 1, "P": 1, "I;16": 2}.get(image.mode, 4)
    return _pillow(
        image,
        frames=image.n_frames - int(image.default_image),  # shown where nothing moves
        exif=partial(_exif, parts.exif),
        needs=each * image.width * image.height,
        profile=profile_of(*parts.cicp) if parts.cicp else None,
    )


def _open_avif(data: bytes) -> Opened:
    image = Image.open(io.BytesIO(data), formats=("AVIF",))
    assert isinstance(image, AvifImagePlugin.AvifImageFile)
    said = read_avif(data)
    # dav1d holds the planes and some of its own; Pillow the colours twice, once as a picture.
    each = 1.25 * said.bytes_per_pixel + (9.3 if image.mode == "RGBA" else 7)
    return _pillow(
        image,
        frames=image.n_frames,
        exif=image.getexif,
        needs=each * image.width * image.height,
        profile=profile_of(said.primaries, said.transfer),
    )


def _pillow(
    image: ImageFile.ImageFile,
    *,
    frames: int,
    exif: Callable[[], Image.Exif],
    needs: float,
    profile: bytes | None = None,
) -> Opened:
    embedded = image.info.get("icc_profile") or profile
    pixels = partial(_pillow_pixels, image)
    return Opened(image.size, frames, _orientation(exif), embedded, needs, pixels)


def _pillow_pixels(image: Image.Image, at_least: tuple[int, int]) -> Pixels:
    image.draft(image.mode, at_least)
    image.load()
    return Pixels(image.size, lambda top, bottom: image.crop((0, top, image.width, bottom)))


def _open_webp(data: bytes) -> Opened:
    header = read_webp(data)
    return Opened(
        (header.width, header.height),
        header.frames,
        _orientation(partial(_exif, header.exif)),
        header.profile,
        header.width * header.height * header.bytes_per_pixel,
        lambda _: _webp_pixels(data, header),
    )


def _webp_pixels(data: bytes, header: WebP) -> Pixels:
    pixels = webp_pixels(data, header)
    is_opaque = pixels.shape[2] == len("BGR")
    order: Final = cv2.COLOR_BGR2RGB if is_opaque else cv2.COLOR_BGRA2RGBA

    def rows(top: int, bottom: int) -> Image.Image:
        return Image.fromarray(cv2.cvtColor(pixels[top:bottom], order))

    return Pixels((header.width, header.height), rows)


def _exif(data: bytes | None) -> Image.Exif:
    exif = Image.Exif()
    if data:
        exif.load(data)
    return exif


def _orientation(read: Callable[[], Image.Exif]) -> int:
    """By EXIF, 1 to 8. Metadata that cannot be read is no reason against the photo."""
    try:
        orientation = int(read().get(ExifTags.Base.Orientation, 1))
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a dozen kinds of it
        return 1
    return orientation if 1 <= orientation <= 8 else 1  # noqa: PLR2004 - EXIF 3.0, 4.6.5.1.6


_OPENERS: Final = {
    "JPEG": _open_jpeg,
    "PNG": _open_png,
    "WEBP": _open_webp,
    "AVIF": _open_avif,
}
#: The formats taken. HEIC is not among them: the one decoder of it in a wheel without GPL parts
#: (pi-heif) was given up in June 2026 with a libheif that has since had critical holes, and what
#: goes on with it lags behind the fixes. AVIF is decoded by Pillow's own dav1d.
TAKEN: Final = tuple(_OPENERS)


def open_file(data: bytes, name: str) -> Opened:
    """Read the header of a file of that format of TAKEN. Raises what its reader stumbles over."""
    return _OPENERS[name](data)
