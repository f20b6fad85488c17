"""The checklist: a subject's photos page by page, what they cover, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot import words
from bot.intake import Taken, has_consented
from bot.photos.coverage import FACES_NEEDED, TORSOS_NEEDED
from bot.reply import Interaction, app_of, tell
from bot.views import drawn, one_photo, planning
from bot.views.folder import Folder, id_of
from bot.views.form import PhotosForm
from bot.views.layout import MOST_TEXT, card, instead, pictures, title
from bot.views.likeness import is_waiting
from bot.views.press import Control, Press, subject_here
from storage.subjects import Shot
from storage.tables import Subject

#: Photos of a page.
PAGE = 9
#: What markdown adds to a card's texts.
_AROUND = 64


async def show(interaction: Interaction, subject: Subject, taken: Sequence[Taken] = ()) -> None:
    """Answer (a deferred interaction, or a fresh one) with the page of the newest photo, or of the
    first that was just handed in, and above it what became of each of those."""
    folder = await Folder.of(app_of(interaction), subject)
    new = [id_of(one.shot) for one in taken if one.shot is not None]
    newest = id_of(folder.shots[-1]) if folder.shots else 0
    message = await page(folder, new[0] if new else newest, taken=taken)
    files = message.pop("attachments")
    if interaction.response.is_done():
        await interaction.followup.send(**message, files=files, ephemeral=True)
    else:
        await interaction.response.send_message(**message, files=files, ephemeral=True)


async def turn_to(interaction: Interaction, folder: Folder, near: int, sentence: str = "") -> None:
    """Let a panel whose press was acknowledged show the page with the photo of that id, or of
    where it was."""
    await interaction.edit_original_response(**instead(await page(folder, near, sentence)))


async def page(
    folder: Folder, near: int, sentence: str = "", taken: Sequence[Taken] = ()
) -> dict[str, Any]:
    """The message of one page, below a sentence or what became of each file that was `taken`."""
    pages = [folder.shots[at : at + PAGE] for at in range(0, len(folder.shots), PAGE)] or [[]]
    number = next((n for n, on in enumerate(pages) if on and id_of(on[-1]) >= near), len(pages) - 1)
    shots = pages[number]
    name, covers = words.checklist_title(folder.subject.token), _coverage(folder)
    listed, advice = _list(folder, shots), _advice(folder)
    turned = f"-# {words.page_line(number + 1, len(pages))}" if len(pages) > 1 else ""
    room = MOST_TEXT - _AROUND - sum(map(len, (name, covers, listed, advice, turned)))
    return {
        "attachments": [await drawn.review(folder, shots)] if shots else [],
        "view": card(
            _of_each(folder, taken, room) if taken else sentence,
            title(name),
            covers,
            pictures([drawn.NAME], name) if shots else None,
            listed,
            advice,
            turned,
            *_controls(folder, pages, number),
            colour=discord.Colour.green() if folder.cover.is_ready else discord.Colour.orange(),
        ),
    }


def _of_each(folder: Folder, taken: Sequence[Taken], room: int) -> str:
    """A line about each file that was handed in, in so many letters; the last ones are left to the
    list below it where there is no room."""
    lines = [
        words.photo_refusal(one.filename, one.reason, one.facts)
        if one.shot is None
        else words.photo_accepted(one.filename, folder.worth(one.shot), folder.mark(one.shot))
        for one in taken
    ]
    for told in range(len(lines), -1, -1):
        rest = [words.more_files(len(lines) - told)] if told < len(lines) else []
        text = "\n".join(lines[:told] + rest)
        if len(text) <= room:
            return text
    return ""


def _coverage(folder: Folder) -> str:
    """What the photos cover, and what is missing."""
    cover, kind = folder.cover, folder.subject.kind
    have = words.coverage_line(kind, cover.faces, cover.torsos, FACES_NEEDED, TORSOS_NEEDED)
    missing = words.missing_line(kind, cover.missing_faces, cover.missing_torsos, len(folder.shots))
    return f"**{have}**\n{missing}"


def _list(folder: Folder, shots: Sequence[Shot]) -> str:
    lines = [
        words.photo_line(
            folder.numbers[id_of(shot)], shot.photo.filename, folder.worth(shot), folder.mark(shot)
        )
        for shot in shots
    ]
    return "\n".join(lines) or words.NOTHING_YET


def _advice(folder: Folder) -> str:
    """How varied they are, and the one thing that would help most."""
    variety, kind = folder.variety, folder.subject.kind
    best = variety.advice
    advice = words.advice_line(kind, best.code, best.same, best.of)
    more = words.more_line(kind, [other.code for other in variety.more])
    return f"**{words.variety_title(variety.score)}**\n{advice}\n{more}".strip()


def _controls(folder: Folder, pages: Sequence[Sequence[Shot]], number: int) -> list[Control | None]:
    owner, subject = folder.subject.owner_id, folder.subject.id or 0
    shots = pages[number]
    controls: list[Control | None] = [
        LookAt(owner, subject, folder=folder, shots=shots) if shots else None
    ]
    if len(pages) > 1:
        is_first, is_last = number == 0, number == len(pages) - 1
        before, after = pages[number - (not is_first)], pages[number + (not is_last)]
        controls.append(EarlierPage(owner, subject, id_of(before[0]), disabled=is_first))
        controls.append(LaterPage(owner, subject, id_of(after[0]), disabled=is_last))
    return [
        *controls,
        AddPhotos(owner, subject),
        Train(owner, subject, disabled=not folder.cover.is_ready),
    ]


class LookAt(Control, verb="photos-look"):
    """A menu of the page's photos; the chosen one is shown by itself."""

    def __init__(
        self,
        owner_id: int,
        *numbers: int,
        folder: Folder | None = None,
        shots: Sequence[Shot] = (),
    ) -> None:
        self.options = [
            discord.SelectOption(
                label=words.photo_choice(folder.numbers[id_of(shot)], shot.photo.filename),
                description=words.plain(folder.worth(shot), 100),
                value=str(id_of(shot)),
            )
            for shot in shots
            if folder is not None
        ]
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(
            custom_id=custom_id, placeholder=words.LOOK_AT, options=self.options
        )

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        assert isinstance(self.item, discord.ui.Select)
        await one_photo.turn_to(interaction, numbers[0], int(self.item.values[0]))


class Turn(Press):
    """A button that shows the page with a certain photo."""

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, near = numbers
        await interaction.response.defer()
        subject = await subject_here(interaction, subject_id)
        if subject is not None:
            await turn_to(interaction, await Folder.of(app_of(interaction), subject), near)


class EarlierPage(Turn, verb="photos-earlier"):
    label = "EARLIER_PAGE"


class LaterPage(Turn, verb="photos-later"):
    label = "LATER_PAGE"


class AllPhotos(Turn, verb="photos-all"):
    """On the panel of one photo, back to its page."""

    label = "ALL_PHOTOS"


class AddPhotos(Press, verb="photos-add"):
    label = "ADD_PHOTOS"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subject_here(interaction, numbers[0])
        if subject is None or await is_waiting(interaction, subject):
            return
        if not await has_consented(app_of(interaction), interaction.user.id):
            await tell(interaction, words.CONSENT_FIRST)
            return
        await interaction.response.send_modal(PhotosForm(subject, show))


class Train(Press, verb="photos-train"):
    label = "TRAIN"
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subject_here(interaction, numbers[0])
        if subject is not None:
            await planning.show(interaction, subject)
