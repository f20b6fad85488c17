"""What commands, panels and deliveries find behind an interaction."""

from __future__ import annotations

import discord

from bot.notes import Notes
from bot.photos.darkbox import Examiner
from bot.seldom import Seldom
from bot.settings import BotSettings
from bot.shown import Shown
from storage.blobs import Blobs
from storage.engine import Database


class Desk(discord.AutoShardedClient):
    """A client with its settings, its rows and files, and its eye. `bot.app` opens them."""

    settings: BotSettings
    database: Database
    blobs: Blobs
    examiner: Examiner
    shown: Shown
    shown_rooms: Shown  # by session
    notes: Notes
    dossiers: Seldom
    #: The languages that members chose, by their ids.
    tongues: dict[int, str]
