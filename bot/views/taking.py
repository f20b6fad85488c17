"""Handing a subject's adapter to its owner."""

from __future__ import annotations

import asyncio
import io

import discord

from bot import export, parcel, words
from bot.reply import Interaction, app_of, tell
from storage import gallery
from storage.tables import Subject


async def take_along(interaction: Interaction, subject: Subject) -> None:
    """Answer the subject's owner, privately, with its adapter's files where they fit there."""
    if subject.likeness_of not in {None, subject.owner_id} and subject.likeness_agreed_at is None:
        await tell(interaction, words.EXPORT_UNAGREED)
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    app = app_of(interaction)
    row = await gallery.current_adapter(app.database, subject.id or 0)
    if row is None:
        await tell(interaction, words.EXPORT_UNTRAINED)
        return
    room = parcel.room_in(app, interaction.guild_id)
    if row.size_bytes > room:  # not even read
        await tell(interaction, words.export_too_large(subject.token))
        return
    try:
        data = await export.read(app.blobs, row)
        files = await asyncio.to_thread(export.files_of, row, data)
    except export.NotExported as why:
        too_large = words.export_too_large(subject.token)
        await tell(interaction, too_large if why.is_whole else words.EXPORT_DAMAGED)
        return
    if sum(len(data) for _, data in files) > room:
        await tell(interaction, words.export_too_large(subject.token))
        return
    token = files[0][0].partition(".")[0]  # as it was learned
    await interaction.followup.send(
        words.exported(token, subject.class_word),
        files=[discord.File(io.BytesIO(data), name) for name, data in files],
        ephemeral=True,
    )
