"""The bot itself: a Discord client with its database, its blobs and its eye."""

from __future__ import annotations

import asyncio
import shutil
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import discord
from discord import app_commands

from bot import commands, deliver, rooms, views
from bot.desk import Desk
from bot.leavers import Leavers
from bot.notes import Notes
from bot.photos.darkbox import Examiner
from bot.rounds import Rounds
from bot.seldom import Seldom
from bot.settings import BotSettings
from bot.shown import Shown
from bot.tree import Descriptions, Tree
from bot.views import dossier, handing
from storage import wishes
from storage.blobs import open_blobs
from storage.doomed import bury
from storage.engine import Database
from storage.orphans import sweep_orphans
from storage.retention import expire

#: A command must answer within 3 seconds, and may wait so long twice: for the connection that
#: writes, which another command holds, and for the lock that another process holds.
PATIENCE_S = 1.2
#: Discord may ask for a pause of minutes. Beyond this one the row waits, not everybody.
LONGEST_PAUSE_S = 30.0

LOOK_EVERY_S = 1.0
ROOMS_EVERY_S = 3.0
ASK_EVERY_S = 10.0
BURY_EVERY_S = 60.0
#: So often a member is handed all of their data.
DOSSIER_EVERY_S = 3600.0
TIDY_EVERY_S = 3600.0
#: To one host at once. Discord answers within a tenth of a second or so: many more a second than it
#: allows (50, interactions aside).
CONNECTIONS = 32


class Darkroom(Desk):
    """One bot process. No message-content intent: of what is written it hears only direct messages
    and mentions, and of those it takes the photos alone."""

    def __init__(self, settings: BotSettings, **options: Any) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True, guild_messages=True, dm_messages=True),
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_PAUSE_S,
            **options,
        )
        self.settings = settings
        self.blobs = open_blobs(settings)
        self.examiner = Examiner()
        self.open_while_running = AsyncExitStack()
        self.shown = Shown()
        self.shown_rooms = Shown()
        self.notes = Notes()
        self.dossiers = Seldom(DOSSIER_EVERY_S)
        self.leavers = Leavers()
        self.rounds = Rounds()
        self.tree = Tree(
            self,
            allowed_contexts=app_commands.AppCommandContext(
                guild=True, dm_channel=True, private_channel=False
            ),
            allowed_installs=app_commands.AppInstallationType(guild=True, user=False),
        )
        commands.add_all(self.tree)
        views.add_all(self)

    async def login(self, token: str) -> None:
        # many answers at once want few handshakes: each costs as much as some answers
        if not self.http.connector:
            self.http.connector = aiohttp.TCPConnector(limit=0, limit_per_host=CONNECTIONS)
        await super().login(token)

    async def setup_hook(self) -> None:
        # what a killed bot was about to hand over
        packing = dossier.packing_in(self.settings.data)
        await asyncio.to_thread(shutil.rmtree, packing, ignore_errors=True)
        await self.blobs.ready()
        self.database = await Database.open(self.settings.database, PATIENCE_S)
        self.open_while_running.push_async_callback(self.database.close)
        self.tongues = await wishes.languages(self.database)
        await self.open_while_running.enter_async_context(self.examiner)
        await self.tree.set_translator(Descriptions())
        if self.settings.guild is None:
            await self.tree.sync()
        else:
            guild = discord.Object(self.settings.guild)
            self.tree.copy_global_to(guild=guild)
            await self.tree.sync(guild=guild)
        self.rounds.start("deliveries", LOOK_EVERY_S, self.deliver)
        self.rounds.start("sessions", ROOMS_EVERY_S, self.keep_rooms)
        self.rounds.start("leavers", ASK_EVERY_S, self.ask_for_leavers)
        self.rounds.start("burials", BURY_EVERY_S, self.bury)
        self.rounds.start("orphans", TIDY_EVERY_S, self.sweep)
        self.rounds.start("expiries", TIDY_EVERY_S, self.expire)

    async def on_message(self, message: discord.Message) -> None:
        """Photos that come in a direct message, or with a mention."""
        await handing.look_at(self, message)

    async def close(self) -> None:
        await self.rounds.stop()
        await super().close()
        await self.open_while_running.aclose()

    async def deliver(self) -> None:
        """Show what the trainer did since the last look."""
        if self.is_ready():
            await deliver.once(self)

    async def keep_rooms(self) -> None:
        """Let sessions go on, and show how they are."""
        if self.is_ready():
            await rooms.once(self)

    async def ask_for_leavers(self) -> None:
        """Drop what members wait for who left."""
        if self.is_ready():
            await self.leavers.look(self)

    async def bury(self) -> None:
        """Remove the files that a killed bot, or a store that was away, left to be removed."""
        await bury(self.database, self.blobs)

    async def sweep(self) -> None:
        """Remove the files that a crash left without a row."""
        await sweep_orphans(self.database, self.blobs)

    async def expire(self) -> None:
        """Delete what is past its time."""
        await expire(self.database, self.blobs, self.settings)
