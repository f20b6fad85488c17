"""WebP: its header read here, its pixels by OpenCV's libwebp.

Pillow opens every WebP as an animation, with two canvases beside the picture and a copy of it:
16 bytes a pixel, which 40 megapixels cannot have. The container is simple
(developers.google.com/speed/webp/docs/riff_container).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_CHUNKS: Final = 100_000
_ANIMATED, _ALPHA = 0x02, 0x10
_KEYFRAME: Final = b"\x9d\x01\x2a"
_LOSSLESS: Final = 0x2F


@dataclass
class WebP:
    """What a WebP file says of itself."""

    width: int = 0
    height: int = 0
    frames: int = 1
    has_alpha: bool = False
    is_lossless: bool = False
    is_animated: bool = False
    profile: bytes | None = None
    exif: bytes | None = None

    @property
    def bytes_per_pixel(self) -> int:
        """Of memory, to decode it: the result, and beside it its copy in OpenCV, or what libwebp
        holds of a lossless one, or what its player holds of an animation.
        """
        if self.is_animated:
            return 16
        result = 4 if self.has_alpha else 3
        return result + (4 if self.is_lossless else result)


def read_webp(data: bytes) -> WebP:
    """The header. Raises ValueError where there is none."""
    found, frames, at = WebP(), 0, 12
    for _ in range(_MOST_CHUNKS):
        if at + 8 > len(data):
            break
        name, length = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        body = at + 8
        if name == b"ANMF":
            frames += 1
        else:
            _note(found, name, data[body : body + min(length, 32)])
        if name == b"ICCP":
            found.profile = data[body : body + length]
        elif name == b"EXIF":
            found.exif = data[body : body + length]
        at = body + length + length % 2
    else:
        raise ValueError("more parts than a photo has")
    if not found.width or not found.height:
        raise ValueError("no size")
    found.frames = frames if found.is_animated else 1
    return found


def _note(found: WebP, name: bytes, start: bytes) -> None:
    """What a chunk says about the picture; an extended header speaks for what follows it."""
    if name == b"VP8X" and len(start) >= 10:  # noqa: PLR2004 - its length
        found.is_animated = bool(start[0] & _ANIMATED)
        found.has_alpha = bool(start[0] & _ALPHA)
        found.width = int.from_bytes(start[4:7], "little") + 1
        found.height = int.from_bytes(start[7:10], "little") + 1
    elif name == b"VP8L" and start[:1] == bytes([_LOSSLESS]):
        bits = int.from_bytes(start[1:5], "little")
        found.is_lossless = True
        found.has_alpha = found.has_alpha or bool(bits >> 28 & 1)
        found.width = found.width or (bits & 0x3FFF) + 1
        found.height = found.height or (bits >> 14 & 0x3FFF) + 1
    elif name == b"VP8 " and start[3:6] == _KEYFRAME:
        found.width = found.width or int.from_bytes(start[6:8], "little") & 0x3FFF
        found.height = found.height or int.from_bytes(start[8:10], "little") & 0x3FFF


def webp_pixels(data: bytes, header: WebP) -> NDArray[np.uint8]:
    """The first frame's pixels as BGR or BGRA. Raises ValueError."""
    # Unchanged: neither turned nor stripped of its alpha; both are done with the other formats.
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if pixels is None:
        raise ValueError("libwebp cannot decode it")
    if pixels.shape[:2] != (header.height, header.width):
        raise ValueError("the pixels are not those of the header")
    return np.asarray(pixels, np.uint8)
