"""The pictures of the panels."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Final

import discord

from bot import album
from bot.desk import Desk
from bot.photos.shapes import Square
from bot.sheets.review import review_sheet, single
from bot.sheets.tile import Tile
from bot.views.folder import Folder, id_of
from storage.errors import BlobMissing
from storage.subjects import Shot

#: What their file is called.
NAME: Final = "photos.png"


async def review(folder: Folder, shots: Sequence[Shot]) -> discord.File:
    """The photos with their squares on one sheet."""
    tiles = await asyncio.gather(*(_tile(folder, shot) for shot in shots))
    return _file(await asyncio.to_thread(review_sheet, tiles))


async def alone(folder: Folder, shot: Shot) -> discord.File:
    """One photo with its squares, beside them what will be learned from."""
    tile = await _tile(folder, shot)
    crops = [await _blob(folder.app, crop.blob_key) for crop in album.squares_of(shot)]
    return _file(await asyncio.to_thread(single, tile, crops))


async def _tile(folder: Folder, shot: Shot) -> Tile:
    seen = album.seen_of(shot)
    faces = seen.faces[: folder.faces(shot)] if seen else ()
    return Tile(
        upright=await _blob(folder.app, shot.photo.upright_key),
        number=folder.numbers[id_of(shot)],
        mark=folder.mark(shot),
        caption=shot.photo.filename,
        squares=tuple(Square(crop.x, crop.y, crop.side) for crop in album.squares_of(shot)),
        faces=tuple(face.box for face in faces),
        chosen=folder.judged(shot).face,
    )


async def _blob(app: Desk, key: str) -> bytes | None:
    try:
        return await app.blobs.get(key)
    except BlobMissing:
        return None


def _file(png: bytes) -> discord.File:
    return discord.File(io.BytesIO(png), NAME)
