"""The checklist: what a subject's photos cover, what each of them is worth, what is missing."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from typing import Any

import discord

from bot import words
from bot.intake import Verdict, covered, has_consented, take_all
from bot.photos.coverage import FACES_NEEDED, TORSOS_NEEDED
from bot.reply import Interaction, app_of, tell, trouble
from bot.sheet import contact_sheet
from bot.views import planning
from bot.views.press import Press, panel
from storage import subjects
from storage.errors import BlobMissing, NotYours
from storage.tables import Photo, Subject

#: Lines of a panel; Discord cuts an embed's text at 4,096 characters.
MOST_LINES = 30
#: Choices of a menu, by Discord's limit.
MOST_CHOICES = 25


async def show(
    interaction: Interaction, subject: Subject, verdicts: Sequence[Verdict] = ()
) -> None:
    """Answer (a deferred interaction, or a fresh one) with the checklist, the verdicts on what
    was just handed in above it."""
    app = app_of(interaction)
    assert subject.id is not None
    photos = await subjects.photos_of(app.database, subject.id)
    report = "\n".join(_verdict(verdict, subject.kind, photos) for verdict in verdicts)
    message: dict[str, Any] = {
        "content": report[:2000],
        "embed": checklist_embed(subject, photos),
        "view": checklist_view(subject, photos),
        "ephemeral": True,
    }
    if photos:
        sheet = await _sheet(interaction, photos)
        message["file"] = discord.File(io.BytesIO(sheet), "photos.png")
        message["embed"].set_image(url="attachment://photos.png")
    if interaction.response.is_done():
        await interaction.followup.send(**message)
    else:
        await interaction.response.send_message(**message)


def _verdict(verdict: Verdict, kind: str, photos: Sequence[Photo]) -> str:
    """The line about one file that was just handed in."""
    if verdict.photo is None:
        return words.photo_refusal(verdict.filename, verdict.reason, verdict.facts)
    repeats = _repeated(photos).get(verdict.photo.id)
    return words.photo_accepted(verdict.filename, _worth(verdict.photo, kind, repeats))


def _worth(photo: Photo, kind: str, repeats: int | None) -> str:
    return words.photo_verdict(kind, photo.framing, photo.warnings, repeats)


def _repeated(photos: Sequence[Photo]) -> dict[int | None, int]:
    """For each photo that is nearly the same as an earlier one: that one's number, from 1."""
    numbers = {photo.id: number for number, photo in enumerate(photos, 1)}
    return {copy: numbers[first] for copy, first in covered(photos).duplicates.items()}


async def _sheet(interaction: Interaction, photos: Sequence[Photo]) -> bytes:
    app = app_of(interaction)
    crops: list[bytes | None] = []
    for photo in photos[:40]:
        try:
            crops.append(await app.blobs.get(photo.crop_key))
        except BlobMissing:
            crops.append(None)
    return await asyncio.to_thread(contact_sheet, crops)


def checklist_embed(subject: Subject, photos: Sequence[Photo]) -> discord.Embed:
    cover = covered(photos)
    repeated = _repeated(photos)
    lines = [
        words.photo_line(
            number,
            photo.filename,
            _worth(photo, subject.kind, repeated.get(photo.id)),
            photo.framing != "other" and photo.id not in repeated,
        )
        for number, photo in enumerate(photos, 1)
    ]
    if len(lines) > MOST_LINES:
        lines = [words.earlier_photos(len(lines) - MOST_LINES), *lines[-MOST_LINES:]]
    embed = discord.Embed(
        title=words.checklist_title(subject.token),
        description="\n".join(lines) or words.NOTHING_YET,
        colour=discord.Colour.green() if cover.is_ready else discord.Colour.orange(),
    )
    embed.add_field(
        name=words.coverage_line(
            subject.kind, cover.faces, cover.torsos, FACES_NEEDED, TORSOS_NEEDED
        ),
        value=words.missing_line(
            subject.kind, cover.missing_faces, cover.missing_torsos, len(photos)
        ),
        inline=False,
    )
    return embed


def checklist_view(subject: Subject, photos: Sequence[Photo]) -> discord.ui.View:
    owner, number = subject.owner_id, subject.id or 0
    view = panel(
        AddPhotos(owner, number), Train(owner, number, disabled=not covered(photos).is_ready)
    )
    if photos:
        view.add_item(DropPhoto(owner, number, photos[-MOST_CHOICES:], len(photos)))
    return view


class AddPhotos(Press, verb="photos-add"):
    label = words.ADD_PHOTOS
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subjects.get_subject(app_of(interaction).database, numbers[0])
        if subject is None or subject.owner_id != interaction.user.id:
            await tell(interaction, words.SUBJECT_GONE)
            return
        if not await has_consented(app_of(interaction), interaction.user.id):
            await tell(interaction, words.CONSENT_FIRST)
            return
        await interaction.response.send_modal(PhotosModal(subject))


class Train(Press, verb="photos-train"):
    label = words.TRAIN
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subjects.get_subject(app_of(interaction).database, numbers[0])
        if subject is None or subject.owner_id != interaction.user.id:
            await tell(interaction, words.SUBJECT_GONE)
            return
        await planning.show(interaction, subject)


class DropPhoto(
    discord.ui.DynamicItem[discord.ui.Select[Any]], template=r"photos-drop:(?P<o>\d+):(?P<s>\d+)"
):
    """A menu of the photos; the one that is chosen is removed and the panel drawn anew."""

    def __init__(
        self, owner_id: int, subject_id: int, photos: Sequence[Photo] = (), total: int = 0
    ) -> None:
        self.owner_id = owner_id
        self.subject_id = subject_id
        first = total - len(photos) + 1
        super().__init__(
            discord.ui.Select(
                custom_id=f"photos-drop:{owner_id}:{subject_id}",
                placeholder=words.DROP_PHOTO,
                options=[
                    discord.SelectOption(
                        label=f"{number}. {words.plain(photo.filename, 80)}", value=str(photo.id)
                    )
                    for number, photo in enumerate(photos, first)
                ]
                or [discord.SelectOption(label="-", value="0")],
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: Any, /
    ) -> DropPhoto:
        return cls(int(match["o"]), int(match["s"]))

    async def callback(self, interaction: Interaction) -> None:
        app = app_of(interaction)
        data: Any = interaction.data or {}
        try:
            photo = await subjects.drop_photo(
                app.database, app.blobs, interaction.user.id, int(data["values"][0])
            )
            subject = await subjects.get_subject(app.database, self.subject_id)
            if subject is None:
                await tell(interaction, words.SUBJECT_GONE)
                return
            photos = await subjects.photos_of(app.database, self.subject_id)
            embed = checklist_embed(subject, photos)
            files = []
            if photos:
                sheet = await _sheet(interaction, photos)
                files = [discord.File(io.BytesIO(sheet), "photos.png")]
                embed.set_image(url="attachment://photos.png")
            await interaction.response.edit_message(
                content=words.dropped(photo.filename),
                embed=embed,
                attachments=files,
                view=checklist_view(subject, photos),
            )
        except NotYours:
            await tell(interaction, words.PHOTO_GONE)
        except Exception as error:  # noqa: BLE001
            await trouble(interaction, error)


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

    async def on_error(self, interaction: Interaction, error: Exception, /) -> None:  # type: ignore[override]
        await trouble(interaction, error)
