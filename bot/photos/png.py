"""PNG's parts: whether they are whole, and what Pillow finds only by decoding the pixels first."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Final

_MOST_CHUNKS: Final = 100_000
_FIRST: Final = 8


@dataclass(frozen=True)
class Parts:
    """EXIF, and the colour space by CICP's numbers for primaries and transfer."""

    exif: bytes | None = None
    cicp: tuple[int, int] | None = None


def read_png(data: bytes) -> Parts:
    """Check every chunk's checksum up to the end. Raises ValueError where one is wrong or missing.

    Pillow's load() skips the checksums of the pixels.
    """
    view, at = memoryview(data), _FIRST
    exif: bytes | None = None
    cicp: tuple[int, int] | None = None
    for _ in range(_MOST_CHUNKS):
        length = int.from_bytes(data[at : at + 4])
        name, body, end = data[at + 4 : at + 8], at + 8, at + 8 + length
        if end + 4 > len(data):
            raise ValueError("it ends too early")
        if zlib.crc32(view[at + 4 : end]) != int.from_bytes(data[end : end + 4]):
            raise ValueError(f"a {name!r} with a wrong checksum")
        if name == b"eXIf":
            exif = data[body:end]
        elif name == b"cICP" and length == 4:  # noqa: PLR2004 - its length
            cicp = data[body], data[body + 1]
        elif name == b"IEND":
            return Parts(exif, cicp)
        at = end + 4
    raise ValueError("more parts than a photo has")
