"""The right-click on one's own message: "Use as training photo"."""

from __future__ import annotations

import discord
from discord import app_commands

from bot import arrivals, words
from bot.reply import Interaction, app_of, tell
from bot.views import handing
from storage import subjects


@app_commands.context_menu(name="Use as training photo")
async def use_as_photo(interaction: Interaction, message: discord.Message) -> None:
    app, owner = app_of(interaction), interaction.user.id
    if message.author.id != owner or message.webhook_id is not None:
        await tell(interaction, words.HAND_NOT_YOURS)
        return
    files = arrivals.pictures_of(message)
    if not files:
        await tell(interaction, words.HAND_NO_PICTURES)
        return
    mine = await subjects.list_subjects(app.database, owner)
    if not mine:
        await tell(interaction, words.NO_SUBJECTS)
        return
    # kept now: read again by its id, the message of a click has no attachments
    kept = await arrivals.keep(app, owner, files)
    await interaction.response.send_message(
        words.HAND_WHOSE, view=handing.menu(owner, 0, kept, mine), ephemeral=True
    )
