"""Run the bot: `python -m bot`."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
import signal
import sys
from collections.abc import Callable

import aiohttp
import discord
from pydantic import ValidationError

from bot import clinic
from bot.app import Darkroom
from bot.photos import identity
from bot.settings import BotSettings
from storage.errors import (
    DatabaseRefused,
    SchemaDamaged,
    SchemaMismatch,
    StorageError,
)
from storage.settings import explain
from storage.sole import sole, sole_of
from storage.spelling import unread

#: Exit statuses (sysexits.h): a setting is wrong; the same may go well in a moment.
EX_CONFIG = 78
EX_TEMPFAIL = 75

UNSET = (
    "DARKROOM_TOKEN is not set. Put your bot's token into .env (README, 'On your own server'), or"
    " run `make demo` to see everything without one."
)
NO_IDENTITY = (
    "DARKROOM_IDENTITY is set, and what it needs is not installed: pip install '.[identity]'"
)
UNKNOWN = (
    "Discord does not know this token. Copy it again from the Bot page of your application, and"
    " mind that a reset makes a new one."
)
UNREACHABLE = "Discord cannot be reached ({why}). Check this machine's network, then start again."
NOT_NOW = "Discord does not let the bot in just now ({why}). Start it again in a few minutes."
#: Of mallopt(3).
M_ARENA_MAX = -8
HEAPS = 2
#: New objects before the next look for garbage; Python's own 700 is one interaction.
GARBAGE_AT = 20_000
DISK = "{what}: {why}. Check DARKROOM_DATA, then start again."


def main(opened: Callable[[BotSettings], Darkroom] = Darkroom) -> int:
    """Start and stay until stopped; the process's exit status. `opened` makes the client."""
    try:
        settings = BotSettings()
    except ValidationError as error:
        return _leave(EX_CONFIG, explain(error))
    for sentence in unread():
        print(sentence, file=sys.stderr)
    token = settings.token.get_secret_value()
    if not token:
        return _leave(EX_CONFIG, UNSET)
    if settings.identity and not identity.is_installed():
        return _leave(EX_CONFIG, NO_IDENTITY)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _share_heaps()
    clinic.warm()
    # What is here now is here to stay. Looking through it again and again for what could be thrown
    # away held everybody up for a quarter of a second at a time, with 200 members at once.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AT)
    try:
        with sole_of(token):
            asyncio.run(_serve(settings, token, opened))
    except KeyboardInterrupt:
        return 0
    except (discord.DiscordException, aiohttp.ClientError, StorageError, OSError) as error:
        told = _told(error)
        if told is None:
            raise
        return _leave(*told)
    return 0


def _share_heaps() -> None:
    """Glibc gives threads heaps of their own, up to eight for each core, and what one of them took
    for a picture the others cannot use: 388 MB instead of 300 with 200 members at once. Other C
    libraries do not, and have no such switch."""
    with contextlib.suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def _told(error: Exception) -> tuple[int, str] | None:
    """The exit status and the sentence for what an operator can do something about."""
    match error:
        case discord.LoginFailure():
            return EX_CONFIG, UNKNOWN
        case (
            discord.HTTPException()
            | discord.RateLimited()
            | discord.ConnectionClosed()
            | discord.GatewayNotFound()
        ):
            return EX_TEMPFAIL, NOT_NOW.format(why=error)
        case SchemaMismatch() | SchemaDamaged() | DatabaseRefused():
            return EX_CONFIG, str(error)
        case StorageError():
            return EX_TEMPFAIL, str(error)
        case OSError(filename=str() as what, strerror=why):
            sentence = DISK.format(what=what, why=why)
        case aiohttp.ClientError() | OSError():
            sentence = UNREACHABLE.format(why=str(error) or type(error).__name__)
        case _:
            return None
    return EX_TEMPFAIL, sentence


async def _serve(
    settings: BotSettings, token: str, opened: Callable[[BotSettings], Darkroom]
) -> None:
    async with sole(settings.database), opened(settings) as bot:
        serving = asyncio.create_task(bot.start(token))
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, serving.cancel)
        with contextlib.suppress(asyncio.CancelledError):  # asked to stop: closing is tidy
            await serving


def _leave(status: int, sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
