"""Answers on their way to Discord: which requests carry them, and what waits to be said."""

from __future__ import annotations

from storage.tables import Outgoing
from tests.bot.commands.conftest import Studio
from tests.rows import rows

PROMPT = "zwx at the beach"
MESSAGES = "/channels/*/messages"
MESSAGE = "/channels/*/messages/*"


async def outgoing(studio: Studio) -> Outgoing:
    (row,) = await rows(studio.bot.database, Outgoing)
    return row
