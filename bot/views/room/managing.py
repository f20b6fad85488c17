"""What a session's host and the moderators may do."""

from __future__ import annotations

from typing import Final

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.views.room.door import OfRoom, RoomMenu, ask
from storage import sessions, wall
from storage.engine import Database
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
        if room.stage == "closed" and not hanging:
            await tell(interaction, words.SESSION_EMPTY)
            return
        member_id, session_id = interaction.user.id, room.id or 0
        what = [
            discord.SelectOption(label=label, value=value)
            for value, label in words.session_manage_choices(room.stage).items()
        ]
        which = [
            discord.SelectOption(
                label=words.session_entry_choice(one.entry.number), value=str(one.entry.number)
            )
            for one in hanging
        ]
        menus: list[RoomMenu] = [
            *([ManageRoom(member_id, session_id, options=what)] if what else []),
            *OffTheWall.lists(member_id, session_id, options=which),
        ]
        await ask(interaction, words.SESSION_MANAGE_WHAT, menus)


def may_manage(interaction: Interaction, room: Session) -> bool:
    """Whether the member opened the session, or moderates here."""
    may = interaction.permissions
    return (
        interaction.user.id == room.host_id
        or may.manage_guild
        or may.manage_threads
        or may.manage_messages
    )


class _OfHost(RoomMenu):
    """A menu of those who may manage the session, at the time when it is used."""

    async def chosen(self, interaction: Interaction, session_id: int, /, *part: int) -> str:
        del part
        database = app_of(interaction).database
        room = await sessions.get(database, session_id)
        if room is None:
            raise SessionOver
        if not may_manage(interaction, room):
            return words.SESSION_NOT_HOST
        return await self.does(database, session_id, self.values[0])

    async def does(self, database: Database, session_id: int, value: str) -> str:
        """Do what was chosen, and say so. May raise SessionOver."""
        raise NotImplementedError  # each says it


class ManageRoom(_OfHost, verb="session-manage-do"):
    placeholder = "SESSION_MANAGE_MENU"

    async def does(self, database: Database, session_id: int, value: str) -> str:
        match value:
            case "extend":
                await sessions.extend(database, session_id, _MORE_MINUTES)
            case "vote":
                if not await wall.hanging(database, session_id):
                    return words.SESSION_NOTHING_HANGS
                await sessions.go_on(database, session_id, "open")
            case "close":
                await sessions.close(database, session_id)
        return words.SESSION_DONE[value]


class OffTheWall(_OfHost, verb="session-off-wall"):
    """A list of what hangs."""

    placeholder = "SESSION_TAKE_DOWN_MENU"

    async def does(self, database: Database, session_id: int, value: str) -> str:
        try:
            await wall.hide(database, session_id, int(value))
        except NotYours:
            return words.SESSION_NO_SUCH
        return words.session_taken_down(int(value))
