"""Taking a seat in a session."""

from __future__ import annotations

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views.room.door import OfRoom
from storage import sessions
from storage.tables import Session


class Join(OfRoom, verb="session-join"):
    label = "SESSION_JOIN"
    style = discord.ButtonStyle.success

    async def does(self, interaction: Interaction, room: Session) -> None:
        await join(interaction, room)


async def join(interaction: Interaction, room: Session) -> None:
    """Give the member a seat."""
    if await is_suspended(interaction):
        return
    is_new = await sessions.join(app_of(interaction).database, room.id or 0, interaction.user.id)
    await tell(interaction, words.session_joined(room.stage, is_new=is_new))
