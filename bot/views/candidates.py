"""The sample sheet of a training: its candidates, of which its member uses one."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import discord

from bot import screen, words
from bot.card import Card
from bot.desk import Desk
from bot.fits import fits_today
from bot.reply import Interaction, app_of, tell
from bot.sheets.candidates import COLUMNS, Row, candidates_sheet
from bot.sheets.contact import contact_sheet
from bot.views import report
from bot.views.layout import card, instead, pictures, title
from bot.views.press import Control, Press
from storage import gallery, queue, subjects
from storage.errors import NotYours
from storage.tables import Adapter, Job, Subject

_NAME: Final = "sheet.png"


@dataclass(frozen=True)
class Sheet:
    """A finished training as its sheet shows it. `adapters` are those of it that are still there,
    `steps` those of all rows; a training from before there were candidates has none."""

    job: Job
    subject: Subject
    pictures: Sequence[screen.Seen]
    adapters: Sequence[Adapter]
    in_use: Adapter | None

    @classmethod
    async def of(cls, app: Desk, job_id: int) -> Sheet | None:
        """The sheet; None where its subject or its pictures are gone."""
        job = await queue.get(app.database, job_id)
        if job is None or job.subject_id is None:
            return None
        subject = await subjects.get_subject(app.database, job.subject_id)
        pictures = await screen.pictures_of(app, job)
        if subject is None or not pictures:
            return None
        adapters = await gallery.candidates_of(app.database, job_id)
        in_use = await gallery.current_adapter(app.database, job.subject_id)
        return cls(job, subject, pictures, adapters, in_use)

    @cached_property
    def card(self) -> Card:
        """The card of the proposed one."""
        return Card.read(self.job.outcome)

    @property
    def steps(self) -> tuple[int, ...]:
        """The steps of the rows, from above."""
        return self.card.candidates

    @property
    def used_step(self) -> int | None:
        """The step of the adapter in use; None where that is another training's."""
        is_here = self.in_use is not None and self.in_use.job_id == self.job.id
        return self.in_use.step if self.in_use is not None and is_here else None

    def remark(self, step: int) -> str:
        """What is to be said of the candidate of that step."""
        return words.version_remark(
            None, is_proposed=step == self.card.steps, is_used=step == self.used_step
        )


async def message(sheet: Sheet, sentence: str = "") -> tuple[dict[str, Any], discord.File]:
    """The card of the sheet with the menu by which another one is used, below what is to be said
    first; and the sheet's file."""
    subject = sheet.subject
    hint = words.SHEET_HINT.format(token=subject.token, class_word=subject.class_word)
    if sheet.steps:
        lines = [*report.why(sheet.card, subject), _rows_line(sheet)]
        if sheet.in_use is not None and sheet.used_step is None:
            lines.append(words.in_use_elsewhere(sheet.in_use.step))
        by_number = {one.image.number: one.png for one in sheet.pictures}
        rows = [
            Row(
                words.candidate_label(step),
                sheet.remark(step),
                step == sheet.used_step,
                [by_number.get(row * COLUMNS + column) for column in range(COLUMNS)],
            )
            for row, step in enumerate(sheet.steps)
        ]
        png = await asyncio.to_thread(candidates_sheet, rows)
    else:
        lines = []
        tiles = [one.png for one in sheet.pictures]
        png = await asyncio.to_thread(contact_sheet, tiles, COLUMNS, numbered=False)
    withheld = sum(one.is_withheld for one in sheet.pictures)
    if withheld:
        lines.append(words.tiles_withheld(withheld, len(sheet.pictures)))
    unchecked = sum(one.is_unchecked for one in sheet.pictures)
    if unchecked:
        lines.append(words.pictures_unchecked(unchecked))
    view = card(
        sentence,
        title(words.SHEET_TITLE.format(token=subject.token)),
        "\n".join(lines),
        pictures([_NAME], words.SHEET_TITLE.format(token=subject.token)),
        UseCandidate(sheet.job.owner_id, sheet.job.id or 0, sheet=sheet)
        if len(sheet.adapters) > 1
        else None,
        f"-# {hint}",
        colour=discord.Colour.green(),
    )
    return {"view": view}, discord.File(io.BytesIO(png), _NAME)


def _rows_line(sheet: Sheet) -> str:
    prompts = [one.image.parameters.split("\n")[0] for one in sheet.pictures[:COLUMNS]]
    return words.sheet_rows(len(sheet.steps), [words.plain(prompt, 100) for prompt in prompts])


class ShowSheet(Press, verb="job-sheet"):
    label = "SHOW_SHEET"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        sheet = await Sheet.of(app, numbers[0])
        if sheet is None:
            await tell(interaction, words.SHEET_GONE)
            return
        told, file = await message(sheet)
        await interaction.followup.send(**told, file=file, ephemeral=True)


class UseCandidate(Control, verb="candidate-use"):
    """A menu of a training's candidates; the chosen one is drawn with from then on."""

    def __init__(self, owner_id: int, *numbers: int, sheet: Sheet | None = None) -> None:
        self.options = (
            [
                discord.SelectOption(
                    label=words.candidate_label(adapter.step),
                    description=sheet.remark(adapter.step) or None,
                    value=str(adapter.id),
                )
                for adapter in sheet.adapters
            ]
            if sheet is not None
            else []
        )
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(
            custom_id=custom_id, placeholder=words.CHOOSE_CANDIDATE, options=self.options
        )

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        assert isinstance(self.item, discord.ui.Select)
        app = app_of(interaction)
        await interaction.response.defer()
        sentence = await use(interaction, int(self.item.values[0]))
        sheet = await Sheet.of(app, numbers[0])
        if sheet is None:
            await tell(interaction, words.SHEET_GONE)
            return
        told, file = await message(sheet, sentence)
        await interaction.edit_original_response(**instead(told), attachments=[file])


async def use(interaction: Interaction, adapter_id: int) -> str:
    """Draw with that version from now on; what is said of it."""
    app = app_of(interaction)
    adapter = await gallery.get_adapter(app.database, adapter_id)
    if adapter is None:
        return words.VERSION_GONE
    subject = await subjects.get_subject(app.database, adapter.subject_id)
    if subject is None or subject.owner_id != interaction.user.id:
        return words.VERSION_GONE
    if not await fits_today(app, adapter):
        return words.other_base(subject.token, adapter.base)
    current = await gallery.current_adapter(app.database, adapter.subject_id)
    if current is not None and current.id == adapter_id:
        return words.VERSION_THERE
    try:
        chosen = await gallery.choose(app.database, adapter_id, interaction.user.id)
    except NotYours:  # gone since we looked
        return words.VERSION_GONE
    return words.version_chosen(subject.token, chosen.step)
