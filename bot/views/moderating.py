"""A member as the admins of a server see them, and what they may do there: for managers alone."""

from __future__ import annotations

from typing import Final

import discord

from bot import words
from bot.admission import managed_server
from bot.reply import Interaction, app_of, tell
from bot.views.layout import card
from bot.views.press import Menu, Press
from bot.views.ruling import OfManager
from storage import moderation, offences, pauses
from storage.errors import NotYours
from storage.tables import Job

#: Hours of the breaks that are offered.
HOURS: Final = (1, 24, 7 * 24, 30 * 24)


async def show(interaction: Interaction, member_id: int, note: str = "") -> None:
    """The member's card; in place of the one that was pressed, with what was done."""
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    view = await _card(interaction, server_id, member_id, note)
    if interaction.type is discord.InteractionType.component:
        await interaction.response.edit_message(view=view)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


async def _card(
    interaction: Interaction, server_id: int, member_id: int, note: str
) -> discord.ui.LayoutView:
    database, owner = app_of(interaction).database, interaction.user.id
    found = await moderation.record(database, server_id, member_id)
    paused = await pauses.until(database, server_id, member_id)
    suspended = await offences.suspended_until(database, member_id, server_id)
    kinds = [job.kind for job in found.open_jobs]
    is_stopped = paused is not None or suspended is not None
    return card(
        words.moderate_title(f"<@{member_id}>"),
        words.moderate_record(
            kinds.count("generate"), kinds.count("train"), found.offences, found.subjects
        ),
        words.moderate_break(paused, suspended),
        note,
        GiveBreak(
            owner,
            member_id,
            options=[
                discord.SelectOption(label=words.break_of(hours), value=str(hours))
                for hours in HOURS
            ],
        ),
        CancelTheirs(owner, member_id, disabled=not found.open_jobs),
        EndBreak(owner, member_id, disabled=not is_stopped),
        words.MODERATE_HINT,
        colour=discord.Colour.blurple(),
    )


class CancelTheirs(OfManager, Press, verb="moderate-cancel"):
    label = "CANCEL_THEIRS"
    style = discord.ButtonStyle.danger

    async def does(self, interaction: Interaction, server_id: int) -> None:
        member_id = self.numbers[0]
        number = await moderation.cancel_open(app_of(interaction).database, server_id, member_id)
        await show(interaction, member_id, words.cancelled_theirs(number))


class GiveBreak(OfManager, Menu, verb="moderate-break"):
    placeholder = "GIVE_BREAK"

    async def does(self, interaction: Interaction, server_id: int) -> None:
        member_id, hours = self.numbers[0], int(self.values[0])
        if hours in HOURS:
            await pauses.give(app_of(interaction).database, server_id, member_id, hours)
        await show(interaction, member_id)


class EndBreak(OfManager, Press, verb="moderate-lift"):
    label = "END_BREAK"

    async def does(self, interaction: Interaction, server_id: int) -> None:
        if await lifted(interaction, server_id, self.numbers[0]) is not None:
            await show(interaction, self.numbers[0])


async def lifted(interaction: Interaction, server_id: int, member_id: int) -> bool | None:
    """End the member's break there, and what led to one of theirs there; whether there was any.
    None after telling somebody that their own is for others to end."""
    if member_id == interaction.user.id:
        await tell(interaction, words.NOT_YOUR_OWN)
        return None
    database = app_of(interaction).database
    given = await pauses.end(database, server_id, member_id)
    return await offences.lift(database, member_id, server_id) or given


async def ask(interaction: Interaction, job: Job) -> None:
    """Ask once more before pictures are taken down."""
    await interaction.response.send_message(
        view=card(
            words.take_down_question(job.id or 0, job.owner_id),
            TakeDown(interaction.user.id, job.id or 0),
        ),
        ephemeral=True,
    )


class TakeDown(OfManager, Press, verb="moderate-take-down"):
    label = "TAKE_DOWN"
    style = discord.ButtonStyle.danger

    async def does(self, interaction: Interaction, server_id: int) -> None:
        app = app_of(interaction)
        await interaction.response.defer()  # many files take their time
        said = words.TAKEN_DOWN
        try:
            await moderation.take_down(app.database, app.blobs, server_id, self.numbers[0])
        except NotYours:
            said = words.NO_SUCH_PICTURES
        await interaction.edit_original_response(view=card(said))
