"""`/me quota | settings | forget`."""

from __future__ import annotations

from discord import app_commands

from bot.reply import Interaction
from bot.views import sure, wishes

group = app_commands.Group(name="me", description="What I keep of you")


@group.command(name="quota", description="What is left for you here today and this week")
async def quota(interaction: Interaction) -> None:
    await wishes.quota(interaction)


@group.command(name="settings", description="Your language, how many pictures, your prompts")
async def settings(interaction: Interaction) -> None:
    await wishes.show(interaction)


@group.command(name="forget", description="Remove everything of yours, with a receipt")
async def forget(interaction: Interaction) -> None:
    await sure.forget(interaction)
