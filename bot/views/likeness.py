"""Subjects that show another member: the question, its answers, and taking a yes back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.settings import BotSettings
from bot.views.layout import card
from bot.views.press import Menu, Press, panel, settle
from storage import likeness
from storage.errors import AskedLately, NotYours
from storage.likeness import UNANSWERED_DAYS, Asking, Showing
from storage.tables import Subject


def question(settings: BotSettings, subject: Subject, *, mention: bool = False) -> Any:
    """The card for whoever is shown; with a `mention` of them where others see it."""
    shown_id, number = subject.likeness_of or 0, subject.id or 0
    ends = min(settings.photos_days or UNANSWERED_DAYS, UNANSWERED_DAYS)
    return card(
        f"<@{shown_id}>" if mention else "",
        words.likeness_question(
            subject.owner_id, subject.token, subject.class_word, settings.photos_days, ends
        ),
        words.privacy_line(settings.privacy_url),
        SayYes(shown_id, number),
        SayNo(shown_id, number),
    )


def asking(interaction: Interaction) -> Asking:
    """Where the question goes when it cannot go in private: nowhere, outside of servers."""
    channel = interaction.channel_id if interaction.guild_id is not None else None
    return Asking(channel_id=channel, language=words.spoken())


async def is_waiting(interaction: Interaction, subject: Subject) -> bool:
    """Whether whoever it shows has not said yes; its owner has been told, then."""
    if likeness.state(subject) != "asked":
        return False
    await tell(interaction, words.likeness_waits(subject.token, subject.likeness_of))
    return True


class SayYes(Press, verb="likeness-yes"):
    label = "LIKENESS_YES"
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        try:
            subject = await likeness.agree(app_of(interaction).database, self.owner_id, numbers[0])
        except NotYours:
            said = words.LIKENESS_GONE
        else:
            said = words.likeness_given(subject.owner_id, subject.token)
        await interaction.response.edit_message(view=card(said))


class SayNo(Press, verb="likeness-no"):
    label = "LIKENESS_NO"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await interaction.response.defer()
        app = app_of(interaction)
        try:
            subject = await likeness.end(app.database, app.blobs, self.owner_id, numbers[0])
        except NotYours:
            said = words.LIKENESS_GONE
        else:
            said = words.likeness_declined(subject.token)
        await interaction.edit_original_response(view=card(said))


class AskAgain(Press, verb="likeness-again"):
    label = "LIKENESS_ASK_AGAIN"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        database = app_of(interaction).database
        try:
            subject = await likeness.ask_again(
                database, self.owner_id, numbers[0], asking(interaction)
            )
        except AskedLately as lately:
            await tell(interaction, words.likeness_asked_lately(lately.until))
        except NotYours:
            await tell(interaction, words.LIKENESS_NOTHING_TO_ASK)
        else:
            await tell(interaction, words.likeness_asked(subject.token, subject.likeness_of or 0))


def take_back_menu(member_id: int, shown: Sequence[Showing]) -> Menu | None:
    """What shows the member, to take their yes back; none where nothing does."""
    options = [
        discord.SelectOption(
            label=words.likeness_choice(one.subject.token, one.subject.class_word),
            value=str(one.subject.id),
        )
        for one in shown
    ]
    return TakeYesBackFrom(member_id, options=options) if options else None


class TakeYesBackFrom(Menu, verb="likeness-from"):
    """The subjects of others that show the member."""

    placeholder = "LIKENESS_TAKE_BACK_FROM"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        number = int(self.values[0])
        shown = await likeness.showing(app_of(interaction).database, self.owner_id)
        one = next((one.subject for one in shown if one.subject.id == number), None)
        if one is None:
            await tell(interaction, words.LIKENESS_GONE)
            return
        await interaction.response.send_message(
            words.likeness_take_back_question(one.token),
            view=panel(TakeYesBack(self.owner_id, number), Leave(self.owner_id)),
            ephemeral=True,
        )


class TakeYesBack(Press, verb="likeness-back"):
    label = "LIKENESS_TAKE_BACK"
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await interaction.response.defer()  # many files may go
        app = app_of(interaction)
        try:
            subject = await likeness.end(app.database, app.blobs, self.owner_id, numbers[0])
        except NotYours:
            await settle(interaction, words.LIKENESS_GONE)
            return
        await settle(interaction, words.likeness_taken_back(subject.token))


class Leave(Press, verb="likeness-leave"):
    label = "LIKENESS_LEAVE"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await settle(interaction, words.KEPT)
