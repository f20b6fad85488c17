"""Whose photos a message has: asked each time, for photos are personal."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import discord

from bot import arrivals, tongue, words
from bot.arrivals import Waiting
from bot.desk import Desk
from bot.intake import has_consented, take_all
from bot.reply import Interaction, app_of, tell
from bot.views import checklist, consent
from bot.views.likeness import is_waiting
from bot.views.press import Menu, Press, panel, subject_here
from storage import drafts, subjects
from storage.errors import StorageError
from storage.subjects import Overview

log = logging.getLogger("darkroom.arrivals")


def menu(owner_id: int, channel_id: int, number: int, mine: Sequence[Overview]) -> discord.ui.View:
    """The member's subjects, for the photos of a message, or of a row where the channel is 0."""
    options = [
        discord.SelectOption(
            label=one.subject.token,
            description=words.plain(one.subject.class_word, 100),
            value=str(one.subject.id),
        )
        for one in sorted(mine, key=lambda one: -(one.subject.id or 0))  # the newest come first
    ]
    return panel(PhotosOf(owner_id, channel_id, number, options=options))


def button(owner_id: int, channel_id: int, message_id: int) -> discord.ui.View:
    """What leads to the menu: what somebody's subjects are called is not for a whole channel."""
    return panel(ChooseSubject(owner_id, channel_id, message_id))


class ChooseSubject(Press, verb="hand-choose"):
    label = "HAND_CHOOSE"
    style = discord.ButtonStyle.primary

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        mine = await subjects.list_subjects(app_of(interaction).database, self.owner_id)
        if not mine:
            await tell(interaction, words.NO_SUBJECTS)
            return
        channel_id, message_id = numbers
        view = menu(self.owner_id, channel_id, message_id, mine)
        await interaction.response.send_message(words.HAND_WHOSE, view=view, ephemeral=True)


class PhotosOf(Menu, verb="hand-of"):
    """The member's subjects; its numbers are the channel and the message with the photos, or 0 and
    the row that keeps them."""

    placeholder = "HAND_CHOOSE"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app, (channel_id, number) = app_of(interaction), numbers
        await interaction.response.defer(ephemeral=True, thinking=True)
        subject = await subject_here(interaction, int(self.values[0]))
        if subject is None or await is_waiting(interaction, subject):
            return
        waiting = await _found(interaction, channel_id, number)
        if waiting is None:
            return
        if not await has_consented(app, self.owner_id):
            await consent.ask(interaction, subject, waiting.files)
            return
        taken = await take_all(app, subject, waiting.files, None)
        if not channel_id:
            await drafts.drop(app.database, self.owner_id, number)
        await checklist.show(interaction, subject, taken)


async def _found(interaction: Interaction, channel_id: int, number: int) -> Waiting | None:
    """The photos, with links of this moment; None after telling the member why there are none."""
    app = app_of(interaction)
    if not channel_id:
        waiting = await arrivals.kept(app, interaction.user.id, number)
        if waiting is None:
            await tell(interaction, words.HAND_GONE)
        return waiting
    try:
        message = await app.get_partial_messageable(channel_id).fetch_message(number)
    except discord.NotFound:
        await tell(interaction, words.HAND_GONE)
        return None
    except discord.Forbidden:
        await tell(interaction, words.HAND_UNREADABLE)
        return None
    if message.author.id != interaction.user.id:
        await tell(interaction, words.HAND_GONE)
        return None
    files = arrivals.pictures_of(message)  # it may have been edited since
    if not files:
        await tell(interaction, words.HAND_NO_PICTURES)
        return None
    return Waiting(None, files)


async def look_at(app: Desk, message: discord.Message) -> None:
    """Ask the author of a direct message, or of a mention, whose photos these are."""
    if message.author.bot or message.webhook_id is not None or app.user is None:
        return
    is_direct = message.guild is None
    if not is_direct and app.user not in message.mentions:
        return
    pictures = arrivals.pictures_of(message)
    if not pictures and not is_direct:
        return
    owner, view = message.author.id, None
    words.speak(tongue.of_member(app, owner, message.guild.id if message.guild else None))
    try:
        mine = await subjects.list_subjects(app.database, owner)
        if not pictures:
            sentence = words.HAND_NO_PICTURES
        elif not mine:
            sentence = words.NO_SUBJECTS
        elif is_direct:
            sentence = words.HAND_WHOSE
            view = menu(owner, message.channel.id, message.id, mine)
        else:
            sentence = words.HAND_IN_PUBLIC
            view = button(owner, message.channel.id, message.id)
        if view is None:
            await message.reply(sentence, mention_author=False)
        else:
            await message.reply(sentence, view=view, mention_author=False)
    except (discord.HTTPException, StorageError) as error:
        log.warning("a message could not be answered: %s", error)
