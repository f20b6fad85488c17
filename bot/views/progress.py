"""The panel of a training: one message, edited in place until the end and after it."""

from __future__ import annotations

import io
from typing import Any

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.sheets.contact import contact_sheet
from bot.views import stop
from bot.views.press import Press, panel
from storage import gallery, queue, subjects
from storage.errors import BlobMissing, NotYours
from storage.tables import Job, Subject


def training_panel(job: Job, subject: Subject, place: int | None) -> dict[str, Any]:
    """What the panel says now. `place` in line: 0 is next; None when it is not waiting, or when
    the line could not be read."""
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
        steps, seconds = card.get("steps", 0), card.get("seconds", 0)
        if _stopped_early(job):
            return words.trained_early(
                subject.token, subject.class_word, steps, card["planned_steps"]
            )
        return words.trained(subject.token, subject.class_word, steps, seconds)
    if job.state == "failed":
        return words.failure(job.error)
    if job.state == "cancelled":
        return words.CANCELLED
    return _open_state(job, place)


def _open_state(job: Job, place: int | None) -> str:
    if job.cancel_asked_at is not None and not job.cancel_keeps:
        return words.CANCEL_ASKED
    if job.state == "queued":
        waiting = words.waiting_line(place)
        retrying = words.RETRYING.format(attempt=job.attempt + 1)
        return waiting if job.attempt == 0 else f"{retrying}\n{waiting}"
    told = job.progress
    progress = words.progress_line(
        told.get("phase", "loading"), told.get("step", 0), told.get("total", 0), told.get("rate")
    )
    return progress if job.cancel_asked_at is None else f"{words.KEEP_ASKED}\n{progress}"


def _stopped_early(job: Job) -> bool:
    """Whether its member stopped it and kept what it had learned."""
    card = job.outcome
    return bool(card.get("steps", 0) < card.get("planned_steps", 0))


def ping(job: Job, subject: Subject) -> str:
    """The word to its member that a training is done."""
    mention = f"<@{job.owner_id}>"
    if _stopped_early(job):
        return words.trained_early_ping(mention, subject.token, job.outcome["steps"])
    return words.trained_ping(mention, subject.token)


class CancelJob(Press, verb="job-cancel"):
    label = words.CANCEL
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        database, member = app_of(interaction).database, interaction.user.id
        job = await queue.get(database, numbers[0])
        if job is not None and job.owner_id == member and stop.has_learned(job):
            await stop.ask(interaction, job)
            return
        try:
            job = await queue.cancel(database, numbers[0], member)
        except NotYours:
            await tell(interaction, words.NOTHING_OPEN)
            return
        await tell(interaction, stop.outcome(job))


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
