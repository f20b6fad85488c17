"""Files that mean harm, and the largest that mean none, each made when asked for."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from functools import partial

import numpy as np
from PIL import Image, PngImagePlugin

from tests.bot.photos.pictures import ASTRONAUT, encoded, opened, png, quarters

#: As near to 40 megapixels as a camera's 4:3 comes.
LARGE = (7300, 5475)
#: What AVIF may have in 300 MB.
LARGE_AVIF = (6400, 4800)
TAIL = b"PK\x03\x04 a whole archive <html><script>alert(1)</script></html>"


def flat(size: tuple[int, int], mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, (200, 100, 50, 120)[: len(Image.new(mode, (1, 1)).getbands())])


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def with_chunks(data: bytes, *chunks: bytes) -> bytes:
    """A PNG with more behind its header."""
    return data[:33] + b"".join(chunks) + data[33:]


def many_frames(name: str, count: int) -> bytes:
    """An animation; its frames differ, so that none is merged into another."""
    pictures = [
        Image.fromarray(np.full((64, 64, 3), (n % 256, n // 256, 9), np.uint8))
        for n in range(count)
    ]
    options = {"minimize_size": False} if name == "WEBP" else {}
    return encoded(pictures[0], name, save_all=True, append_images=pictures[1:], **options)


def many_scans(times: int) -> bytes:
    """A progressive JPEG of 40 megapixels in which one scan comes again and again."""
    data = encoded(flat(LARGE), "JPEG", progressive=True, subsampling=0)
    last = data.rindex(b"\xff\xda")
    return data[:last] + data[last:-2] * times + data[-2:]


def claims(data: bytes, old: tuple[int, int], new: tuple[int, int], form: str) -> bytes:
    """The file with another size in its header."""
    return data.replace(struct.pack(form, *old), struct.pack(form, *new), 1)


def text_bomb(kind: bytes) -> bytes:
    """A PNG whose text or profile unpacks to 100 MB."""
    packed = zlib.compress(bytes(100_000_000), 9)
    return with_chunks(encoded(quarters(), "PNG"), chunk(kind, b"x\0\0" + packed))


def text_everywhere() -> bytes:
    info = PngImagePlugin.PngInfo()
    for number in range(3000):
        info.add_text(f"key{number}", "word " * 200, zip=True)
    return encoded(quarters(), "PNG", pnginfo=info)


def apng_of_one(*, with_default: bool) -> bytes:
    """A PNG that calls itself animated and is not."""
    data = encoded(quarters(), "PNG")
    control = chunk(b"acTL", struct.pack(">II", 1, 0))
    frame = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, 96, 64, 0, 0, 1, 10, 0, 0))
    if not with_default:
        return with_chunks(data, control, frame)
    pixels = zlib.compress(bytes(64 * (1 + 3 * 96)))
    end = len(data) - 12
    more = frame + chunk(b"fdAT", struct.pack(">I", 1) + pixels)
    return with_chunks(data[:end] + more + data[end:], control)


def random_exif() -> bytes:
    data = encoded(quarters(), "JPEG")
    body = b"Exif\0\0MM\0*\0\0\0\x08" + bytes(range(256)) * 200
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[2:]


def sixteen_bits(size: tuple[int, int], channels: int) -> bytes:
    colour = {1: 0, 3: 2, 4: 6}[channels]
    row = bytes(1 + 2 * channels * size[0])
    packer, rows = zlib.compressobj(1), []
    rows = [packer.compress(row) for _ in range(size[1])]
    body = b"".join(rows) + packer.flush()
    whole = png(*size, b"", depth=16, colour=colour)
    return whole[:33] + chunk(b"IDAT", body) + chunk(b"IEND", b"")


Maker = Callable[[], bytes]

#: What each is refused for; "" where it is taken all the same.
HOSTILE: dict[str, tuple[str, Maker]] = {
    "a PNG of 361 megapixels in 50 KB": (
        "too_many_pixels",
        lambda: png(19000, 19000, bytes(2376 * 19000), depth=1),
    ),
    "a JPEG of 60 megapixels": ("too_many_pixels", lambda: encoded(flat((8960, 6720)), "JPEG")),
    "a WebP of 268 megapixels": (
        "too_many_pixels",
        lambda: claims(encoded(flat((99, 77)), "WEBP"), (99, 77), (16383, 16383), "<HH"),
    ),
    "an AVIF of 256 megapixels": (
        "too_many_pixels",
        lambda: claims(encoded(flat((98, 76)), "AVIF"), (98, 76), (16000, 16000), ">II"),
    ),
    "an AVIF that says it has 39 megapixels": (
        "too_heavy",
        lambda: claims(encoded(flat((98, 76)), "AVIF"), (98, 76), (6500, 6000), ">II"),
    ),
    "a WebP that says it has 36 megapixels": (
        "damaged",
        lambda: claims(encoded(flat((99, 77)), "WEBP"), (99, 77), (6000, 6000), "<HH"),
    ),
    "a progressive CMYK JPEG of 40 megapixels": (
        "too_heavy",
        lambda: encoded(flat(LARGE, "CMYK"), "JPEG", progressive=True),
    ),
    "a PNG of 40 megapixels that is one line": (
        "too_heavy",
        lambda: png(600_000, 64, bytes(64 * (1 + 3 * 600_000)), colour=2),
    ),
    "an AVIF of 40 megapixels": (
        "too_heavy",
        lambda: encoded(flat(LARGE), "AVIF", speed=10),
    ),
    "a compressed text of 100 MB": ("damaged", lambda: text_bomb(b"zTXt")),
    "a colour profile of 100 MB": ("damaged", lambda: text_bomb(b"iCCP")),
    "three thousand compressed texts": ("", text_everywhere),
    "a JPEG of empty parts": (
        "damaged",
        lambda: ASTRONAUT[:2] + b"\xff\xe0\0\2" * 5_000_000 + ASTRONAUT[2:],
    ),
    "a PNG of empty parts": (
        "damaged",
        lambda: with_chunks(encoded(quarters(), "PNG"), chunk(b"teSt", b"") * 1_000_000),
    ),
    "a WebP of empty parts": (
        "damaged",
        lambda: encoded(quarters(), "WEBP") + b"teSt\0\0\0\0" * 2_000_000,
    ),
    "an AVIF of empty boxes": (
        "",
        lambda: encoded(quarters(), "AVIF") + b"\0\0\0\x08free" * 2_000_000,
    ),
    "an APNG of 5000 frames": ("animated", partial(many_frames, "PNG", 5000)),
    "a WebP of 5000 frames": ("animated", partial(many_frames, "WEBP", 5000)),
    "an AVIF of 300 frames": ("animated", partial(many_frames, "AVIF", 300)),
    "a JPEG whose EXIF is noise": ("", random_exif),
    "a JPEG that is an archive and a page too": ("", lambda: ASTRONAUT + TAIL),
    "a PNG cut off": ("damaged", lambda: encoded(opened(ASTRONAUT), "PNG")[:-5000]),
    "a JPEG cut off": ("damaged", lambda: ASTRONAUT[:-3000]),
    "a WebP cut off": ("damaged", lambda: encoded(opened(ASTRONAUT), "WEBP")[:-3000]),
    "an AVIF cut off": ("damaged", lambda: encoded(opened(ASTRONAUT), "AVIF")[:-3000]),
}

#: What would go on for longer than a photo may take.
SLOW: dict[str, Maker] = {
    "a JPEG with a scan that comes 3000 times": partial(many_scans, 3000),
}

#: The largest of their kinds that are taken.
HONEST: dict[str, Maker] = {
    "JPEG": lambda: encoded(flat(LARGE), "JPEG"),
    "JPEG, progressive 4:4:4": lambda: encoded(
        flat(LARGE), "JPEG", progressive=True, subsampling=0
    ),
    "JPEG, CMYK": lambda: encoded(flat(LARGE, "CMYK"), "JPEG"),
    "PNG, grey": lambda: encoded(flat(LARGE, "L"), "PNG", compress_level=1),
    "PNG, RGB": lambda: encoded(flat(LARGE), "PNG", compress_level=1),
    "PNG, RGBA": lambda: encoded(flat(LARGE, "RGBA"), "PNG", compress_level=1),
    "PNG, 16-bit grey": partial(sixteen_bits, LARGE, 1),
    "PNG, 16-bit RGB": partial(sixteen_bits, LARGE, 3),
    "PNG, 16-bit RGBA": partial(sixteen_bits, LARGE, 4),
    "PNG, palette": lambda: encoded(flat(LARGE, "P"), "PNG", compress_level=1),
    "WebP": lambda: encoded(flat(LARGE), "WEBP", method=0),
    "WebP, see-through": lambda: encoded(flat((6500, 4875), "RGBA"), "WEBP", method=0),
    "WebP, lossless": lambda: encoded(flat(LARGE), "WEBP", lossless=True, method=0),
    "AVIF": lambda: encoded(flat(LARGE_AVIF), "AVIF", speed=10),
}


def names_of_chunks(data: bytes) -> set[bytes]:
    """What a PNG is made of; nothing may follow."""
    file, names, name = io.BytesIO(data), set(), b""
    assert file.read(8) == b"\x89PNG\r\n\x1a\n"
    while name != b"IEND":
        length, name = struct.unpack(">I4s", file.read(8))
        file.seek(length + 4, 1)
        names.add(name)
    assert not file.read()
    return names
