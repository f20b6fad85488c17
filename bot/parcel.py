"""What goes along with a message, made to fit where it goes: a picture is never too large to be
handed over.

A PNG stays as it is wherever it fits. One that does not becomes a WebP of high quality, then a
smaller one. Both carry what the PNG said of itself: the mark of how it was made in XMP, as IPTC
wants it, and the parameters where web UIs look for them in other files than PNGs (EXIF's
UserComment, in UTF-16).
"""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import PurePath
from typing import Any, Final, TypeAlias, TypeVar

import discord
from discord.utils import DEFAULT_FILE_SIZE_LIMIT_BYTES
from PIL import Image

from bot.desk import Desk

log = logging.getLogger("darkroom.deliver")

#: A name and the bytes behind it.
File: TypeAlias = tuple[str, bytes]
#: What is sent with files, as made from the names under which they go.
Letter: TypeAlias = Callable[[Sequence[str]], dict[str, Any]]
Sent = TypeVar("Sent")

#: Discord's own word for it, and what somebody on the way says instead.
_TOO_LARGE: Final = 40005
_ALSO_TOO_LARGE: Final = 413
#: What a request holds besides its files.
_AROUND: Final = 65_536
#: Of WebP, out of 100: hardly to be told from the PNG, and still good.
_QUALITIES: Final = (95, 85)
_SMALLER: Final = 0.75
#: Pixels of the shorter side, and bytes: who refuses even these refuses everything.
_LEAST_SIDE: Final = 64
_LEAST: Final = 16_384
_EXIF, _USER_COMMENT = 0x8769, 0x9286


def room_in(app: Desk, server_id: int | None) -> int:
    """How many bytes the files of one message may have there, all together; None: in private."""
    server = app.get_guild(server_id) if server_id is not None else None
    limit = DEFAULT_FILE_SIZE_LIMIT_BYTES if server is None else server.filesize_limit
    return limit - _AROUND


def is_too_large(error: discord.HTTPException) -> bool:
    """Whether that is what Discord says of files."""
    return error.code == _TOO_LARGE or error.status == _ALSO_TOO_LARGE


async def hand_over(
    files: Sequence[File], room: int, send: Callable[[list[discord.File]], Awaitable[Sent]]
) -> Sent:
    """What `send` makes of the files, which fit into `room` bytes. Where Discord finds that too
    much all the same, half as much is tried, and half of that. Raises what else it says."""
    before = None
    while True:
        packed = await asyncio.to_thread(fitted, files, room)
        try:
            # afresh for each request: a file can be sent once
            return await send([discord.File(io.BytesIO(data), name) for name, data in packed])
        except discord.HTTPException as error:
            total = sum(len(data) for _, data in packed)
            if not is_too_large(error) or total < _LEAST or total == before:
                raise
            before = total
            log.warning("%s bytes of pictures are too much there: %s", total, error)
            room = total // 2


def names(files: Sequence[discord.File]) -> list[str]:
    """Under which names they go: one that had to become smaller has another."""
    return [file.filename for file in files]


def fitted(files: Sequence[File], room: int) -> list[File]:
    """The files in their order, all together in `room` bytes. The small ones leave to the large
    ones what they do not need."""
    made: dict[int, File] = {}
    for at in sorted(range(len(files)), key=lambda at: len(files[at][1])):
        made[at] = _fitted(files[at], room // (len(files) - len(made)))
        room -= len(made[at][1])
    return [made[at] for at in range(len(files))]


def _fitted(file: File, room: int) -> File:
    name, data = file
    if len(data) <= room:
        return file
    whole = Image.open(io.BytesIO(data), formats=["PNG"])
    picture, notes = whole.convert("RGB"), _notes(whole)
    quality = 0
    for quality in _QUALITIES:
        data = _webp(picture, quality, notes)
        if len(data) <= room:
            break
    while len(data) > room and min(picture.size) > _LEAST_SIDE:
        width, height = (max(1, round(side * _SMALLER)) for side in picture.size)
        picture = picture.resize((width, height), Image.Resampling.LANCZOS)
        data = _webp(picture, quality, notes)
    return str(PurePath(name).with_suffix(".webp")), data


def _notes(picture: Image.Image) -> dict[str, bytes]:
    """What a PNG says of itself, for a WebP."""
    notes = {"xmp": picture.info["xmp"]} if "xmp" in picture.info else {}
    if "parameters" in picture.info:
        exif = Image.Exif()
        said = str(picture.info["parameters"]).encode("utf-16-be")
        exif.get_ifd(_EXIF)[_USER_COMMENT] = b"UNICODE\0" + said
        notes["exif"] = exif.tobytes()
    return notes


def _webp(picture: Image.Image, quality: int, notes: dict[str, bytes]) -> bytes:
    file = io.BytesIO()
    picture.save(file, "WEBP", quality=quality, **notes)
    return file.getvalue()
