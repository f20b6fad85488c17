"""The commands, as Discord is told of them and as they are called."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation as Of

from bot import tongue, words
from bot.reply import Interaction, app_of, trouble

#: What is shown as it stands; the names of commands and options are typed, and the same everywhere.
_TOLD = {Of.command_description, Of.group_description, Of.parameter_description, Of.choice_name}


class Tree(app_commands.CommandTree[Any]):
    """Commands that hear in which language they are called."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        tongue.hear(app_of(interaction), interaction)
        return True

    async def on_error(
        self, interaction: Interaction, error: app_commands.AppCommandError, /
    ) -> None:
        await trouble(interaction, error)


class Descriptions(app_commands.Translator):
    """What commands are for, and what a right-click offers, in every language that is spoken
    here."""

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        is_menu = isinstance(context.data, app_commands.ContextMenu)
        if context.location not in _TOLD and not is_menu:
            return None
        return words.description(words.language_of(locale.value), string.message)
