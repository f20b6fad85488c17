"""The buttons under pictures that are done."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot import parcel, screen, words
from bot.desk import Desk
from bot.edits import Wish
from bot.photos.errors import ExaminerUnavailable
from bot.redraw import enlarged, redraw, varied
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views import picture
from bot.views.press import Press, panel, settle
from bot.views.wishing import PromptForm, draw, of_job
from storage import portfolio, queue
from storage.errors import NotYours
from storage.tables import Job


def below(job: Job, numbers: Sequence[int]) -> discord.ui.View:
    """Under a job's pictures, of which those of these numbers are shown: again, with other words,
    like one of them, one of them larger, none of them any more."""
    owner, job_id = job.owner_id, job.id or 0
    view = panel()
    # a picture that goes on from another one would need that one again
    if "edit" not in job.spec:
        view.add_item(DrawAgain(owner, job_id))
        view.add_item(Remix(owner, job_id))
    if numbers:
        view.add_item(TakeAway(owner, job_id))
    # what was made larger has the size that the base can draw
    is_large = job.spec.get("edit", {}).get("how") == "upscale"
    for row, kind in enumerate((Vary,) if is_large else (Vary, Enlarge), 1):
        for number in numbers:
            # as one counts; of a single picture nothing needs to be said
            said = [] if len(numbers) == 1 else [number + 1]
            button = kind(owner, job_id, number, *said)
            button.item.row = row if said else 1
            view.add_item(button)
    return view


async def delivered(
    app: Desk, job: Job, *, is_last: bool = True
) -> tuple[dict[str, Any], list[parcel.File]]:
    """The message of a job of pictures that has ended, and its files with their names. Raises
    ExaminerUnavailable where there was no time to look at all of them, and this is not the last
    try."""
    seen = await screen.pictures_of(app, job)
    unchecked = sum(one.is_unchecked for one in seen)
    if unchecked and not is_last:
        raise ExaminerUnavailable("no time")
    withheld = await screen.count_withheld(app, job, seen)
    files = [(f"darkroom-{job.id}-{one.image.number}.png", one.png) for one in seen if one.png]
    lost = len(seen) - len(files) - withheld - unchecked
    message = picture.ended(job, lost, withheld, unchecked)
    if job.state == "done":
        message["view"] = below(job, [one.image.number for one in seen if one.png])
    return message, files


class DrawAgain(Press, verb="draw-again"):
    """The same wish with other chances."""

    label = "AGAIN"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        job = await _job(interaction, numbers[0])
        if job is not None:
            await draw(interaction, of_job(job))


class Remix(Press, verb="draw-remix"):
    """The same wish in other words."""

    label = "REMIX"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        job = await _job(interaction, numbers[0])
        if job is not None and not await is_suspended(interaction):
            await interaction.response.send_modal(PromptForm(of_job(job)))


class _OnOne(Press):
    """On one of the pictures: its job, its number, and how that is said where there are others."""

    def called(self) -> str:
        return " ".join([super().called(), *map(str, self.numbers[2:])])

    def wish(self, interaction: Interaction, of: str) -> Wish:
        raise NotImplementedError  # each says what is wished

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        try:
            await portfolio.own(app.database, self.owner_id, numbers[0], numbers[1])
        except NotYours:
            await tell(interaction, words.PICTURES_GONE)
            return
        await redraw(interaction, self.wish(interaction, f"{numbers[0]}-{numbers[1]}"))


class Vary(_OnOne, verb="picture-vary"):
    label = "VARY"

    def wish(self, interaction: Interaction, of: str) -> Wish:
        del interaction
        return varied("strong", of)


class Enlarge(_OnOne, verb="picture-enlarge"):
    label = "ENLARGE"

    def wish(self, interaction: Interaction, of: str) -> Wish:
        return enlarged(app_of(interaction).settings.side, of)


class TakeAway(Press, verb="pictures-take-away"):
    """Ask before the pictures go."""

    label = "TAKE_AWAY"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        job = await _job(interaction, numbers[0])
        if job is None:
            return
        is_edit = "edit" in job.spec
        await interaction.response.send_message(
            words.TAKE_AWAY_EDIT_QUESTION if is_edit else words.TAKE_AWAY_QUESTION,
            view=panel(TakeAwayNow(self.owner_id, numbers[0]), KeepPictures(self.owner_id)),
            ephemeral=True,
        )


class TakeAwayNow(Press, verb="pictures-gone"):
    label = "DELETE_YES"
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        await interaction.response.defer()  # many files take their time
        try:
            await portfolio.remove(app.database, app.blobs, self.owner_id, numbers[0])
        except NotYours:
            await settle(interaction, words.PICTURES_GONE)
            return
        await settle(interaction, words.TAKEN_AWAY)


class KeepPictures(Press, verb="pictures-keep"):
    label = "DELETE_NO"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await settle(interaction, words.KEPT)


async def _job(interaction: Interaction, job_id: int) -> Job | None:
    """The member's job; None after telling them that it is gone."""
    job = await queue.get(app_of(interaction).database, job_id)
    if job is None or job.owner_id != interaction.user.id:
        await tell(interaction, words.PICTURES_GONE)
        return None
    return job
