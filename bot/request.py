"""From a member's wish to a job in line, and to the message that shows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from storage import line, queue
from storage.errors import AlreadyTraining, QuotaFull, StorageError
from storage.tables import Job


async def put_in_line(
    interaction: Interaction,
    kind: str,
    subject_id: int | None,
    spec: dict[str, Any],
    shown: Callable[[Job, int | None], dict[str, Any]],
) -> None:
    """Put a job in line and answer with the message that `shown` makes of it and its place, or
    with why it cannot be. Once it is in line nothing here fails: what cannot be written down
    now is written down later.
    """
    if await is_suspended(interaction):
        return
    app = app_of(interaction)
    request = queue.Request(
        kind=kind,
        owner_id=interaction.user.id,
        subject_id=subject_id,
        request_id=str(interaction.id),
        server_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        spec=spec,
    )
    try:
        job = await queue.enqueue(app.database, request, app.settings.quotas)
    except QuotaFull as full:
        await tell(interaction, words.quota_full(full.whose, full.limit))
        return
    except AlreadyTraining:
        await tell(interaction, words.ALREADY_TRAINING)
        return
    assert job.id is not None
    try:
        place = await line.place_in_line(app.database, job.id)
    except StorageError:
        place = None
    await interaction.response.send_message(**shown(job, place))
    message: discord.InteractionMessage = await interaction.original_response()
    await app.notes.write(
        partial(line.set_message, app.database, job.id, message.channel.id, message.id)
    )
