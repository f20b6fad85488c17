"""What to do with a training that has learned something, when its member wants it to stop."""

from __future__ import annotations

import discord

from bot import words
from bot.reply import Interaction, app_of
from bot.views.layout import card
from bot.views.press import Press, settle
from storage import queue
from storage.errors import NotYours
from storage.tables import Job


def has_learned(job: Job) -> bool:
    """Whether there is something to keep, as far as the bot has heard."""
    told = job.progress
    return (
        job.kind == "train"
        and job.state == "running"
        and job.cancel_asked_at is None
        and (told.get("phase") == "samples" or _steps(job) > 0)
    )


def _steps(job: Job) -> int:
    told = job.progress
    return int(told.get("step", 0)) if told.get("phase") == "training" else 0


async def ask(interaction: Interaction, job: Job) -> None:
    """Ask the member alone; the training goes on meanwhile."""
    owner, job_id = job.owner_id, job.id or 0
    steps = _steps(job)
    await interaction.response.send_message(
        view=card(
            words.stop_question(steps, job.progress["total"]) if steps else words.STOP_AT_THE_END,
            StopAndKeep(owner, job_id),
            StopAndDrop(owner, job_id),
            GoOn(owner, job_id),
        ),
        ephemeral=True,
    )


async def _stop(interaction: Interaction, job_id: int, *, keeps: bool) -> None:
    try:
        job = await queue.cancel(
            app_of(interaction).database, job_id, interaction.user.id, keeps=keeps
        )
    except NotYours:
        await settle(interaction, words.NOTHING_OPEN)
        return
    await settle(interaction, outcome(job))


def outcome(job: Job) -> str:
    """What a member who asked for a stop is told, by what became of it."""
    if job.state in {"done", "failed"}:
        return words.NOTHING_OPEN
    if job.state == "cancelled":
        return words.CANCELLED
    return words.KEEP_ASKED if job.cancel_keeps else words.CANCEL_ASKED


class StopAndKeep(Press, verb="stop-keep"):
    label = "STOP_AND_KEEP"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await _stop(interaction, numbers[0], keeps=True)


class StopAndDrop(Press, verb="stop-drop"):
    label = "STOP_AND_DROP"
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await _stop(interaction, numbers[0], keeps=False)


class GoOn(Press, verb="stop-not"):
    label = "GO_ON"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        job = await queue.get(app_of(interaction).database, numbers[0])
        goes_on = job is not None and job.finished_at is None and job.cancel_asked_at is None
        if job is None or goes_on:
            await settle(interaction, words.GOES_ON if goes_on else words.NOTHING_OPEN)
        else:
            await settle(interaction, outcome(job))  # stopped on another panel, or at its end
