"""The bot itself: a Discord client with its database, its blobs and its eye."""

from __future__ import annotations

import asyncio
import logging
from contextlib import AsyncExitStack
from typing import Any

import discord
from discord import app_commands
from discord.ext import tasks

from bot import commands, deliver, views
from bot.desk import Desk
from bot.photos.darkbox import Examiner
from bot.reply import trouble
from bot.settings import BotSettings
from bot.shown import Shown
from storage.blobs import open_blobs
from storage.engine import Database
from storage.orphans import sweep_orphans

log = logging.getLogger("darkroom.bot")


class Darkroom(Desk):
    """One bot process. No message-content intent: photos arrive in commands and modals only."""

    def __init__(self, settings: BotSettings, **options: Any) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            allowed_mentions=discord.AllowedMentions.none(),
            **options,
        )
        self.settings = settings
        self.blobs = open_blobs(settings)
        self.examiner = Examiner()
        self.open_while_running = AsyncExitStack()
        self.waiting_photos = {}
        self.shown = Shown()
        self.looking = asyncio.Lock()
        self.tree = app_commands.CommandTree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        self.tree.error(trouble)
        commands.add_all(self.tree)
        views.add_all(self)

    async def setup_hook(self) -> None:
        await self.blobs.ready()
        self.database = await Database.open(self.settings.database)
        self.open_while_running.push_async_callback(self.database.close)
        await self.open_while_running.enter_async_context(self.examiner)
        if self.settings.guild is None:
            await self.tree.sync()
        else:
            guild = discord.Object(self.settings.guild)
            self.tree.copy_global_to(guild=guild)
            await self.tree.sync(guild=guild)
        await sweep_orphans(self.database, self.blobs)
        self.deliveries.start()

    async def close(self) -> None:
        async with self.looking:  # never cancelled inside a transaction
            self.deliveries.cancel()
        await super().close()
        await self.open_while_running.aclose()

    @tasks.loop(seconds=1)
    async def deliveries(self) -> None:
        """Show what the trainer did since the last look. Never ends on an error: the rows keep
        what was not shown, and the next round tries again."""
        try:
            async with self.looking:
                await deliver.once(self)
        except Exception:
            log.exception("deliveries stumbled")

    @deliveries.before_loop
    async def wait_for_gateway(self) -> None:
        await self.wait_until_ready()
