"""JPEG's parts, counted before Pillow keeps a note of each of them."""

from __future__ import annotations

from typing import Final

#: A colour profile or a maker's notes of 20 MB come in 320 of them.
_MOST_PARTS: Final = 5000
_SCAN: Final = 0xDA
#: Markers that stand alone, and the second bytes of what is filling between two parts.
_ALONE: Final = frozenset([0x01, 0xC8, *range(0xD0, 0xDA), *range(0xF0, 0xFE)])
_FILLING: Final = frozenset([0x00, 0xFF])


def refuse_many_parts(data: bytes) -> None:
    """Raises ValueError where more comes before the picture than a photo has."""
    at = 2
    for _ in range(_MOST_PARTS):
        at = data.find(b"\xff", at)
        if at < 0 or at + 4 > len(data) or data[at + 1] == _SCAN:
            return  # the picture, or the end, of which Pillow speaks
        if data[at + 1] in _FILLING:
            at += 1
        elif data[at + 1] in _ALONE:
            at += 2
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4])
    raise ValueError("more parts than a photo has")
