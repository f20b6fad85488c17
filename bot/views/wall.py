"""A member's own pictures, a page at a time."""

from __future__ import annotations

import asyncio
import io
from typing import Any, Final

import discord

from bot import screen, words
from bot.chosen import name_of
from bot.reply import Interaction, app_of, tell
from bot.sheets.contact import contact_sheet
from bot.views import brought
from bot.views.layout import card, instead, pictures, title
from bot.views.press import Menu, Press
from storage import portfolio

#: On one page: three rows of four.
EACH: Final = 12
_ACROSS: Final = 4
_NAME: Final = "gallery.png"


async def show(interaction: Interaction, page: int = 0, *, kept: bool = False) -> None:
    """Answer, or turn the panel that was pressed, to that page of the member's pictures, or of
    those that they keep."""
    app, member_id = app_of(interaction), interaction.user.id
    found, total = await portfolio.page(app.database, member_id, page, EACH, kept=kept)
    if not found and page:
        page = 0
        found, total = await portfolio.page(app.database, member_id, page, EACH, kept=kept)
    if not found:
        await tell(interaction, words.GALLERY_NONE_KEPT if kept else words.GALLERY_EMPTY)
        return
    is_turned = interaction.type is discord.InteractionType.component
    if is_turned:
        await interaction.response.defer()
    else:
        await interaction.response.defer(ephemeral=True, thinking=True)
    seen = [await screen.picture_of(app, one.job, one.image) for one in found]
    sheet = await asyncio.to_thread(contact_sheet, [one.png for one in seen], _ACROSS)
    last = (total - 1) // EACH
    options = [
        discord.SelectOption(
            label=words.gallery_choice(number, str(one.job.spec.get("typed", ""))),
            value=name_of(one),
        )
        for number, one in enumerate(found, 1)
    ]
    message: dict[str, Any] = {
        "view": card(
            title(words.GALLERY_KEPT_TITLE if kept else words.GALLERY_TITLE),
            pictures([_NAME]),
            f"-# {words.gallery_page(page + 1, last + 1, total)}",
            Open(member_id, options=options),
            Turn(member_id, page - 1, int(kept), says=words.NEWER) if page else None,
            Turn(member_id, page + 1, int(kept), says=words.OLDER) if page < last else None,
            All(member_id) if kept else OnlyKept(member_id),
        )
    }
    file = discord.File(io.BytesIO(sheet), _NAME)
    if is_turned:
        await interaction.edit_original_response(**instead(message), attachments=[file])
    else:
        await interaction.followup.send(**message, file=file, ephemeral=True)


class Turn(Press, verb="gallery-turn"):
    """To a page; of those that are kept, where a 1 follows it."""

    label = "OLDER"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await show(interaction, numbers[0], kept=bool(sum(numbers[1:])))


class OnlyKept(Press, verb="gallery-kept"):
    label = "GALLERY_KEPT"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await show(interaction, kept=True)


class All(Press, verb="gallery-all"):
    label = "GALLERY_ALL"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await show(interaction)


class Open(Menu, verb="gallery-open"):
    """The pictures of a page."""

    placeholder = "GALLERY_OPEN"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await brought.show(interaction, int(self.values[0].partition("-")[0]))
