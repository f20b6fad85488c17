"""All pictures of a session, and at its end their prompts."""

from __future__ import annotations

from typing import Final

from bot import parcel, words
from bot.reply import Interaction, app_of, tell
from bot.views.layout import card, pictures
from bot.views.room.door import OfRoom
from bot.views.room.sheet import sheet_of
from storage import wall
from storage.tables import Session

#: Letters of a recap, below what a message may have.
_MOST_RECAP: Final = 3500


class Recap(OfRoom, verb="session-recap"):
    label = "SESSION_RECAP"

    async def does(self, interaction: Interaction, room: Session) -> None:
        await recap(interaction, room)


async def recap(interaction: Interaction, room: Session) -> None:
    """Every picture of the session; whose it is, its votes and its prompt once it is over."""
    app = app_of(interaction)
    hanging = await wall.hanging(app.database, room.id or 0)
    if not hanging:
        await tell(interaction, words.SESSION_EMPTY)
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    is_over = room.stage == "closed"
    had = {rank["entry"]: rank["votes"] for rank in room.results.get("places", ())}
    order = sorted(hanging, key=lambda one: (-had.get(one.entry.id, 0), one.entry.number))
    lines = [
        words.session_recap_line(
            one.entry.number,
            one.entry.member_id if is_over else None,
            had.get(one.entry.id, 0) if is_over else None,
            str(one.job.spec.get("typed", "")) if is_over and one.entry.tells_prompt else None,
        )
        for one in order
    ]
    text = ""
    for entry in lines:  # as many as fit
        if len(text) + len(entry) > _MOST_RECAP:
            break
        text += f"{entry}\n"
    files = await sheet_of(app, order, [one.entry.number for one in order])
    view = card(
        words.session_theme(room.theme or words.SESSION_UNNAMED),
        text,
        pictures([name for name, _ in files]),
    )
    await parcel.hand_over(
        files,
        parcel.room_in(app, interaction.guild_id),
        lambda fit: interaction.followup.send(view=view, files=fit, ephemeral=True, wait=True),
    )
