"""The checklist: what a subject's photos cover, what each of them is worth, what is missing."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import discord

from bot import words
from bot.desk import Desk
from bot.intake import Verdict, covered, has_consented, take_all
from bot.photos.coverage import FACES_NEEDED, TORSOS_NEEDED, Coverage
from bot.reply import Interaction, app_of, tell, trouble
from bot.sheet import contact_sheet
from bot.views import planning
from bot.views.press import Control, Press, panel, subject_here
from storage import erase, subjects
from storage.errors import BlobMissing, NotYours
from storage.tables import Photo, Subject

#: Lines of a panel; Discord cuts an embed's text at 4,096 characters.
MOST_LINES = 30
#: Choices of a menu, by Discord's limit.
MOST_CHOICES = 25
#: Pictures on a panel's sheet.
MOST_TILES = 40


async def show(
    interaction: Interaction, subject: Subject, verdicts: Sequence[Verdict] = ()
) -> None:
    """Answer (a deferred interaction, or a fresh one) with the checklist, the verdicts on what
    was just handed in above it."""
    app = app_of(interaction)
    checklist = await Checklist.of(app, subject)
    message: dict[str, Any] = {
        "content": "\n".join(map(checklist.verdict, verdicts))[:2000],
        "embed": checklist.embed(),
        "files": await checklist.sheet(app),
        "view": checklist.view(),
        "ephemeral": True,
    }
    if interaction.response.is_done():
        await interaction.followup.send(**message)
    else:
        await interaction.response.send_message(**message)


@dataclass(frozen=True)
class Checklist:
    """The panel of one subject, from its photos as they are now."""

    subject: Subject
    photos: Sequence[Photo]
    cover: Coverage

    @classmethod
    async def of(cls, app: Desk, subject: Subject) -> Checklist:
        assert subject.id is not None
        photos = await subjects.photos_of(app.database, subject.id)
        return cls(subject, photos, covered(photos))

    @cached_property
    def repeats(self) -> dict[int | None, int]:
        """For each photo that is nearly the same as an earlier one: that one's number, from 1."""
        numbers = {photo.id: number for number, photo in enumerate(self.photos, 1)}
        return {copy: numbers[first] for copy, first in self.cover.duplicates.items()}

    def worth(self, photo: Photo) -> str:
        return words.photo_verdict(
            self.subject.kind, photo.framing, photo.warnings, self.repeats.get(photo.id)
        )

    def verdict(self, verdict: Verdict) -> str:
        """The line about one file that was just handed in."""
        if verdict.photo is None:
            return words.photo_refusal(verdict.filename, verdict.reason, verdict.facts)
        return words.photo_accepted(verdict.filename, self.worth(verdict.photo))

    def embed(self) -> discord.Embed:
        cover, kind = self.cover, self.subject.kind
        lines = [
            words.photo_line(
                number,
                photo.filename,
                self.worth(photo),
                photo.framing != "other" and photo.id not in self.repeats,
            )
            for number, photo in enumerate(self.photos, 1)
        ]
        if len(lines) > MOST_LINES:
            lines = [words.earlier_photos(len(lines) - MOST_LINES), *lines[-MOST_LINES:]]
        embed = discord.Embed(
            title=words.checklist_title(self.subject.token),
            description="\n".join(lines) or words.NOTHING_YET,
            colour=discord.Colour.green() if cover.is_ready else discord.Colour.orange(),
        )
        embed.add_field(
            name=words.coverage_line(kind, cover.faces, cover.torsos, FACES_NEEDED, TORSOS_NEEDED),
            value=words.missing_line(
                kind, cover.missing_faces, cover.missing_torsos, len(self.photos)
            ),
            inline=False,
        )
        if self.photos:
            embed.set_image(url="attachment://photos.png")
        return embed

    async def sheet(self, app: Desk) -> list[discord.File]:
        """The picture that the embed shows: the crops, numbered. None of them, no picture."""
        if not self.photos:
            return []
        crops: list[bytes | None] = []
        for photo in self.photos[:MOST_TILES]:
            try:
                crops.append(await app.blobs.get(photo.crop_key))
            except BlobMissing:
                crops.append(None)
        sheet = await asyncio.to_thread(contact_sheet, crops)
        return [discord.File(io.BytesIO(sheet), "photos.png")]

    def view(self) -> discord.ui.View:
        owner, number = self.subject.owner_id, self.subject.id or 0
        view = panel(
            AddPhotos(owner, number), Train(owner, number, disabled=not self.cover.is_ready)
        )
        if self.photos:
            view.add_item(DropPhoto(owner, number, photos=self.photos))
        return view


class AddPhotos(Press, verb="photos-add"):
    label = words.ADD_PHOTOS
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subject_here(interaction, numbers[0])
        if subject is None:
            return
        if not await has_consented(app_of(interaction), interaction.user.id):
            await tell(interaction, words.CONSENT_FIRST)
            return
        await interaction.response.send_modal(PhotosModal(subject))


class Train(Press, verb="photos-train"):
    label = words.TRAIN
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subject_here(interaction, numbers[0])
        if subject is not None:
            await planning.show(interaction, subject)


class DropPhoto(Control, verb="photos-drop"):
    """A menu of the latest photos; the chosen one is removed and the panel drawn anew."""

    def __init__(self, owner_id: int, *numbers: int, photos: Sequence[Photo] = ()) -> None:
        self.photos = list(enumerate(photos, 1))[-MOST_CHOICES:]
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(
            custom_id=custom_id,
            placeholder=words.DROP_PHOTO,
            options=[
                discord.SelectOption(
                    label=f"{number}. {words.plain(photo.filename, 80)}", value=str(photo.id)
                )
                for number, photo in self.photos
            ],
        )

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        assert isinstance(self.item, discord.ui.Select)
        app = app_of(interaction)
        subject = await subject_here(interaction, numbers[0])
        if subject is None:
            return
        try:
            photo = await erase.drop_photo(
                app.database, app.blobs, interaction.user.id, int(self.item.values[0])
            )
        except NotYours:
            await tell(interaction, words.PHOTO_GONE)
            return
        checklist = await Checklist.of(app, subject)
        await interaction.response.edit_message(
            content=words.dropped(photo.filename),
            embed=checklist.embed(),
            attachments=await checklist.sheet(app),
            view=checklist.view(),
        )


class PhotosModal(discord.ui.Modal):
    """The private way in: up to 10 files at once, nothing posted in a channel."""

    def __init__(self, subject: Subject) -> None:
        super().__init__(title=words.MODAL_TITLE.format(token=subject.token))
        self.subject = subject
        self.files: discord.ui.FileUpload[Any] = discord.ui.FileUpload(min_values=1, max_values=10)
        self.framing: discord.ui.Select[Any] | None = None
        self.add_item(
            discord.ui.Label(
                text=words.MODAL_FILES, description=words.MODAL_FILES_HINT, component=self.files
            )
        )
        if subject.kind != "person":
            self.framing = discord.ui.Select(
                options=[
                    discord.SelectOption(label=label, value=value)
                    for value, label in words.framing_choices(subject.kind).items()
                ]
            )
            self.add_item(discord.ui.Label(text=words.MODAL_FRAMING, component=self.framing))

    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        framing = self.framing.values[0] if self.framing else None
        verdicts = await take_all(app_of(interaction), self.subject, self.files.values, framing)
        await show(interaction, self.subject, verdicts)

    async def on_error(  # type: ignore[override]  # without the item, as in discord.py's own Modal
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        await trouble(interaction, error)
