from __future__ import annotations

import asyncio
import io
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.photos.wire import WireBroken, pack, receive, receive_async

MESSAGE = pack({"kind": "pet"}, b"photo")
BROKEN = {
    "nothing": b"",
    "half the lengths": MESSAGE[:5],
    "half the head": MESSAGE[:12],
    "half the body": MESSAGE[:-1],
    "a huge head": struct.pack(">II", 2**31, 0) + bytes(99),
    "a huge body": struct.pack(">II", 2, 2**31) + b"{}" + bytes(99),
    "a head of other text": struct.pack(">II", 4, 0) + b"oops",
    "a head of other JSON": struct.pack(">II", 2, 0) + b"[]",
    "a head of no text": struct.pack(">II", 2, 0) + b"\xff\xfe",
}


async def over_asyncio(raw: bytes):
    stream = asyncio.StreamReader()
    stream.feed_data(raw)
    stream.feed_eof()
    return await receive_async(stream)


@settings(max_examples=30)  # each opens an event loop
@given(st.dictionaries(st.text(), st.integers() | st.text()), st.binary())
def test_what_is_packed_is_received(head, body):
    raw = pack(head, body)
    assert receive(io.BytesIO(raw)) == (head, body)
    assert asyncio.run(over_asyncio(raw)) == (head, body)


@pytest.mark.parametrize("name", BROKEN)
async def test_anything_else_is_a_broken_wire(name):
    with pytest.raises(WireBroken):
        receive(io.BytesIO(BROKEN[name]))
    with pytest.raises(WireBroken):
        await over_asyncio(BROKEN[name])
