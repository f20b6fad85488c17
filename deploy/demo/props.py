"""What is handed in: the shipped photos, and what can be wrong with one."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image

PHOTOS = Path(__file__).with_name("photos")


def photo_files(*framings: str) -> list[tuple[str, bytes]]:
    """The shipped photos of these framings, (name, bytes), by name."""
    paths = [path for framing in framings for path in PHOTOS.glob(f"{framing}-*.jpg")]
    return [(path.name, path.read_bytes()) for path in sorted(paths)]


def recompressed(jpeg: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(out, "JPEG", quality=45)
    return out.getvalue()


def shrunk(jpeg: bytes, side: int) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).resize((side, side)).save(out, "PNG")
    return out.getvalue()


def as_gif(jpeg: bytes) -> bytes:
    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(out, "GIF")
    return out.getvalue()
