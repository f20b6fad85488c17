"""A member's file, read no further than a photo may be long, whatever Discord says of its size."""

from __future__ import annotations

from typing import Final

import aiohttp
import discord

from bot.photos.errors import PhotoRefused
from bot.photos.limits import MAX_BYTES

#: For 20 MB a line of 3 Mbit/s; and how long a server may say nothing at all.
PATIENCE: Final = aiohttp.ClientTimeout(total=60, sock_connect=10, sock_read=15)
_CHUNK_BYTES: Final = 64 * 1024


async def download(
    file: discord.Attachment, *, patience: aiohttp.ClientTimeout = PATIENCE
) -> bytes:
    """The file's bytes. Raises PhotoRefused: too_many_bytes, unreachable.

    `discord.Attachment.read` reads whatever comes, for five minutes. This asks in the same way
    (the client's own session, its proxy) and stops at the limit.
    """
    http = file._http  # noqa: SLF001 - the client's; discord.py offers no reading in pieces
    session = getattr(http, "_HTTPClient__session", None)
    try:
        if not isinstance(session, aiohttp.ClientSession):
            return _capped(await file.read())  # a client whose Discord is in memory
        async with session.get(
            file.url,
            proxy=http.proxy,
            proxy_auth=http.proxy_auth,
            timeout=patience,
            allow_redirects=False,  # Discord's files are where it says, and nowhere else
            auto_decompress=False,  # nor packed: what arrives is what is counted
            headers={"Accept-Encoding": "identity"},
        ) as response:
            if response.status != 200:  # noqa: PLR2004 - HTTP's OK
                raise PhotoRefused("unreachable")
            return await _read(response)
    except (discord.HTTPException, aiohttp.ClientError, TimeoutError):
        raise PhotoRefused("unreachable") from None


async def _read(response: aiohttp.ClientResponse) -> bytes:
    if (response.content_length or 0) > MAX_BYTES:
        raise _too_many(response.content_length or 0)
    data = bytearray()
    async for piece in response.content.iter_chunked(_CHUNK_BYTES):
        data += piece
        if len(data) > MAX_BYTES:
            raise _too_many(len(data))
    return bytes(data)


def _capped(data: bytes) -> bytes:
    if len(data) > MAX_BYTES:
        raise _too_many(len(data))
    return data


def _too_many(count: int) -> PhotoRefused:
    return PhotoRefused("too_many_bytes", bytes=count, limit=MAX_BYTES)
