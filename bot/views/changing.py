"""What a member can change about a photo: its squares, their captions, what it shows, who it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

import discord

from bot import changes, words
from bot.desk import Desk
from bot.photos.caption import CaptionRefused
from bot.photos.edit import ACTIONS, Action
from bot.photos.terms import Framing
from bot.reply import Interaction, app_of
from bot.views import checklist, one_photo
from bot.views.asking import Form
from bot.views.folder import Folder
from bot.views.press import Control, Press, subject_here
from storage import erase
from storage import subjects as stored
from storage.errors import NotYours
from storage.tables import Subject

#: The buttons of a square, as they lie beside each other.
_MOVES: Final[tuple[Action, ...]] = ("left", "up", "down", "right", "whole")
_SIZES: Final[tuple[Action, ...]] = ("tighter", "looser", "reset")
#: Choices of a menu, by Discord's limit.
MOST_CHOICES: Final = 25
#: Characters of a caption: 60 words of nine, and room for the token.
_MOST_TYPED: Final = 550


def rows_of_square(
    one: tuple[int, int, int], square: int, squares: int
) -> tuple[Sequence[Control], Sequence[Control]]:
    """The buttons of one square of a photo (owner, subject, photo), in two rows."""
    moves, sizes = (
        [Recrop(*one, square, ACTIONS.index(action)) for action in row] for row in (_MOVES, _SIZES)
    )
    others = [OtherSquare(*one, 1 - square)] if squares > 1 else []
    return moves, [*sizes, *others, Caption(*one, square)]


class ShowPhoto(Press):
    """A button that shows a photo with one of its squares."""

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, photo_id, square = numbers
        await one_photo.turn_to(interaction, subject_id, photo_id, square)


class EarlierPhoto(ShowPhoto, verb="photo-earlier"):
    label = "EARLIER_PHOTO"


class LaterPhoto(ShowPhoto, verb="photo-later"):
    label = "LATER_PHOTO"


class OtherSquare(ShowPhoto, verb="square-other"):
    label = "OTHER_SQUARE"


class Recrop(Press, verb="square"):
    """One of the buttons that move a square or change its size."""

    def drawn(self, custom_id: str) -> discord.ui.Button[Any]:
        label = words.SQUARE_BUTTONS[ACTIONS[self.numbers[-1]]]
        return discord.ui.Button(label=label, style=self.style, custom_id=custom_id)

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, photo_id, square, number = numbers
        action = ACTIONS[number]

        async def recrop(app: Desk, subject: Subject) -> str:
            shot, is_changed = await changes.recrop(app, subject, photo_id, square, action)
            if is_changed:
                return ""
            if square >= len(shot.crops):
                return words.SQUARE_GONE
            short = min(shot.photo.width, shot.photo.height)
            return words.square_stays(action, is_whole=shot.crops[square].side > short)

        await one_photo.turn_to(interaction, subject_id, photo_id, square, recrop)


class Shows(Control, verb="photo-shows"):
    """A menu of what a photo may show."""

    def __init__(
        self, owner_id: int, *numbers: int, kind: str = "", framing: str | None = None
    ) -> None:
        choices = words.framing_choices(kind) if kind else {}
        # a chest counts as a face where it is no choice of its own
        shown = "face" if framing == "chest" and "chest" not in choices else framing
        self.options = [
            discord.SelectOption(label=label, value=value, default=value == shown)
            for value, label in choices.items()
        ]
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(custom_id=custom_id, placeholder=words.SHOWS, options=self.options)

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, photo_id = numbers
        framing = cast("Framing", _chosen(self))

        async def retag(app: Desk, subject: Subject) -> str:
            before = await stored.own_shot(app.database, subject.owner_id, photo_id)
            if before.photo.framing == framing:
                return words.SHOWS_ALREADY
            await changes.retag(app, subject, photo_id, framing)
            return ""

        await one_photo.turn_to(interaction, subject_id, photo_id, change=retag)


class Who(Control, verb="photo-who"):
    """A menu of the faces on a photo, numbered as on its picture."""

    def __init__(
        self, owner_id: int, *numbers: int, faces: int = 0, face: int | None = None
    ) -> None:
        self.options = [
            discord.SelectOption(
                label=words.face_choice(number + 1), value=str(number), default=number == face
            )
            for number in range(min(faces, MOST_CHOICES))
        ]
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(custom_id=custom_id, placeholder=words.WHO, options=self.options)

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, photo_id = numbers
        face = int(_chosen(self))

        async def pick(app: Desk, subject: Subject) -> str:
            before = await stored.own_shot(app.database, subject.owner_id, photo_id)
            if before.photo.face == face:
                return words.WHO_ALREADY
            await changes.pick(app, subject, photo_id, face)
            return words.who_chosen(face + 1)

        await one_photo.turn_to(interaction, subject_id, photo_id, change=pick)


def _chosen(menu: Control) -> str:
    assert isinstance(menu.item, discord.ui.Select)
    chosen: str = menu.item.values[0]
    return chosen


class Keep(Press, verb="photo-keep"):
    label = "KEEP"
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, photo_id, square = numbers

        async def keep(app: Desk, subject: Subject) -> str:
            await changes.keep(app, subject, photo_id, kept=True)
            return words.PHOTO_KEPT

        await one_photo.turn_to(interaction, subject_id, photo_id, square, keep)


class Drop(Press, verb="photo-drop"):
    label = "DROP"
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, photo_id = numbers
        await interaction.response.defer()
        subject = await subject_here(interaction, subject_id)
        if subject is None:
            return
        app = app_of(interaction)
        try:
            photo = await erase.drop_photo(app.database, app.blobs, subject.owner_id, photo_id)
            sentence = words.dropped(photo.filename)
        except NotYours:
            sentence = words.PHOTO_GONE
        await checklist.turn_to(interaction, await Folder.of(app, subject), photo_id, sentence)


class Caption(Press, verb="square-caption"):
    label = "CAPTION"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject_id, photo_id, square = numbers
        subject = await subject_here(interaction, subject_id)
        if subject is None:
            return
        try:
            shot = await stored.own_shot(app_of(interaction).database, subject.owner_id, photo_id)
        except NotYours:
            shot = None
        if shot is None or square >= len(shot.crops):
            await one_photo.turn_to(interaction, subject_id, photo_id)
            return
        await interaction.response.send_modal(CaptionForm(numbers, shot.crops[square].caption))


class CaptionForm(Form):
    """A square's caption, to be written anew."""

    def __init__(self, numbers: Sequence[int], caption: str) -> None:
        super().__init__(title=words.CAPTION_TITLE)
        self.numbers = numbers
        self.text: discord.ui.TextInput[Any] = discord.ui.TextInput(
            style=discord.TextStyle.paragraph,
            default=caption[:_MOST_TYPED],
            max_length=_MOST_TYPED,
            required=False,
        )
        self.add_item(
            discord.ui.Label(
                text=words.CAPTION_TEXT, description=words.CAPTION_HINT, component=self.text
            )
        )

    async def on_submit(self, interaction: Interaction, /) -> None:
        subject_id, photo_id, square = self.numbers
        typed = self.text.value

        async def reword(app: Desk, subject: Subject) -> str:
            before = await stored.own_shot(app.database, subject.owner_id, photo_id)
            if square >= len(before.crops):
                return words.caption_refused(words.SQUARE_GONE, typed)
            try:
                after = await changes.reword(app, subject, photo_id, square, typed)
            except CaptionRefused as refused:
                return words.caption_refused(
                    words.caption_refusal(refused.reason, refused.facts), typed
                )
            if not typed.strip():
                return words.CAPTION_OURS
            is_same = after.crops[square].caption == before.crops[square].caption
            return words.CAPTION_STAYS if is_same else words.CAPTION_KEPT

        await one_photo.turn_to(interaction, subject_id, photo_id, square, reword)
