"""The panel of a training: one message, edited in place until the end and after it."""

from __future__ import annotations

import io
from typing import Any

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.sheet import contact_sheet
from bot.views.press import Press, panel
from storage import gallery, queue, subjects
from storage.errors import BlobMissing, NotYours
from storage.tables import Job, Subject


def training_panel(job: Job, subject: Subject, place: int | None) -> dict[str, Any]:
    """What the panel says now; `place` in line (0 is next), None when it is no longer waiting."""
    embed = discord.Embed(
        title=words.TRAINING_TITLE.format(token=subject.token),
        description=_state(job, subject, place),
        colour={"done": discord.Colour.green(), "failed": discord.Colour.red()}.get(
            job.state, discord.Colour.blurple()
        ),
    )
    buttons: list[Press] = []
    if job.finished_at is None:
        asked = job.cancel_asked_at is not None
        buttons.append(CancelJob(job.owner_id, job.id or 0, disabled=asked))
    if job.state == "done":
        buttons.append(ShowSheet(job.owner_id, job.id or 0))
    return {"embed": embed, "view": panel(*buttons)}


def _state(job: Job, subject: Subject, place: int | None) -> str:
    if job.state == "done":
        card = job.outcome
        return words.trained(
            subject.token, subject.class_word, card.get("steps", 0), card.get("seconds", 0)
        )
    if job.state == "failed":
        return words.failure(job.error)
    if job.state == "cancelled":
        return words.CANCELLED
    if job.cancel_asked_at is not None:
        return words.CANCEL_ASKED
    if job.state == "queued":
        waiting = words.waiting_line(place or 0)
        return waiting if job.attempt == 0 else words.RETRYING.format(attempt=job.attempt + 1)
    told = job.progress
    return words.progress_line(
        told.get("phase", "loading"), told.get("step", 0), told.get("total", 0), told.get("rate")
    )


class CancelJob(Press, verb="job-cancel"):
    label = words.CANCEL
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        try:
            job = await queue.cancel(app_of(interaction).database, numbers[0], interaction.user.id)
        except NotYours:
            await tell(interaction, words.NOTHING_OPEN)
            return
        if job.state in ("done", "failed"):
            await tell(interaction, words.NOTHING_OPEN)
        elif job.state == "cancelled":
            await tell(interaction, words.CANCELLED)
        else:
            await tell(interaction, words.CANCEL_ASKED)


class ShowSheet(Press, verb="job-sheet"):
    label = words.SHOW_SHEET
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        job = await queue.get(app.database, numbers[0])
        subject = (
            await subjects.get_subject(app.database, job.subject_id)
            if job is not None and job.subject_id is not None
            else None
        )
        images = await gallery.images_of(app.database, numbers[0])
        if subject is None or not images:
            await tell(interaction, words.SHEET_GONE)
            return
        tiles: list[bytes | None] = []
        for image in images:
            try:
                tiles.append(await app.blobs.get(image.blob_key))
            except BlobMissing:
                tiles.append(None)
        sheet = contact_sheet(tiles, columns=4, numbered=False)
        embed = discord.Embed(
            title=words.SHEET_TITLE.format(token=subject.token),
            description=words.SHEET_HINT.format(token=subject.token, class_word=subject.class_word),
        ).set_image(url="attachment://sheet.png")
        await interaction.followup.send(
            embed=embed, file=discord.File(io.BytesIO(sheet), "sheet.png"), ephemeral=True
        )
