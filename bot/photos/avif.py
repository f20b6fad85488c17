"""What Pillow does not tell of an AVIF file: its colour space by number, and how it is sampled.

Both are small properties near the file's start (ISO/IEC 23008-12 9.3, AV1-ISOBMFF 2.3.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_MOST_BOXES: Final = 10_000
_HIGH, _GREY, _NARROW, _LOW = 0x40, 0x10, 0x08, 0x04


@dataclass(frozen=True)
class Properties:
    """`primaries` and `transfer` are CICP's numbers (ITU-T H.273), 2 where nothing is said."""

    primaries: int = 2
    transfer: int = 2
    #: Of the decoded planes, before they become RGB.
    bytes_per_pixel: float = 6.0


def read_avif(data: bytes) -> Properties:
    """The first colour space, which is the photo's, and the dearest sampling of all the parts."""
    primaries, transfer, planes = 2, 2, []
    for name, start, end in _properties(data):
        body = data[start : min(end, start + 16)]
        if name == b"colr" and body[:4] == b"nclx" and (primaries, transfer) == (2, 2):
            primaries, transfer = int.from_bytes(body[4:6]), int.from_bytes(body[6:8])
        elif name == b"av1C" and len(body) >= 3:  # noqa: PLR2004 - its flags are the third byte
            planes.append(_sampling(body[2]))
    return Properties(primaries, transfer, max(planes, default=6.0))


def _sampling(flags: int) -> float:
    chroma = 0.0 if flags & _GREY else 2.0
    for half in (_NARROW, _LOW):
        chroma /= 2 if flags & half else 1
    return (1 + chroma) * (2 if flags & _HIGH else 1)


def _properties(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    for name, start, end in _boxes(data, 0, len(data)):
        if name == b"meta":
            for inner, begin, stop in _boxes(data, start + 4, end):
                if inner == b"iprp":
                    for innermost, first, last in _boxes(data, begin, stop):
                        if innermost == b"ipco":
                            yield from _boxes(data, first, last)


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, and where the content begins and ends, of the boxes between two places."""
    for _ in range(_MOST_BOXES):
        if start + 8 > end:
            return
        length, head = int.from_bytes(data[start : start + 4]), 8
        if length == 1:
            length, head = int.from_bytes(data[start + 8 : start + 16]), 16
        elif length == 0:
            length = end - start
        if not head <= length <= end - start:
            return
        yield data[start + 4 : start + 8], start + head, start + length
        start += length
