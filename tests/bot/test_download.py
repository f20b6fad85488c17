"""Files come from a real server that may lie, through discord.py's own session."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace

import aiohttp
import discord
import pytest
from discord.http import HTTPClient, Route

from bot.download import download
from bot.photos.errors import PhotoRefused
from bot.photos.limits import MAX_BYTES
from tests.bot.photos.pictures import ASTRONAUT

ME = json.dumps({"id": "1", "username": "darkroom"}).encode()
MEGABYTE = bytes(1024 * 1024)


class Server:
    """Answers every path with what was put there, and knows when its reader went away."""

    def __init__(self) -> None:
        self.sent = 0
        self.closed = asyncio.Event()
        self.said: dict[str, Callable[[asyncio.StreamWriter], object]] = {}

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            path = head.split()[1].decode()
            if path == "/users/@me":
                writer.write(ok(ME, ("Content-Type", "application/json")))
            else:
                await self.said[path](writer)  # type: ignore[misc] # a test's own coroutine
            await writer.drain()
        except ConnectionError:
            self.closed.set()
        finally:
            writer.close()


def ok(body: bytes, *headers: tuple[str, str], length: int | None = None) -> bytes:
    lines = [("Content-Length", str(len(body) if length is None else length)), *headers]
    return (
        b"HTTP/1.1 200 OK\r\n"
        + b"".join(f"{k}: {v}\r\n".encode() for k, v in lines)
        + (b"Connection: close\r\n\r\n" + body)
    )


def says(data: bytes):
    async def say(writer: asyncio.StreamWriter) -> None:
        writer.write(data)

    return say


@contextlib.asynccontextmanager
async def discord_at(server: Server) -> AsyncIterator[Callable[..., discord.Attachment]]:
    """A logged-in client of the server, as a maker of attachments that lie there."""
    listener = await asyncio.start_server(server.answer, "127.0.0.1", 0)
    host, port = listener.sockets[0].getsockname()
    http = HTTPClient(asyncio.get_running_loop())
    base, Route.BASE = Route.BASE, f"http://{host}:{port}"
    try:
        await http.static_login("no token")
        state = SimpleNamespace(http=http)

        def attachment(path: str, size: int = 1000) -> discord.Attachment:
            url = f"http://{host}:{port}{path}"
            data = {"id": 1, "size": size, "filename": "a.jpg", "url": url, "proxy_url": url}
            return discord.Attachment(data=data, state=state)

        yield attachment
    finally:
        Route.BASE = base
        await http.close()
        listener.close()
        await listener.wait_closed()


async def refusal(said, patience: aiohttp.ClientTimeout | None = None) -> PhotoRefused:
    server = Server()
    server.said["/a.jpg"] = said if callable(said) else says(said)
    options = {"patience": patience} if patience else {}
    async with discord_at(server) as attachment:
        with pytest.raises(PhotoRefused) as caught:
            await download(attachment("/a.jpg"), **options)
    return caught.value


async def test_a_file_comes_through_the_clients_own_session_as_it_is():
    server = Server()
    server.said["/a.jpg"] = says(ok(ASTRONAUT))
    async with discord_at(server) as attachment:
        assert await download(attachment("/a.jpg")) == ASTRONAUT


async def test_case_10_a_body_that_never_ends_is_cut_at_the_limit_and_its_line_dropped():
    server = Server()

    async def for_ever(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: image/jpeg\r\n\r\n")
        while True:  # ends when the reader hangs up
            writer.write(MEGABYTE)
            server.sent += len(MEGABYTE)
            await writer.drain()

    server.said["/a.jpg"] = for_ever
    async with discord_at(server) as attachment:
        with pytest.raises(PhotoRefused) as caught:
            await download(attachment("/a.jpg", size=1_000_000))
        await server.closed.wait()
    assert caught.value.reason == "too_many_bytes"
    assert MAX_BYTES < caught.value.facts["bytes"] <= MAX_BYTES + len(MEGABYTE)
    assert server.sent < 2 * MAX_BYTES


async def test_case_10_a_length_over_the_limit_is_refused_unread():
    refused = await refusal(ok(b"", length=500_000_000))
    assert (refused.reason, refused.facts["bytes"]) == ("too_many_bytes", 500_000_000)


async def test_case_10_of_a_length_that_promises_less_than_comes_no_more_is_read():
    server = Server()
    server.said["/a.jpg"] = says(ok(ASTRONAUT, length=1000))
    async with discord_at(server) as attachment:
        with contextlib.suppress(PhotoRefused):  # where aiohttp saw that more was there
            assert await download(attachment("/a.jpg")) == ASTRONAUT[:1000]


@pytest.mark.parametrize("status", [b"404 Not Found", b"410 Gone", b"403 Forbidden", b"500 Oh"])
async def test_case_11_a_file_that_is_gone_is_unreachable(status):
    refused = await refusal(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n")
    assert refused.reason == "unreachable"


async def test_case_11_a_line_that_breaks_half_way_is_unreachable():
    assert (await refusal(ok(ASTRONAUT[:5000], length=len(ASTRONAUT)))).reason == "unreachable"


async def test_case_11_a_server_that_falls_silent_is_not_waited_for():
    async def fall_silent(writer: asyncio.StreamWriter) -> None:
        writer.write(ok(ASTRONAUT[:5000], length=len(ASTRONAUT)))
        await asyncio.Event().wait()

    assert (await refusal(fall_silent, aiohttp.ClientTimeout(sock_read=0.05))).reason == (
        "unreachable"
    )


async def test_a_way_elsewhere_is_not_taken():
    moved = b"HTTP/1.1 302 Found\r\nLocation: /secret\r\nContent-Length: 0\r\n\r\n"
    assert (await refusal(moved)).reason == "unreachable"


async def test_what_comes_packed_is_counted_packed():
    server = Server()
    server.said["/a.jpg"] = says(ok(b"packed", ("Content-Encoding", "gzip")))
    async with discord_at(server) as attachment:
        assert await download(attachment("/a.jpg")) == b"packed"


async def test_a_client_without_a_session_reads_as_discord_py_does():
    class InMemory:
        async def get_from_cdn(self, url: str) -> bytes:
            return b"x" * (MAX_BYTES + 1)

    data = {"id": 1, "size": 1, "filename": "a", "url": "cdn", "proxy_url": "cdn"}
    file = discord.Attachment(data=data, state=SimpleNamespace(http=InMemory()))
    with pytest.raises(PhotoRefused, match="too_many_bytes"):
        await download(file)
