"""A Discord with its members, the real bot in a process of its own, and somebody who draws."""

from __future__ import annotations

import asyncio
import contextlib
import random
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simcord.backend.command_access import command_access
from simcord.interactions import command_leaves

from bot import words
from storage import subjects
from storage.blobs import Blobs, open_blobs
from storage.engine import Database
from storage.settings import StorageSettings
from tests import sqlite
from tests.bench.bot import trainer
from tests.loopback.member import Member
from tests.loopback.process import BotProcess
from tests.loopback.server import Loopback
from tests.rows import new_photo, new_subject
from tests.rows import trained as with_adapter

#: Of photos that make a subject complete.
FRAMINGS = ["face"] * 6 + ["torso"] * 2


@dataclass
class Place:
    discord: Loopback
    bot: BotProcess
    database: Database
    blobs: Blobs

    async def settle_in(self, member: Member, token: str, *, covered: bool = False) -> None:
        """The member has agreed and has a subject that can be drawn, or trained."""
        await subjects.give_consent(self.database, member.id, words.CONSENT_VERSION)
        subject = await new_subject(self.database, member.id, token)
        await with_adapter(self.database, self.blobs, subject)
        for framing in FRAMINGS if covered else ():
            await new_photo(self.database, self.blobs, subject, framing)

    def leaves(self, member: Member) -> list[tuple[str, dict[str, Any]]]:
        """Every command that the member can see, by its whole name."""
        return [
            (" ".join(path), leaf)
            for root in self.discord.commands()
            if root["type"] == 1
            and command_access(
                self.discord.backend, root, user_id=member.id, channel_id=member.channel_id
            ).allowed
            for path, leaf in command_leaves(root)
        ]


@contextlib.asynccontextmanager
async def place() -> AsyncIterator[Place]:
    """Everything but the bot is there; `start` that when the members have settled in."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with Loopback() as discord:
            bot = BotProcess(discord, Path(folder))
            settings = StorageSettings(data=bot.data, base="tiny")
            file = sqlite.new_database(Path(settings.database))
            database, blobs = Database(file), open_blobs(settings)
            await blobs.ready()
            drawing = asyncio.create_task(trainer.work(database, blobs, random.Random(1)))
            try:
                yield Place(discord, bot, database, blobs)
            finally:
                drawing.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await drawing
                await database.close()
