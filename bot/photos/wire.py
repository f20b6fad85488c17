"""Messages between the bot and the process that looks at photos: a JSON head and raw bytes.

Eight bytes say how long both are. No pickle: the process on the other side has just read a
stranger's file, and JSON can only ever be data.
"""

from __future__ import annotations

import io
import json
import struct
from typing import TYPE_CHECKING, Any, BinaryIO, Final

if TYPE_CHECKING:
    import asyncio

_LENGTHS: Final = struct.Struct(">II")
_MAX_HEAD: Final = 64 * 1024
#: More than the pixels of the largest kept photo (limits.MOST_KEPT) and its cuts can take.
MAX_BODY: Final = 96 * 1024 * 1024


class WireBroken(Exception):
    """The other side closed its end or does not speak this language."""


def pack(head: dict[str, Any], body: bytes = b"") -> bytes:
    """One message."""
    raw = json.dumps(head).encode()
    return _LENGTHS.pack(len(raw), len(body)) + raw + body


def unpack(message: bytes) -> tuple[dict[str, Any], bytes]:
    """Head and body of one whole message. Raises WireBroken where it is none, or more than one."""
    stream = io.BytesIO(message)
    head, body = receive(stream)
    if stream.read(1):
        raise WireBroken("more than one message")
    return head, body


def receive(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    """The next message of a blocking stream. Raises WireBroken at its end."""
    head, body = _lengths(_exactly(stream, _LENGTHS.size))
    return _head(_exactly(stream, head)), _exactly(stream, body)


async def receive_async(stream: asyncio.StreamReader) -> tuple[dict[str, Any], bytes]:
    """The next message of an asyncio stream. Raises WireBroken at its end."""
    try:
        head, body = _lengths(await stream.readexactly(_LENGTHS.size))
        return _head(await stream.readexactly(head)), await stream.readexactly(body)
    except (EOFError, ConnectionError) as error:
        raise WireBroken("the stream ended") from error


def _exactly(stream: BinaryIO, count: int) -> bytes:
    raw = stream.read(count)
    if len(raw) != count:
        raise WireBroken("the stream ended")
    return raw


def _lengths(raw: bytes) -> tuple[int, int]:
    head, body = _LENGTHS.unpack(raw)
    if head > _MAX_HEAD or body > MAX_BODY:
        raise WireBroken(f"a message of {head} + {body} bytes")
    return head, body


def _head(raw: bytes) -> dict[str, Any]:
    try:
        head = json.loads(raw)
    except ValueError as error:
        raise WireBroken("a head that is not JSON") from error
    if not isinstance(head, dict):
        raise WireBroken("a head that is not an object")
    return head
