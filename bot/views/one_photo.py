"""One photo of a subject: large, with its squares, what is said of it, and what can be changed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import discord

from bot import words
from bot.album import squares_of
from bot.desk import Desk
from bot.reply import Interaction, app_of
from bot.views import changing, checklist, drawn
from bot.views.folder import Folder, id_of
from bot.views.layout import Part, card, instead, pictures, row, title
from bot.views.press import subject_here
from storage.errors import BlobMissing, NotYours
from storage.subjects import Shot
from storage.tables import Subject

_COLOURS = {
    "counts": discord.Colour.green(),
    "doubt": discord.Colour.orange(),
    "not": discord.Colour.light_grey(),
}

#: What a press does before the photo is shown anew: a sentence about it. May raise NotYours for a
#: photo, and BlobMissing for a picture, that is gone.
Change: TypeAlias = Callable[[Desk, Subject], Awaitable[str]]


async def turn_to(
    interaction: Interaction,
    subject_id: int,
    photo_id: int,
    square: int = 0,
    change: Change | None = None,
) -> None:
    """Acknowledge a press, make the change, and let the panel show the photo as it is then, with
    one of its squares (from 0) chosen; the list where the photo is gone."""
    await interaction.response.defer()
    subject = await subject_here(interaction, subject_id)
    if subject is None:
        return
    app, sentence = app_of(interaction), ""
    try:
        if change is not None:
            sentence = await change(app, subject)
    except NotYours:
        pass  # the folder, read after this, does not hold it any more
    except BlobMissing:
        sentence = words.PHOTO_LOST
    folder = await Folder.of(app, subject)
    shot = folder.find(photo_id)
    if shot is None:
        await checklist.turn_to(interaction, folder, photo_id, words.PHOTO_GONE)
        return
    square = min(square, max(0, len(squares_of(shot)) - 1))
    message = {"view": _card(folder, shot, square, sentence)}
    await interaction.edit_original_response(
        **instead(message), attachments=[await drawn.alone(folder, shot)]
    )


def _card(folder: Folder, shot: Shot, square: int, sentence: str) -> discord.ui.LayoutView:
    name = words.photo_title(folder.numbers[id_of(shot)], len(folder.shots), shot.photo.filename)
    squares, told = squares_of(shot), ""
    if squares:
        crop = squares[square]
        kind = folder.subject.kind
        of = words.square_title(kind, crop.framing, square + 1, len(squares))
        told = f"**{of}**\n{words.square_caption(crop.caption)}"
    return card(
        sentence,
        title(name),
        folder.worth(shot),
        pictures([drawn.NAME], name),
        told,
        *_controls(folder, shot, square),
        colour=_COLOURS[folder.mark(shot)],
    )


def _controls(folder: Folder, shot: Shot, square: int) -> list[Part | None]:
    """The menus, the buttons of the square in their rows, and those that lead on."""
    subject, photo = folder.subject, id_of(shot)
    one = (subject.owner_id, subject.id or 0, photo)
    parts: list[Part | None] = []
    if subject.kind != "person" or folder.judged(shot).face is not None:
        parts.append(changing.Shows(*one, kind=subject.kind, framing=shot.photo.framing))
    faces = folder.faces(shot)
    if faces > 1:
        parts.append(changing.Who(*one, faces=faces, face=shot.photo.face))
    if squares_of(shot):
        rows = changing.rows_of_square(one, square, len(squares_of(shot)))
        parts += [row(*controls) for controls in rows]
    at = folder.numbers[photo] - 1
    before, after = folder.shots[max(0, at - 1)], folder.shots[min(at + 1, len(folder.shots) - 1)]
    return [
        *parts,
        changing.EarlierPhoto(*one[:2], id_of(before), 0, disabled=before is shot),
        changing.LaterPhoto(*one[:2], id_of(after), 0, disabled=after is shot),
        checklist.AllPhotos(*one),
        changing.Keep(*one, square) if folder.mark(shot) == "doubt" else None,
        changing.Drop(*one),
    ]
