"""What a session's host and the moderators may do."""

from __future__ import annotations

from typing import Final

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.views.room.door import OfRoom, RoomMenu, ask
from storage import sessions, wall
from storage.errors import NotYours, SessionOver
from storage.tables import Session

#: What "longer" means.
_MORE_MINUTES: Final = 15


class Manage(OfRoom, verb="session-manage"):
    label = "SESSION_MANAGE"

    async def does(self, interaction: Interaction, room: Session) -> None:
        if not may_manage(interaction, room):
            await tell(interaction, words.SESSION_NOT_HOST)
            return
        hanging = await wall.hanging(app_of(interaction).database, room.id or 0)
        choices = words.session_manage_choices(room.stage, [one.entry.number for one in hanging])
        options = [
            discord.SelectOption(label=label, value=value) for value, label in choices.items()
        ]
        menu = ManageRoom(interaction.user.id, room.id or 0, options=options)
        await ask(interaction, words.SESSION_MANAGE_WHAT, menu)


def may_manage(interaction: Interaction, room: Session) -> bool:
    """Whether the member opened the session, or moderates here."""
    may = interaction.permissions
    return (
        interaction.user.id == room.host_id
        or may.manage_guild
        or may.manage_threads
        or may.manage_messages
    )


class ManageRoom(RoomMenu, verb="session-manage-do"):
    placeholder = "SESSION_MANAGE_MENU"

    async def chosen(self, interaction: Interaction, session_id: int) -> str:
        database = app_of(interaction).database
        room = await sessions.get(database, session_id)
        if room is None:
            raise SessionOver
        if not may_manage(interaction, room):
            return words.SESSION_NOT_HOST
        what, _, number = self.values[0].partition("-")
        match what:
            case "extend":
                await sessions.extend(database, session_id, _MORE_MINUTES)
            case "vote":
                await sessions.go_on(database, session_id, "open")
            case "close":
                await sessions.close(database, session_id)
            case _:
                try:
                    await wall.hide(database, session_id, int(number))
                except NotYours:
                    return words.SESSION_NO_SUCH
        return words.SESSION_DONE[what]
