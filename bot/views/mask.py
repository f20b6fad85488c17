"""Where a picture may change, laid over it in red: made larger, smaller, turned around, drawn."""

from __future__ import annotations

import asyncio
import contextlib
import io
from typing import Any, ClassVar, Final
from weakref import WeakValueDictionary

import discord

from bot import words
from bot.desk import Desk
from bot.edits import share_of, spec_of
from bot.photos.mask import Change, MaskRefused, changed
from bot.reply import Interaction, app_of, tell
from bot.request import put_in_line
from bot.sheets.masked import masked_sheet
from bot.views import picture
from bot.views.layout import card, instead, pictures, title
from bot.views.press import Press, settle
from storage import sources
from storage.errors import BlobMissing, NotYours
from storage.tables import Source

_NAME: Final = "mask.png"
#: Presses on one panel wait for each other, by the number of its copy: each goes on from what the
#: one before left, and the panel shows the last.
_TURNS: Final[WeakValueDictionary[int, asyncio.Lock]] = WeakValueDictionary()


def _turn(source_id: int) -> asyncio.Lock:
    return _TURNS.setdefault(source_id, asyncio.Lock())


async def show(interaction: Interaction, source: Source) -> None:
    """Show a picture with its mask to its member alone."""
    file = await _sheet(app_of(interaction), source)
    await interaction.followup.send(view=_card(source), file=file, ephemeral=True)


def _card(source: Source, sentence: str = "", *, is_open: bool = True) -> discord.ui.LayoutView:
    """With its buttons, as long as it `is_open`."""
    one, typed = (source.owner_id, source.id or 0), source.wish["typed"]
    buttons = (Grow(*one), Shrink(*one), Invert(*one), DrawIt(*one), ForgetIt(*one))
    return card(
        sentence,
        title(words.MASK_TITLE),
        pictures([_NAME], words.MASK_TITLE),
        words.mask_hint(typed) if is_open else f"> {words.plain(typed, 400)}",
        *(buttons if is_open else ()),
        colour=discord.Colour.red(),
    )


async def _sheet(app: Desk, source: Source) -> discord.File:
    files = [await _blob(app, key) for key in (source.blob_key, source.mask_key)]
    return discord.File(io.BytesIO(await asyncio.to_thread(masked_sheet, *files)), _NAME)


async def _blob(app: Desk, key: str | None) -> bytes | None:
    try:
        return await app.blobs.get(key) if key else None
    except BlobMissing:
        return None


async def _here(interaction: Interaction, source_id: int) -> Source | None:
    """The copy, if it is there and not in line; None after telling its member."""
    try:
        source = await sources.own(app_of(interaction).database, interaction.user.id, source_id)
    except NotYours:
        await tell(interaction, words.SOURCE_GONE)
        return None
    if source.job_id is not None:
        await tell(interaction, words.SOURCE_ASKED)
        return None
    return source


class ChangeMask(Press):
    """A button that changes a mask."""

    change: ClassVar[Change]

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await interaction.response.defer()
        async with _turn(numbers[0]):
            await self._changed(interaction, numbers[0])

    async def _changed(self, interaction: Interaction, source_id: int) -> None:
        app, sentence = app_of(interaction), ""
        source = await _here(interaction, source_id)
        if source is None:
            return
        try:
            before = await app.blobs.get(source.mask_key or "")
            mask = await asyncio.to_thread(changed, before, self.change)
            source = await sources.set_mask(
                app.database, app.blobs, source.owner_id, source_id, mask
            )
        except MaskRefused as refused:
            sentence = words.mask_refusal(refused.reason)
        except (BlobMissing, NotYours):  # gone meanwhile
            await tell(interaction, words.SOURCE_GONE)
            return
        message = instead({"view": _card(source, sentence)})
        await interaction.edit_original_response(**message, attachments=[await _sheet(app, source)])


class Grow(ChangeMask, verb="mask-grow"):
    label = "GROW"
    change = "grow"


class Shrink(ChangeMask, verb="mask-shrink"):
    label = "SHRINK"
    change = "shrink"


class Invert(ChangeMask, verb="mask-invert"):
    label = "INVERT"
    change = "invert"


class DrawIt(Press, verb="mask-draw"):
    label = "DRAW"
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await interaction.response.defer()
        async with _turn(numbers[0]):
            source = await _here(interaction, numbers[0])
            if source is None:
                return
            spec: dict[str, Any] = spec_of(source)
            job = await put_in_line(
                interaction,
                "generate",
                source.subject_id,
                spec,
                picture.waiting,
                share_id=share_of(source),
                source_id=source.id,
            )
            if job is not None:
                # it is in line whatever becomes of the panel
                with contextlib.suppress(discord.HTTPException):
                    message = instead({"view": _card(source, is_open=False)})
                    file = await _sheet(app_of(interaction), source)
                    await interaction.edit_original_response(**message, attachments=[file])


class ForgetIt(Press, verb="mask-forget"):
    label = "FORGET_SOURCE"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await interaction.response.defer()
        app = app_of(interaction)
        async with _turn(numbers[0]):
            source = await _here(interaction, numbers[0])
            if source is None:
                return
            try:
                await sources.drop(app.database, app.blobs, source.owner_id, numbers[0])
            except NotYours:  # drawn meanwhile
                await tell(interaction, words.SOURCE_ASKED)
                return
            await settle(interaction, words.SOURCE_FORGOTTEN)
