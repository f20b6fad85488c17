"""Files made for the tests, good and bad."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

from PIL import Image

DATA = Path(__file__).parent / "data"
ASTRONAUT = (DATA / "astronaut.jpg").read_bytes()
TOONS = {path.stem: path.read_bytes() for path in sorted(DATA.glob("toon-*.png"))}


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def encoded(picture: Image.Image, name: str, **options) -> bytes:
    file = io.BytesIO()
    picture.save(file, name, **options)
    return file.getvalue()


def quarters(width: int = 96, height: int = 64) -> Image.Image:
    """Red, green over blue, white: every turn and flip of it looks different."""
    picture = Image.new("RGB", (width, height), "white")
    picture.paste("red", (0, 0, width // 2, height // 2))
    picture.paste("lime", (width // 2, 0, width, height // 2))
    picture.paste("blue", (0, height // 2, width // 2, height))
    return picture


def png(width: int, height: int, pixels: bytes, *, depth: int = 8, colour: int = 0) -> bytes:
    """A PNG chunk by chunk: its header may promise what its pixels do not hold."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(pixels, 1)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def frames(name: str) -> bytes:
    """An animation of three frames."""
    first, *rest = (Image.new("RGB", (80, 80), colour) for colour in ("red", "lime", "blue"))
    return encoded(first, name, save_all=True, append_images=rest)
