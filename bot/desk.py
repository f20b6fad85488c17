"""What commands, panels and deliveries find behind an interaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.notes import Notes
from bot.photos.darkbox import Examiner
from bot.settings import BotSettings
from bot.shown import Shown
from storage.blobs import Blobs
from storage.engine import Database


@dataclass(frozen=True)
class Waiting:
    """Photos that came before their member's consent."""

    framing: str | None
    files: Sequence[discord.Attachment]


class Desk(discord.AutoShardedClient):
    """A client with its settings, its rows and files, and its eye. `bot.app` opens them."""

    settings: BotSettings
    database: Database
    blobs: Blobs
    examiner: Examiner
    waiting_photos: dict[tuple[int, int], Waiting]  # by member and subject, until the consent
    shown: Shown
    notes: Notes
