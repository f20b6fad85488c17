"""Photos with something wrong in them, made by dice: what each becomes, in this process or through
the real child. A seed and a number name one of them again.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
from PIL import Image

from bot.photos.darkbox import Examiner
from bot.photos.decode import decode
from bot.photos.errors import SEEN, PhotoRefused
from bot.photos.limits import LIMIT_S, LONGEST_KEPT, MEMORY_BYTES
from tests.bot.photos.hazards import TAIL, apng_of_one, names_of_chunks
from tests.bot.photos.pictures import encoded, frames, opened, quarters

SIDE = 64
#: Lengths that lie.
LIES = (0, 1, 3, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFE, 0xFFFFFFFF)
#: The kernel counts whole seconds, and the fork's last one to its end.
MOST_CPU_S = LIMIT_S + 2


@cache
def originals() -> tuple[bytes, ...]:
    """Honest little files of every kind that is taken, and of some that are not."""
    noise = Image.effect_noise((96, 72), 60)
    colours = Image.merge("RGB", (noise, noise.rotate(180), noise.transpose(0)))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = 6, "the camera's maker"
    told = {"exif": exif, "icc_profile": bytes(range(256))}
    alpha = colours.copy()
    alpha.putalpha(noise)
    ten_bits = (np.asarray(colours).astype(np.uint16) << 2, [cv2.IMWRITE_AVIF_DEPTH, 10])
    files = [
        encoded(colours, "JPEG", **told),
        encoded(colours, "JPEG", progressive=True, subsampling=0),
        encoded(colours.convert("CMYK"), "JPEG"),
        encoded(noise, "JPEG"),
        encoded(quarters(), "MPO", save_all=True, append_images=[colours]),
        encoded(colours, "PNG", **told),
        encoded(alpha, "PNG"),
        encoded(quarters().convert("P"), "PNG", transparency=0),
        encoded(noise.convert("1"), "PNG"),
        encoded(Image.fromarray(np.asarray(noise).astype(np.uint16) * 257), "PNG"),
        apng_of_one(with_default=True),
        encoded(colours, "WEBP", **told),
        encoded(alpha, "WEBP"),
        encoded(alpha, "WEBP", lossless=True),
        encoded(colours, "AVIF", **told),
        encoded(colours, "AVIF", subsampling="4:4:4"),
        encoded(alpha, "AVIF"),
        cv2.imencode(".avif", *ten_bits)[1].tobytes(),
        *(frames(name) for name in ("PNG", "WEBP", "AVIF", "GIF")),
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(300),
    ]
    return tuple(files)


def _flip(data: bytearray, dice: random.Random) -> bytearray:
    for _ in range(dice.choice((1, 1, 2, 8, 40))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    return data


def _overwrite(data: bytearray, dice: random.Random) -> bytearray:
    at, length = dice.randrange(len(data)), dice.choice((1, 4, 16, 200))
    fill = dice.choice((b"\0", b"\xff", dice.randbytes(1)))
    data[at : at + length] = fill * len(data[at : at + length])
    return data


def _cut(data: bytearray, dice: random.Random) -> bytearray:
    return data[: dice.randrange(len(data)) + 1]


def _lose(data: bytearray, dice: random.Random) -> bytearray:
    at = dice.randrange(len(data))
    del data[at : at + dice.choice((1, 2, 12, 100))]
    return data


def _repeat(data: bytearray, dice: random.Random) -> bytearray:
    at, length = dice.randrange(len(data)), dice.choice((4, 12, 100, 2000))
    return data[:at] + data[at : at + length] * dice.choice((2, 3, 300)) + data[at + length :]


def _lie(data: bytearray, dice: random.Random) -> bytearray:
    """A length or a size, mostly near the start, where headers are."""
    at = dice.randrange(min(len(data), dice.choice((64, 400, len(data)))))
    form = dice.choice((">H", "<H", ">I", "<I"))
    lie = dice.choice((*LIES, len(data), dice.randrange(2**32)))
    number = struct.pack(form, lie % 2 ** (8 * struct.calcsize(form)))
    data[at : at + len(number)] = number
    return data


def _splice(data: bytearray, dice: random.Random) -> bytearray:
    """The head of one, the tail of another."""
    other = dice.choice(originals())
    return data[: dice.randrange(len(data)) + 1] + other[dice.randrange(len(other)) :]


def _follow(data: bytearray, dice: random.Random) -> bytearray:
    return data + dice.choice((TAIL, dice.choice(originals()), dice.randbytes(300)))


_WAYS: tuple[Callable[[bytearray, random.Random], bytearray], ...] = (
    *(_flip, _overwrite, _cut, _lose),
    *(_repeat, _lie, _lie, _splice, _follow),
)


def _summed(data: bytes) -> bytes:
    """A PNG with its checksums right again, so that what is wrong is met further in."""
    at, made = 8, bytearray(data[:8])
    while at + 12 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        body = data[at + 4 : at + 8 + length]
        made += data[at : at + 4] + body + struct.pack(">I", zlib.crc32(body))
        at += 12 + length
    return bytes(made)


def mutated(seed: int, number: int) -> bytes:
    """One file of a run."""
    dice = random.Random(f"{seed} {number}")
    data = bytearray(dice.choice(originals()))
    for _ in range(dice.choice((1, 1, 1, 2, 3, 5))):
        if data:
            data = dice.choice(_WAYS)(data, dice)
    is_png = data.startswith(b"\x89PNG")
    return _summed(bytes(data)) if is_png and dice.random() < 0.7 else bytes(data)


def wrong_in_process(data: bytes) -> str:
    """What is wrong with how `decode` takes the file; "" if nothing is."""
    try:
        decoded = decode(data, min_side=SIDE)
    except PhotoRefused as refused:
        return "" if refused.reason in SEEN else f"refused as {refused.reason}"
    except BaseException as error:  # noqa: BLE001 - the very thing looked for
        return repr(error)
    return _wrong_picture(decoded.picture, decoded.width, decoded.height)


def _wrong_picture(picture: Image.Image, width: int, height: int) -> str:
    if picture.mode != "RGB" or picture.info:
        return f"a picture of mode {picture.mode}, with {set(picture.info)}"
    if min(width, height) < SIDE or min(picture.size) < SIDE:
        return f"{picture.size} of {width} x {height}, which is too small"
    if max(picture.size) > max(LONGEST_KEPT, SIDE * max(width, height) / min(width, height) + 1):
        return f"{picture.size} of {width} x {height} is kept"
    return ""


@dataclass
class Run:
    """What came of the files of one seed through the child."""

    reasons: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    replaced: int = 0
    slowest_s: float = 0.0
    most_bytes: int = 0

    def __str__(self) -> str:
        taken = self.reasons["taken"]
        return (
            f"{taken} taken, {self.reasons.total() - taken} refused"
            f" ({', '.join(f'{n} {reason}' for reason, n in self.refused())});"
            f" {self.replaced} children replaced; slowest {self.slowest_s:.2f} s of a processor,"
            f" most {self.most_bytes / 1e6:.0f} MB"
        )

    def refused(self) -> Iterator[tuple[str, int]]:
        """The reasons, the commonest first."""
        return ((r, n) for r, n in self.reasons.most_common() if r != "taken")


async def through_the_child(seed: int, count: int) -> Run:
    """Each file through one Examiner, as the bot has it."""
    run = Run()
    async with Examiner() as examiner:
        for number in range(count):
            child = examiner._child
            examiner.spent = None
            wrong = await _one(examiner, mutated(seed, number), run)
            run.replaced += examiner._child is not child
            if examiner.spent is not None:
                run.slowest_s = max(run.slowest_s, examiner.spent.cpu_s)
                run.most_bytes = max(run.most_bytes, examiner.spent.added_bytes)
                if examiner.spent.added_bytes > MEMORY_BYTES or examiner.spent.cpu_s > MOST_CPU_S:
                    wrong = wrong or f"it cost {examiner.spent}"
            if wrong:
                run.wrong.append(f"file {number}: {wrong}")
    return run


async def _one(examiner: Examiner, data: bytes, run: Run) -> str:
    try:
        seen = await examiner.examine(data, kind="object", declared="other", resolution=SIDE)
    except PhotoRefused as refused:
        run.reasons[refused.reason] += 1
        return "" if refused.reason in SEEN else f"refused as {refused.reason}"
    except Exception as error:  # noqa: BLE001 - the very thing looked for
        return repr(error)
    run.reasons["taken"] += 1
    if any(
        names_of_chunks(png) != {b"IHDR", b"IDAT", b"IEND"}
        for png in (seen.upright_png, *(one.png for one in seen.cuts))
    ):
        return "more than pixels is kept"
    return _wrong_picture(opened(seen.upright_png), seen.width, seen.height)
