"""What the buttons of a session have in common: they are for everybody, and ask what may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import discord

from bot import parcel, words
from bot.reply import Interaction, app_of, tell
from bot.views.layout import card, pictures
from bot.views.press import Menu, Press, settle
from storage import sessions
from storage.errors import NoSeat, SessionOver
from storage.tables import Session

#: A card of nobody's in particular.
NOBODY: Final = 0


class OfRoom(Press):
    """A button on a session's card, for everybody."""

    for_everyone = True

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        room = await sessions.get(app_of(interaction).database, numbers[0])
        if room is None:
            await tell(interaction, words.SESSION_OVER)
            return
        try:
            await self.does(interaction, room)
        except SessionOver:
            await tell(interaction, words.SESSION_OVER)
        except NoSeat:
            await tell(interaction, words.SESSION_JOIN_FIRST)

    async def does(self, interaction: Interaction, room: Session) -> None:
        """What happens. May raise SessionOver and NoSeat."""
        raise NotImplementedError  # each says it


class RoomMenu(Menu):
    """A menu that one member was offered in a session."""

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        try:
            said = await self.chosen(interaction, *numbers)
        except SessionOver:
            said = words.SESSION_OVER
        except NoSeat:
            said = words.SESSION_JOIN_FIRST
        if isinstance(said, str):
            await settle(interaction, said)
        else:
            await interaction.response.edit_message(view=said)

    async def chosen(
        self, interaction: Interaction, session_id: int, /, *part: int
    ) -> str | discord.ui.LayoutView:
        """Do what was chosen, and say so: in a sentence that ends it, or in a panel to go on with.
        `part`: the first and the last value of its list. May raise SessionOver and NoSeat."""
        raise NotImplementedError  # each says it


async def ask(
    interaction: Interaction, hint: str, menus: Sequence[Menu], files: Sequence[parcel.File] = ()
) -> None:
    """Open menus for the member alone, below the pictures of these files; those are for an
    interaction that was deferred."""

    async def send(fit: list[discord.File]) -> None:
        view = card(hint, pictures(parcel.names(fit)), *menus)
        if interaction.response.is_done():
            await interaction.followup.send(view=view, files=fit, ephemeral=True)
        else:
            await interaction.response.send_message(view=view, files=fit, ephemeral=True)

    await parcel.hand_over(files, parcel.room_in(app_of(interaction), interaction.guild_id), send)
