"""Name a file's format from its first bytes, without running any parser.

Signatures: the magic numbers of each format's specification; HEIF brands as registered with the
MP4 Registration Authority.
"""

from __future__ import annotations

from typing import Final

_STARTS: Final[tuple[tuple[bytes, str], ...]] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"II+\x00", "TIFF"),
    (b"MM\x00+", "TIFF"),
    (b"%!PS", "EPS"),
    (b"\xc5\xd0\xd3\xc6", "EPS"),
    (b"%PDF", "PDF"),
    (b"8BPS", "PSD"),
    (b"\x00\x00\x00\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\xff\x0a", "JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "JPEG XL"),
    (b"\x00\x00\x01\x00", "ICO"),
    (b"qoif", "QOI"),
    (b"DDS ", "DDS"),
    (b"BM", "BMP"),
)
#: Stills and sequences in AV1, in HEVC, and the two neutral brands that phones also write.
_AVIF_BRANDS: Final = frozenset(b"avif avis".split())
_HEVC_BRANDS: Final = frozenset(b"heic heix heim heis hevc hevx hevm hevs".split())
_NEUTRAL_BRANDS: Final = frozenset(b"mif1 msf1".split())
_SVG_WITHIN: Final = 1024


def name_format(data: bytes) -> str | None:
    """The picture format that `data` begins like, or None.

    "HEIC" is all of HEIF that does not say it is AVIF: what phones write is HEVC.
    """
    for start, name in _STARTS:
        if data.startswith(start):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp":
        return _heif(data)
    if b"<svg" in data[:_SVG_WITHIN].lower():
        return "SVG"
    return None


def _heif(data: bytes) -> str | None:
    """The name by the brands: the major one, then (after its version) those that it fits."""
    box = data[: min(int.from_bytes(data[:4], "big"), 256)]
    major = box[8:12]
    brands = {major, *(box[at : at + 4] for at in range(16, len(box), 4))}
    if major in _AVIF_BRANDS or (brands & _AVIF_BRANDS and not brands & _HEVC_BRANDS):
        return "AVIF"
    return "HEIC" if brands & (_HEVC_BRANDS | _NEUTRAL_BRANDS) else None
