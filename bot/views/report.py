"""The report card of a training: what was measured as curves and in words, and what it was made
of."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, TypeAlias

import discord

from bot import parcel, words
from bot.card import Card, reason, scores
from bot.desk import Desk
from bot.reply import Interaction, app_of, tell
from bot.sheets.curves import Curve, Look, Plot, Proposal, curves_sheet
from bot.views import layout
from bot.views.layout import Part, pictures, title
from bot.views.press import Press, subject_here
from storage import gallery, queue
from storage.tables import Adapter, Job, Subject

_NAME: Final = "report.png"

#: The parts of a card, by the names of its files.
Told: TypeAlias = Callable[[Sequence[str]], list[Part | None]]


def why(card: Card, subject: Subject) -> list[str]:
    """Why that step is proposed, and why the training ended before its plan; nothing where the
    card is from before that was judged."""
    lines = []
    code = reason(card)
    if code is not None:
        lines.append(
            words.why_line(code, card.steps, card.held_out, subject.token, subject.class_word)
        )
    if card.ended == "early" and card.marks and card.planned_steps:
        lines.append(words.ended_early(card.marks[-1].step, card.planned_steps))
    return lines


async def drawn(
    app: Desk, subject: Subject, card: Card, proposed: int | None, name: str = _NAME
) -> tuple[Told, list[parcel.File]]:
    """What the card says, around its picture, and that as a file of that name where there is one.
    `proposed` is the step that I had chosen, where that is known."""
    from_step = None
    if card.went_on_from is not None:
        before = await gallery.get_adapter(app.database, card.went_on_from)
        from_step = before.step if before is not None else None
    png = await asyncio.to_thread(_curves, card, proposed)
    told = partial(_parts, subject, card, proposed, from_step)
    return told, [] if png is None else [(name, png)]


def _parts(
    subject: Subject, card: Card, proposed: int | None, from_step: int | None, names: Sequence[str]
) -> list[Part | None]:
    token, class_word = subject.token, subject.class_word
    lines = why(card, subject)
    if proposed is not None and proposed != card.steps:
        lines = [words.not_proposed(card.steps, proposed)]
    lines += [words.score_line(code, token, class_word) for code in scores(card)]
    lines.append(words.stepped_down_line(card.stepped_down))
    facts = [
        f"**{words.REPORT_FIELDS[name]}** {value}"
        for name, value in _facts(card, from_step).items()
        if value
    ]
    return [
        title(words.REPORT_TITLE.format(token=token)),
        "\n".join(line for line in lines if line),
        pictures(names, words.REPORT_TITLE.format(token=token)),
        "\n".join(facts),
    ]


def _facts(card: Card, from_step: int | None) -> dict[str, str]:
    """What is known, by the fields' names; an empty text where it is not."""
    face = card.mark.face if card.mark is not None else None
    return {
        "photos": "" if card.photos is None else words.report_photos(card.photos, card.held_out),
        "steps": words.report_steps(card.steps, card.planned_steps, from_step),
        "time": (
            ""
            if card.seconds is None
            else words.report_time(card.seconds, card.judge_s, card.device)
        ),
        "settings": words.report_settings(
            card.method, card.learning_rate, card.rank, card.batch_size, card.min_snr_gamma
        ),
        "class": (
            words.report_class(card.class_images, card.prior_weight)
            if card.prior is not None or card.class_images
            else ""
        ),
        "face": "" if face is None else words.report_face(face),
        "memory": words.report_memory(card.peak_memory_mb) if card.peak_memory_mb else "",
        "seed": "" if card.seed is None else str(card.seed),
        "base": words.report_base(card.base, card.base_hash) if card.base else "",
    }


def _curves(card: Card, proposed: int | None) -> bytes | None:
    def curve(label: str, look: Look, name: str) -> Curve:
        points = [(mark.step, getattr(mark, name)) for mark in card.marks]
        return Curve(label, look, [(step, value) for step, value in points if value is not None])

    photos = Plot(
        words.CURVES_PHOTOS,
        (
            curve(words.CURVES_HELD_OUT, "round", "held_out"),
            curve(words.CURVES_TRAIN, "square", "train"),
        ),
        low=0.8,
        high=1.0,
        level=1.0,
    )
    drift = Plot(
        words.CURVES_CLASS,
        (curve(words.CURVES_DRIFT, "triangle", "drift"),),
        low=0.0,
        high=0.02,
        level=0.0,
    )
    proposals = [
        Proposal(
            step,
            words.curve_step(step, is_proposed=step == proposed),
            is_chosen=step == card.steps,
        )
        for step in sorted({*card.candidates, card.steps})
    ]
    return curves_sheet((photos, drift), proposals, words.CURVES_AXIS)


async def of_job(
    app: Desk, job: Job, subject: Subject, name: str
) -> tuple[Told, list[parcel.File]]:
    """The card of what a training proposed, to be posted with its end."""
    card = Card.read(job.outcome)
    return await drawn(app, subject, card, card.steps, name)


async def show(interaction: Interaction, adapter: Adapter | None) -> None:
    """Answer with the card of one version."""
    if adapter is None:
        await tell(interaction, words.REPORT_GONE)
        return
    subject = await subject_here(interaction, adapter.subject_id)
    if subject is None:
        return
    await interaction.response.defer(ephemeral=True, thinking=True)
    app = app_of(interaction)
    job = await queue.get(app.database, adapter.job_id) if adapter.job_id is not None else None
    card = Card.read(adapter.card)
    proposed = None if job is None else Card.read(job.outcome).steps
    told, files = await drawn(app, subject, card, proposed)
    await interaction.followup.send(
        view=layout.card(*told([name for name, _ in files]), colour=discord.Colour.green()),
        files=[discord.File(io.BytesIO(data), name) for name, data in files],
        ephemeral=True,
    )


class ShowReport(Press, verb="job-report"):
    """Of what a training left, the one that was chosen last."""

    label = "SHOW_REPORT"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await show(interaction, await gallery.adapter_of(app_of(interaction).database, numbers[0]))


class ShowVersionReport(Press, verb="version-report"):
    label = "SHOW_REPORT"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        found = await gallery.get_adapter(app_of(interaction).database, numbers[0])
        await show(interaction, found)
