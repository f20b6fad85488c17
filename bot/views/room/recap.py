"""All pictures of a session, and at its end their prompts."""

from __future__ import annotations

from typing import Final

import discord

from bot import parcel, words
from bot.reply import Interaction, app_of, tell
from bot.views.layout import card, pictures
from bot.views.room.door import NOBODY, OfRoom
from bot.views.room.sheet import sheets_of
from bot.wishes import wishes_of
from storage import wall
from storage.tables import Session

#: Pictures of a page: what is told of them stays below the letters of a message.
_EACH: Final = 10


class Recap(OfRoom, verb="session-recap"):
    """Opens it, or where it has the number of a page, turns to that."""

    label = "SESSION_RECAP"

    async def does(self, interaction: Interaction, room: Session) -> None:
        await recap(interaction, room, *self.numbers[1:2])


async def recap(interaction: Interaction, room: Session, page: int | None = None) -> None:
    """Every picture of the session, some on each page; whose it is, its votes and its prompt once
    it is over. Without a page it is opened for the member at the first one."""
    app = app_of(interaction)
    hanging = await wall.hanging(app.database, room.id or 0)
    if not hanging:
        await tell(interaction, words.SESSION_EMPTY)
        return
    if page is None:
        await interaction.response.defer(ephemeral=True, thinking=True)
    else:
        await interaction.response.defer()
    is_over = room.stage == "closed"
    had = {rank["entry"]: rank["votes"] for rank in room.results.get("places", ())}
    order = sorted(hanging, key=lambda one: (-had.get(one.entry.id, 0), one.entry.number))
    last = (len(order) - 1) // _EACH
    at = min(page or 0, last)
    shown = order[at * _EACH : (at + 1) * _EACH]
    prompts = {}
    for author in {one.entry.member_id for one in shown if is_over}:
        prompts[author] = (await wishes_of(app, author)).prompts
    lines = [
        words.session_recap_line(
            one.entry.number,
            one.entry.member_id if is_over else None,
            had.get(one.entry.id, 0) if is_over else None,
            str(one.job.spec.get("typed", ""))
            if one.entry.tells_prompt and prompts.get(one.entry.member_id)
            else None,
        )
        for one in shown
    ]
    files = await sheets_of(app, shown, [one.entry.number for one in shown])
    session_id = room.id or 0

    async def send(fit: list[discord.File]) -> None:
        view = card(
            words.session_theme(room.theme or words.SESSION_UNNAMED),
            "\n".join(lines),
            pictures(parcel.names(fit)),
            Recap(NOBODY, session_id, at - 1, says=words.EARLIER_PAGE) if at else None,
            Recap(NOBODY, session_id, at + 1, says=words.LATER_PAGE) if at < last else None,
        )
        if page is None:
            await interaction.followup.send(view=view, files=fit, ephemeral=True)
        else:
            await interaction.edit_original_response(view=view, attachments=fit)

    await parcel.hand_over(files, parcel.room_in(app, interaction.guild_id), send)
