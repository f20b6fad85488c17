"""From a member's wish to a job in line, and to the message that shows it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import discord

from bot import tongue, words
from bot.admission import admitted
from bot.reply import PROMISED, Interaction, app_of, session_here, tell, tell_instead
from bot.restraint import is_suspended
from bot.rules import Deed
from bot.turn import Turn, turn_if_known
from storage import line, queue, sources
from storage.errors import (
    AlreadyTraining,
    CapReached,
    NoSeat,
    NotYours,
    QuotaFull,
    QuotaSpent,
    SessionOver,
    StorageError,
)
from storage.tables import Job

log = logging.getLogger("darkroom.bot")

#: Of one request. A choice of ours, and the numbers that every random generator takes as a seed.
MOST_PICTURES = 4
MOST_SEED = 2**31 - 1


async def put_in_line(
    interaction: Interaction,
    kind: str,
    subject_id: int | None,
    spec: dict[str, Any],
    shown: Callable[[Job, Turn], dict[str, Any]],
    *,
    share_id: int | None = None,
    source_id: int | None = None,
) -> Job | None:
    """Put a job in line and answer with the message that `shown` makes of it and its turn, or
    with why it cannot be; the job. Once it is in line nothing here fails: what cannot be written
    down now is written down later. The answer may have been promised to everybody before; where a
    panel was pressed and is to stay, it comes beside that. `share_id`: the right by which somebody
    else's subject is drawn.
    """
    deed: Deed = "training" if kind == "train" else "picture"
    if await is_suspended(interaction):
        return None
    allowance = await admitted(interaction, deed)
    if allowance is None:
        return None
    app = app_of(interaction)
    quotas = replace(app.settings.quotas, allowance=allowance)
    request = queue.Request(
        kind=kind,
        owner_id=interaction.user.id,
        subject_id=subject_id,
        share_id=share_id,
        session_id=await session_here(interaction) if kind == "generate" else None,
        language=words.spoken(),
        request_id=str(interaction.id),
        server_id=interaction.guild_id,
        channel_id=interaction.channel_id,
        spec=spec,
        source_id=source_id,
    )
    try:
        job = await queue.enqueue(app.database, request, quotas)
    except (
        QuotaFull,
        QuotaSpent,
        AlreadyTraining,
        SessionOver,
        NoSeat,
        CapReached,
        NotYours,
    ) as why:
        await tell_instead(interaction, await _refusal(interaction, request, why))
        return None
    assert job.id is not None
    turn = await turn_if_known(app.database, job.id)
    message: discord.Message | None
    if job.session_id is not None:
        message = await _post_unsigned(interaction, shown, job, turn)
    elif interaction.response.type is PROMISED:
        message = await interaction.edit_original_response(**shown(job, turn))
    elif interaction.response.is_done():
        message = await interaction.followup.send(**shown(job, turn), wait=True)
    else:
        await interaction.response.send_message(**shown(job, turn))
        message = await interaction.original_response()
    if message is not None:
        await app.notes.write(
            partial(line.set_message, app.database, job.id, message.channel.id, message.id)
        )
    return job


async def _post_unsigned(
    interaction: Interaction, shown: Callable[[Job, Turn], dict[str, Any]], job: Job, turn: Turn
) -> discord.Message | None:
    """Show it in the session's room as nobody's, so that the vote is blind, and tell its author
    alone which one it is. None where Discord does not take it now: it is shown when it is drawn."""
    say = tell_instead
    if not interaction.response.is_done():
        await interaction.response.defer(ephemeral=True, thinking=True)
        say = tell
    room = interaction.channel
    assert isinstance(room, discord.Thread)
    message = None
    try:
        with words.speaking(tongue.of_server(app_of(interaction), interaction.guild_id)):
            message = await room.send(**shown(job, turn))
    except (discord.HTTPException, discord.RateLimited) as error:
        log.warning("job %s has no message yet: %s", job.id, error)
    await say(interaction, words.session_asked(message.jump_url if message else ""))
    return message


async def _refusal(interaction: Interaction, request: queue.Request, why: StorageError) -> str:
    """Why a request was not put in line."""
    said = words.SUBJECT_GONE
    match why:
        case QuotaFull():
            said = words.quota_full(why.whose, why.limit)
        case QuotaSpent():
            said = words.rule_spent(why.what, why.limit, why.used, why.opens_at)
        case AlreadyTraining():
            said = words.ALREADY_TRAINING
        case SessionOver():
            said = words.SESSION_OVER
        case NoSeat():
            said = words.SESSION_JOIN_FIRST
        case CapReached():
            said = words.session_prompts_spent(why.limit)
        case _ if request.share_id is not None:
            said = words.RIGHT_GONE
        case _ if request.source_id is not None:
            said = await _of_source(interaction, request.source_id)
    return said


async def _of_source(interaction: Interaction, source_id: int) -> str:
    """Why a picture cannot be worked on (again)."""
    try:
        await sources.own(app_of(interaction).database, interaction.user.id, source_id)
    except NotYours:
        return words.SOURCE_GONE
    return words.SOURCE_ASKED
