"""A job that is brought back: its message as it would be now, to its member alone."""

from __future__ import annotations

from typing import Any

import discord

from bot import parcel, screen, words
from bot.desk import Desk
from bot.reply import Interaction, app_of, tell
from bot.turn import UNKNOWN, turn_of
from bot.views import grid, picture, progress
from bot.views.layout import card
from storage import portfolio, subjects
from storage.errors import NotYours
from storage.tables import Job


async def show(interaction: Interaction, job_id: int | None) -> None:
    """Answer with the member's job of that number, or with their latest, and its buttons."""
    app, member_id = app_of(interaction), interaction.user.id
    try:
        job = await _found(app, member_id, job_id)
    except NotYours:
        await tell(interaction, words.NO_JOBS if job_id is None else words.NO_SUCH_JOB)
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    letter, files = await _message(app, job)

    async def send(fit: list[discord.File]) -> discord.WebhookMessage:
        message = letter(parcel.names(fit))
        return await interaction.followup.send(**message, files=fit, ephemeral=True, wait=True)

    await parcel.hand_over(files, parcel.room_in(app, interaction.guild_id), send)


async def _found(app: Desk, member_id: int, job_id: int | None) -> Job:
    if job_id is not None:
        return await portfolio.own_job(app.database, member_id, job_id)
    latest = await portfolio.latest_jobs(app.database, member_id)
    if not latest:
        raise NotYours
    return latest[0]


async def _message(app: Desk, job: Job) -> tuple[parcel.Letter, list[parcel.File]]:
    if job.kind == "generate" and job.finished_at is not None:
        return await grid.delivered(app, job, is_open=True)
    message, files = await _open(app, job)
    return lambda _: message, files


async def _open(app: Desk, job: Job) -> tuple[dict[str, Any], list[parcel.File]]:
    """A job that has not ended, or a training that has."""
    turn = UNKNOWN
    if job.state == "queued":
        turn = await turn_of(app.database, job.id or 0)
    if job.kind == "generate":
        if job.state == "running":
            return picture.running(job, is_open=True), []
        return picture.waiting(job, turn, is_open=True), []
    subject = await subjects.get_subject(app.database, job.subject_id or 0)
    if subject is None:
        return {"view": card(words.SUBJECT_GONE)}, []
    preview = await screen.preview_of(app, job)
    png = await screen.preview_file(app, preview) if preview is not None else None
    if preview is None or png is None:
        return progress.training_panel(job, subject, turn), []
    files = [(progress.preview_name(preview), png)]
    return progress.training_panel(job, subject, turn, preview), files
