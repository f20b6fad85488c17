"""Threads that Discord put to rest: in an archived one nothing can be edited or deleted before it
is opened again (code 50083, https://github.com/discord/discord-api-docs/pull/2855). To send
something opens it by itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

import discord

from bot.desk import Desk

_ARCHIVED: Final = 50083
Done = TypeVar("Done")


async def awake(app: Desk, channel_id: int, act: Callable[[], Awaitable[Done]]) -> Done:
    """Do it, in a thread that is opened where it was archived. Raises what Discord says of both: a
    locked thread is opened only by who may manage it."""
    try:
        return await act()
    except discord.HTTPException as error:
        if error.code != _ARCHIVED:
            raise
    thread = await app.fetch_channel(channel_id)
    assert isinstance(thread, discord.Thread)
    await thread.edit(archived=False)
    return await act()
