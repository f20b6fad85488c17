"""What I keep of a member: counted, and handed to them."""

from __future__ import annotations

import asyncio
import math
import shutil
import tempfile
from pathlib import Path

import discord

from bot import parcel, words
from bot.dossier import Packed, pack
from bot.reply import Interaction, app_of, tell
from bot.seldom import TooSoon, UnderWay
from bot.views.layout import card
from bot.views.likeness import take_back_menu
from bot.views.press import Press
from storage import dossier, likeness

#: Of what Discord refuses as too large half as much is tried, down to this.
_LEAST = 65_536
#: Tables whose rows are counted on the card.
_COUNTED = ("subject", "photo", "adapter", "image", "job")
#: Lines of subjects that show the member; the menu has no more either.
_MOST = 25


async def show(interaction: Interaction) -> None:
    """Answer with what is kept, what shows the member, and the button that hands it over."""
    app, member_id = app_of(interaction), interaction.user.id
    await interaction.response.defer(ephemeral=True, thinking=True)
    counts = await dossier.counts(app.database, member_id, _COUNTED)
    shown = await likeness.showing(app.database, member_id)
    lines = [
        words.data_showing(
            one.subject.token,
            one.subject.owner_id,
            one.photos,
            agreed=one.subject.likeness_agreed_at is not None,
        )
        for one in shown[:_MOST]
    ]
    await interaction.followup.send(
        view=card(
            words.DATA_TITLE,
            words.data_counts(*counts),
            "\n".join([words.DATA_SHOWS_YOU, *lines]) if lines else "",
            take_back_menu(member_id, shown),
            words.DATA_HINT,
            words.privacy_line(app.settings.privacy_url),
            HandOver(member_id),
        ),
        ephemeral=True,
        allowed_mentions=discord.AllowedMentions.none(),
    )


class HandOver(Press, verb="me-data"):
    label = "DATA_HAND_OVER"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        app = app_of(interaction)
        await interaction.response.defer(ephemeral=True, thinking=True)
        try:
            with app.dossiers.once(self.owner_id):
                await _hand_over(interaction)
        except UnderWay:
            await tell(interaction, words.DATA_UNDER_WAY)
        except TooSoon as soon:
            await tell(interaction, words.data_lately(math.ceil(soon.wait_s / 60)))


async def _hand_over(interaction: Interaction) -> None:
    """Pack it and send it, part by part; where Discord finds one too large, anew and smaller."""
    app, member_id = app_of(interaction), interaction.user.id
    room = parcel.room_in(app, interaction.guild_id)
    packing = packing_in(app.settings.data)
    await asyncio.to_thread(packing.mkdir, parents=True, exist_ok=True)
    while True:
        folder = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=packing))
        try:
            found = await dossier.collect(app.database, member_id)
            packed = await pack(app.blobs, found, folder, room, app.settings.privacy_url)
            await _send(interaction, packed)
        except discord.HTTPException as error:
            if not parcel.is_too_large(error) or room < _LEAST:
                raise
            room //= 2
        else:
            break
        finally:
            await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    if packed.too_large:
        await tell(interaction, words.data_too_large(packed.too_large, member_id))


async def _send(interaction: Interaction, packed: Packed) -> None:
    total = len(packed.zips)
    for number, path in enumerate(packed.zips, 1):
        name = f"darkroom-data-{number}-of-{total}.zip"
        await interaction.followup.send(
            words.data_part(number, total),
            file=await asyncio.to_thread(discord.File, path, name),
            ephemeral=True,
        )


def packing_in(data: Path) -> Path:
    """Where ZIPs lie while they are handed over."""
    return data / "packing"
