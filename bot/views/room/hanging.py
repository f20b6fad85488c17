"""Hanging up what one drew in a session."""

from __future__ import annotations

import asyncio

import discord

from bot import screen, words
from bot.reply import Interaction, app_of, tell
from bot.sheets.contact import contact_sheet
from bot.views.press import MOST_CHOICES
from bot.views.room.door import OfRoom, RoomMenu, ask
from bot.views.room.sheet import ACROSS, SHEET
from bot.wishes import wishes_of
from storage import wall
from storage.errors import CapReached, NotYours
from storage.tables import Session


class Hang(OfRoom, verb="session-hang"):
    label = "SESSION_HANG"

    async def does(self, interaction: Interaction, room: Session) -> None:
        await hang(interaction, room)


async def hang(interaction: Interaction, room: Session) -> None:
    """Let the member choose which of their pictures of this session hang on the wall."""
    app = app_of(interaction)
    found = await wall.drawn(app.database, room.id or 0, interaction.user.id)
    if not found:
        await tell(interaction, words.SESSION_NOTHING_TO_HANG)
        return
    offered = found[:MOST_CHOICES]
    await interaction.response.defer(ephemeral=True, thinking=True)
    options = [
        discord.SelectOption(
            label=words.session_picture_choice(place, str(one.job.spec.get("typed", ""))),
            value=str(one.image.id),
        )
        for place, one in enumerate(offered, 1)
    ]
    seen = [(await screen.picture_of(app, one.job, one.image)).png for one in offered]
    sheet = await asyncio.to_thread(contact_sheet, seen, min(len(seen), ACROSS))
    menu = HangThese(interaction.user.id, room.id or 0, options=options, most=room.entries_each)
    await ask(interaction, words.SESSION_HANG_WHICH, menu, [(SHEET, sheet)])


class HangThese(RoomMenu, verb="session-hang-these"):
    placeholder = "SESSION_HANG_MENU"

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        database = app_of(interaction).database
        tells = (await wishes_of(app_of(interaction), self.owner_id)).prompts
        numbers = []
        try:
            for value in self.values:
                entry = await wall.hang(
                    database, self.owner_id, session_id, int(value), tells_prompt=tells
                )
                numbers.append(entry.number)
        except NotYours:
            return words.SESSION_CANNOT_HANG
        except CapReached as reached:
            if not numbers:
                return words.session_entries_spent(reached.limit)
        return words.session_hung(numbers)
