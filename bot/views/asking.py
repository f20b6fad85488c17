"""Forms: what is asked of a member in a window of its own."""

from __future__ import annotations

import discord

from bot import tongue
from bot.reply import Interaction, app_of, trouble


class Form(discord.ui.Modal):
    """A form that hears in which language it is handed in, and never stays unanswered."""

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        tongue.hear(app_of(interaction), interaction)
        return True

    async def on_error(  # type: ignore[override]  # without the item, as in discord.py's own Modal
        self, interaction: Interaction, error: Exception, /
    ) -> None:
        await trouble(interaction, error)
