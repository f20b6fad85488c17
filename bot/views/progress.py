"""The panel of a training: one message, edited in place until the end and after it."""

from __future__ import annotations

from typing import Any

import discord

from bot import words
from bot.card import Card
from bot.reply import Interaction, app_of, tell
from bot.turn import UNKNOWN, Turn
from bot.views import candidates, more, report, stop, versions
from bot.views.layout import card, pictures, title
from bot.views.press import Press
from storage import queue
from storage.errors import NotYours
from storage.tables import Job, Preview, Subject


def training_panel(
    job: Job, subject: Subject, turn: Turn = UNKNOWN, preview: Preview | None = None
) -> dict[str, Any]:
    """What the panel says now; `turn` where it waits. The picture of a `preview` comes with the
    message."""
    buttons: list[Press] = []
    if job.finished_at is None:
        asked = job.cancel_asked_at is not None
        buttons.append(CancelJob(job.owner_id, job.id or 0, disabled=asked))
    if job.state == "done":
        buttons += after(job)
    seen = words.preview_line(preview.step) if preview is not None else ""
    return {
        "view": card(
            title(words.TRAINING_TITLE.format(token=subject.token)),
            _state(job, subject, turn),
            # the panel hangs where everybody passes by, and a subject is its member's own
            pictures([preview_name(preview)], seen, veiled=True) if preview is not None else None,
            f"-# {seen}" if seen else None,
            *buttons,
            colour={"done": discord.Colour.green(), "failed": discord.Colour.red()}.get(
                job.state, discord.Colour.blurple()
            ),
        )
    }


def preview_name(preview: Preview) -> str:
    """What its file is called in the message."""
    return f"preview-{preview.job_id}-{preview.step}.png"


def after(job: Job) -> list[Press]:
    """What can be done with a training that has ended well."""
    owner, number = job.owner_id, job.id or 0
    return [
        candidates.ShowSheet(owner, number),
        report.ShowReport(owner, number),
        more.TrainMore(owner, number),
        versions.ShowVersions(owner, job.subject_id or 0),
    ]


def _state(job: Job, subject: Subject, turn: Turn) -> str:
    if job.state == "done":
        return "\n".join([_ended(job, subject), *report.why(Card.read(job.outcome), subject)])
    if job.state == "failed":
        return words.failure(job.error)
    if job.state == "cancelled":
        return words.CANCELLED
    return _open_state(job, turn)


def _open_state(job: Job, turn: Turn) -> str:
    if job.cancel_asked_at is not None and not job.cancel_keeps:
        return words.CANCEL_ASKED
    if job.state == "queued":
        waiting = turn.said()
        retrying = words.RETRYING.format(attempt=job.attempt + 1)
        return waiting if job.attempt == 0 else f"{retrying}\n{waiting}"
    told = job.progress
    progress = words.progress_line(
        told.get("phase", "loading"), told.get("step", 0), told.get("total", 0), told.get("rate")
    )
    return progress if job.cancel_asked_at is None else f"{words.KEEP_ASKED}\n{progress}"


def _ended(job: Job, subject: Subject) -> str:
    token, class_word, card = subject.token, subject.class_word, Card.read(job.outcome)
    if not _was_stopped(card):
        return words.trained(token, class_word, card.steps, card.seconds or 0)
    # one that went on from another plans only the steps that come on top
    if card.went_on_from is None and card.planned_steps:
        return words.trained_early(token, class_word, card.steps, card.planned_steps)
    return words.trained_so_far(token, class_word)


def _was_stopped(card: Card) -> bool:
    """Whether its member stopped it and kept what it had learned."""
    if card.ended is None:  # from before a training could end early by itself
        return card.steps < (card.planned_steps or 0)
    return card.ended == "member"


def ping(job: Job, subject: Subject) -> str:
    """The word to its member that a training is done."""
    mention, card = f"<@{job.owner_id}>", Card.read(job.outcome)
    if _was_stopped(card):
        return words.trained_early_ping(mention, subject.token)
    return words.trained_ping(mention, subject.token)


class CancelJob(Press, verb="job-cancel"):
    label = "CANCEL"
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await cancel(interaction, numbers[0])


async def cancel(interaction: Interaction, job_id: int) -> None:
    """Stop this training, or ask first where it has learned something; others' do not exist."""
    database, member = app_of(interaction).database, interaction.user.id
    job = await queue.get(database, job_id)
    if job is not None and job.owner_id == member:
        if stop.has_learned(job):
            await stop.ask(interaction, job)
            return
        if job.state == "running" and job.cancel_keeps:
            # stopping already, with what it learned: a second press throws nothing away
            await tell(interaction, stop.outcome(job))
            return
    try:
        job = await queue.cancel(database, job_id, member)
    except NotYours:
        await tell(interaction, words.NOTHING_OPEN)
        return
    await tell(interaction, stop.outcome(job))
