"""From a member's wish to a job in line, and to the message that shows it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import discord

from bot import words
from bot.reply import PROMISED, Interaction, app_of, tell_instead
from bot.restraint import is_suspended
from storage import line, queue, sources
from storage.errors import AlreadyTraining, NotYours, QuotaFull, StorageError
from storage.tables import Job

#: Of one request. A choice of ours, and the numbers that every random generator takes as a seed.
MOST_PICTURES = 4
MOST_SEED = 2**31 - 1


async def put_in_line(
    interaction: Interaction,
    kind: str,
    subject_id: int | None,
    spec: dict[str, Any],
    shown: Callable[[Job, int | None], dict[str, Any]],
    *,
    share_id: int | None = None,
    source_id: int | None = None,
) -> Job | None:
    """Put a job in line and answer with the message that `shown` makes of it and its place, or
    with why it cannot be; the job. Once it is in line nothing here fails: what cannot be written
    down now is written down later. The answer may have been promised to everybody before; where a
    panel was pressed and is to stay, it comes beside that. `share_id`: the right by which somebody
    else's subject is drawn.
    """
    if await is_suspended(interaction):
        return None
    app = app_of(interaction)
    request = queue.Request(
        kind=kind,
        owner_id=interaction.user.id,
        subject_id=subject_id,
        share_id=share_id,
        language=words.spoken(),
        request_id=str(interaction.id),
        server_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        spec=spec,
        source_id=source_id,
    )
    try:
        job = await queue.enqueue(app.database, request, app.settings.quotas)
    except QuotaFull as full:
        await tell_instead(interaction, words.quota_full(full.whose, full.limit))
        return None
    except AlreadyTraining:
        await tell_instead(interaction, words.ALREADY_TRAINING)
        return None
    except NotYours:
        if share_id is not None:
            gone = words.RIGHT_GONE
        elif source_id is None:
            gone = words.SUBJECT_GONE
        else:
            gone = await _of_source(interaction, source_id)
        await tell_instead(interaction, gone)
        return None
    assert job.id is not None
    try:
        place = await line.place_in_line(app.database, job.id)
    except StorageError:
        place = None
    message: discord.Message
    if interaction.response.type is PROMISED:
        message = await interaction.edit_original_response(**shown(job, place))
    elif interaction.response.is_done():
        message = await interaction.followup.send(**shown(job, place), wait=True)
    else:
        await interaction.response.send_message(**shown(job, place))
        message = await interaction.original_response()
    await app.notes.write(
        partial(line.set_message, app.database, job.id, message.channel.id, message.id)
    )
    return job


async def _of_source(interaction: Interaction, source_id: int) -> str:
    """Why a picture cannot be worked on (again)."""
    try:
        await sources.own(app_of(interaction).database, interaction.user.id, source_id)
    except NotYours:
        return words.SOURCE_GONE
    return words.SOURCE_ASKED
