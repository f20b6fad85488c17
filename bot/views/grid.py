"""Pictures that are done, and the buttons under them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import PurePath
from typing import Any

import discord

from bot import parcel, screen, words
from bot.desk import Desk
from bot.edits import Wish
from bot.photos.errors import ExaminerUnavailable
from bot.redraw import enlarged, redraw, varied
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views import parameters, picture, restyling
from bot.views.layout import card, instead, row
from bot.views.press import Press, settle
from bot.views.room.hanging import hang_up
from bot.views.wishing import PromptForm, draw, of_job
from storage import portfolio, queue
from storage.errors import NoSeat, NotYours, SessionOver
from storage.tables import Job


def below(
    job: Job, numbers: Sequence[int], kept: Collection[int] = ()
) -> list[discord.ui.ActionRow[Any] | None]:
    """Under a job's pictures, of which those of these numbers are shown and some are `kept`: what
    can be done with all of them, and then with each, a row for each way."""
    owner, job_id = job.owner_id, job.id or 0
    with_all: list[Press] = []
    # a picture that goes on from another one would need that one again
    if "edit" not in job.spec:
        with_all += [DrawAgain(owner, job_id), Remix(owner, job_id)]
    if numbers:
        with_all += [
            restyling.Restyle(owner, job_id),
            parameters.ShowParameters(owner, job_id),
            TakeAway(owner, job_id),
        ]
    # what was made larger has the size that the base can draw
    is_large = job.spec.get("edit", {}).get("how") == "upscale"
    # as one counts; of a single picture nothing needs to be said
    ones = [(n, *([n + 1] if len(numbers) > 1 else [])) for n in numbers]
    with_each: list[list[Press]] = [
        [Vary(owner, job_id, *one) for one in ones],
        [] if is_large else [Enlarge(owner, job_id, *one) for one in ones],
        [(LetGo if one[0] in kept else KeepPicture)(owner, job_id, *one) for one in ones],
        [HangThis(owner, job_id, *one) for one in ones] if job.session_id is not None else [],
    ]
    if len(ones) == 1:
        with_each = [[button for (button,) in filter(None, with_each)]]
    return [row(*with_all), *(row(*buttons) for buttons in with_each)]


async def delivered(
    app: Desk, job: Job, *, is_last: bool = True, is_open: bool = False
) -> tuple[parcel.Letter, list[parcel.File]]:
    """The message of a job of pictures that has ended, and its files with their names. Raises
    ExaminerUnavailable where there was no time to look at all of them, and this is not the last
    try. `is_open`: as of `picture.waiting`."""
    seen = await screen.pictures_of(app, job)
    unchecked = sum(one.is_unchecked for one in seen)
    if unchecked and not is_last:
        raise ExaminerUnavailable("no time")
    withheld = await screen.count_withheld(app, job, seen)
    visible = [one.image for one in seen if one.png]
    files = [(f"darkroom-{job.id}-{one.image.number}.png", one.png) for one in seen if one.png]
    lost = len(seen) - len(files) - withheld - unchecked
    rows = (
        below(job, [one.number for one in visible], [one.number for one in visible if one.kept_at])
        if job.state == "done"
        else []
    )

    def letter(names: Sequence[str]) -> dict[str, Any]:
        return picture.ended(
            job, names, rows, lost=lost, withheld=withheld, unchecked=unchecked, is_open=is_open
        )

    return letter, files


async def refresh(interaction: Interaction, job: Job) -> None:
    """Let the pictures that were pressed, which was acknowledged, be shown as they are now."""
    app, message = app_of(interaction), interaction.message
    is_open = message is not None and message.flags.ephemeral
    letter, files = await delivered(app, job, is_open=is_open)
    there = [file.filename for file in message.attachments] if message is not None else []
    if [PurePath(name).stem for name in there] == [PurePath(name).stem for name, _ in files]:
        await interaction.edit_original_response(**instead(letter(there)))  # they stay as they are
        return

    async def send(fit: list[discord.File]) -> discord.Message:
        message = instead(letter(parcel.names(fit)))
        return await interaction.edit_original_response(**message, attachments=fit)

    await parcel.hand_over(files, parcel.room_in(app, interaction.guild_id), send)


class DrawAgain(Press, verb="draw-again"):
    """The same wish with other chances."""

    label = "AGAIN"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        job = await own_job(interaction, numbers[0])
        if job is not None:
            await draw(interaction, of_job(job))


class Remix(Press, verb="draw-remix"):
    """The same wish in other words."""

    label = "REMIX"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        job = await own_job(interaction, numbers[0])
        if job is not None and not await is_suspended(interaction):
            await interaction.response.send_modal(PromptForm(of_job(job)))


class _OnOne(Press):
    """On one of the pictures: its job, its number, and how that is said where there are others."""

    def called(self) -> str:
        return " ".join([super().called(), *map(str, self.numbers[2:])])


class _WorkOn(_OnOne):
    """One of the pictures is gone on from."""

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


class Vary(_WorkOn, verb="picture-vary"):
    label = "VARY"

    def wish(self, interaction: Interaction, of: str) -> Wish:
        del interaction
        return varied("strong", of)


class Enlarge(_WorkOn, verb="picture-enlarge"):
    label = "ENLARGE"

    def wish(self, interaction: Interaction, of: str) -> Wish:
        return enlarged(app_of(interaction).settings.side, of)


class KeepPicture(_OnOne, verb="picture-keep"):
    """Keep a picture for good. Each press says what it wishes: one on a message that is no longer
    up to date does not undo what another did."""

    label = "KEEP_PICTURE"
    keeps = True

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        await interaction.response.defer()
        job = await own_job(interaction, numbers[0])
        if job is None:
            return
        try:
            await portfolio.keep(
                app.database, self.owner_id, numbers[0], numbers[1], kept=self.keeps
            )
        except NotYours:
            await tell(interaction, words.PICTURES_GONE)
            return
        await refresh(interaction, job)
        await tell(interaction, words.PICTURE_IS_KEPT if self.keeps else words.PICTURE_LET_GO)


class HangThis(_OnOne, verb="picture-hang"):
    """Hang a picture of a session up in it."""

    label = "SESSION_HANG_THIS"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        if await is_suspended(interaction):
            return
        found = await portfolio.of_job(app_of(interaction).database, self.owner_id, numbers[0])
        this = next((one for one in found if one.image.number == numbers[1]), None)
        if this is None:
            await tell(interaction, words.PICTURES_GONE)
            return
        try:
            said = await hang_up(interaction, this.job.session_id or 0, [this.image.id or 0])
        except SessionOver:
            said = words.SESSION_OVER
        except NoSeat:
            said = words.SESSION_JOIN_FIRST
        await tell(interaction, said)


class LetGo(KeepPicture, verb="picture-let-go"):
    label = "KEPT_PICTURE"
    style = discord.ButtonStyle.success
    keeps = False


class TakeAway(Press, verb="pictures-take-away"):
    """Ask before the pictures go."""

    label = "TAKE_AWAY"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        job = await own_job(interaction, numbers[0])
        if job is None:
            return
        is_edit = "edit" in job.spec
        await interaction.response.send_message(
            view=card(
                words.TAKE_AWAY_EDIT_QUESTION if is_edit else words.TAKE_AWAY_QUESTION,
                TakeAwayNow(self.owner_id, numbers[0]),
                KeepPictures(self.owner_id),
            ),
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


async def own_job(interaction: Interaction, job_id: int) -> Job | None:
    """The member's job; None after telling them that it is gone."""
    job = await queue.get(app_of(interaction).database, job_id)
    if job is None or job.owner_id != interaction.user.id:
        await tell(interaction, words.PICTURES_GONE)
        return None
    return job
