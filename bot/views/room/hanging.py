"""Hanging up what one drew in a session."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views.room.door import OfRoom, RoomMenu, ask
from bot.views.room.sheet import sheets_of
from bot.wishes import wishes_of
from storage import wall
from storage.errors import CapReached, NotYours, WallFull
from storage.tables import Session


class Hang(OfRoom, verb="session-hang"):
    label = "SESSION_HANG"

    async def does(self, interaction: Interaction, room: Session) -> None:
        await hang(interaction, room)


async def hang(interaction: Interaction, room: Session) -> None:
    """Let the member choose which of their pictures of this session hang on the wall."""
    if await is_suspended(interaction):
        return
    app = app_of(interaction)
    found = await wall.drawn(app.database, room.id or 0, interaction.user.id)
    if not found:
        await tell(interaction, words.SESSION_NOTHING_TO_HANG)
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    options = [
        discord.SelectOption(
            label=words.session_picture_choice(place, str(one.job.spec.get("typed", ""))),
            value=str(one.image.id),
        )
        for place, one in enumerate(found, 1)
    ]
    menus = HangThese.lists(
        interaction.user.id, room.id or 0, options=options, most=room.entries_each
    )
    sheets = await sheets_of(app, found, range(1, len(found) + 1))
    await ask(interaction, words.SESSION_HANG_WHICH, menus, sheets)


class HangThese(RoomMenu, verb="session-hang-these"):
    placeholder = "SESSION_HANG_MENU"

    async def chosen(self, interaction: Interaction, session_id: int, /, *part: int) -> str:
        del part
        return await hang_up(interaction, session_id, [int(value) for value in self.values])


async def hang_up(interaction: Interaction, session_id: int, image_ids: Sequence[int]) -> str:
    """Hang these pictures of the member's up, as many as still may be, and say so. May raise
    SessionOver and NoSeat."""
    database, member_id = app_of(interaction).database, interaction.user.id
    tells = (await wishes_of(app_of(interaction), member_id)).prompts
    numbers = []
    try:
        for image_id in image_ids:
            entry = await wall.hang(database, member_id, session_id, image_id, tells_prompt=tells)
            numbers.append(entry.number)
    except NotYours:
        return words.SESSION_CANNOT_HANG
    except CapReached as reached:
        if not numbers:
            return words.session_entries_spent(reached.limit)
    except WallFull:
        if not numbers:
            return words.session_wall_full(wall.MOST)
    return words.session_hung(numbers)
