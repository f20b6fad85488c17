"""`/me quota | settings | data | forget`."""

from __future__ import annotations

from discord import app_commands

from bot.reply import Interaction
from bot.views import dossier, sure, wishes

group = app_commands.Group(name="me", description="What I keep of you")


@group.command(name="quota", description="What is left for you here today and this week")
async def quota(interaction: Interaction) -> None:
    await wishes.quota(interaction)


@group.command(name="settings", description="Your language, how many pictures, your prompts")
async def settings(interaction: Interaction) -> None:
    await wishes.show(interaction)


@group.command(name="data", description="What I keep of you, to see and to take along")
async def data(interaction: Interaction) -> None:
    await dossier.show(interaction)


@group.command(name="forget", description="Remove everything of yours, with a receipt")
async def forget(interaction: Interaction) -> None:
    await sure.forget(interaction)
