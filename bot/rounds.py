"""What the bot does by itself, again and again, until it is stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
from discord.ext import tasks

from storage.errors import StorageError

log = logging.getLogger("darkroom.bot")

#: A round that is under way may take so long to end when the bot stops.
STOP_S = 10.0


class Rounds:
    """Each kind of work is done at once and then every so often. One that fails is done again
    the next time: it starts from rows, and these stay."""

    def __init__(self) -> None:
        self._loops: list[tuple[tasks.Loop[Any], asyncio.Lock]] = []

    def start(self, what: str, every_s: float, work: Callable[[], Awaitable[object]]) -> None:
        """Begin; the work is done beside everything else."""
        turn = asyncio.Lock()

        async def once() -> None:
            async with turn:
                await _attempt(what, work)

        loop: tasks.Loop[Any] = tasks.loop(seconds=every_s)(once)
        self._loops.append((loop, turn))
        loop.start()

    async def stop(self) -> None:
        """End after the rounds that are under way: none is cut off inside a transaction, unless
        it takes too long."""
        for loop, turn in self._loops:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_S):
                    await turn.acquire()
            loop.cancel()


async def _attempt(what: str, work: Callable[[], Awaitable[object]]) -> None:
    try:
        await work()
    except (StorageError, OSError, aiohttp.ClientError, discord.DiscordException) as error:
        log.warning("%s wait for the next round: %s", what, error)
    except Exception:
        log.exception("%s stumbled", what)
