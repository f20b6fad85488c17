"""Those who manage the server, and those who do not but are shown what they use."""

from __future__ import annotations

from typing import Any

import discord

from bot.rules import Rules
from storage import screening
from tests.bot.commands.conftest import Studio


def manager(studio: Studio) -> Any:
    """Carol, who manages the server."""
    guild = studio.channel.guild
    role = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(studio.env.create_user("carol"), roles=[role])


async def shows_admin_to(studio: Studio, member: Any) -> None:
    """The server shows `/admin` to that member, too."""
    (admin,) = [c for c in await studio.bot.tree.fetch_commands() if c.name == "admin"]
    studio.channel.guild.set_command_permissions(admin, {member: True})


async def rules_of(studio: Studio) -> Rules:
    server = await screening.safety_of(studio.bot.database, studio.channel.guild.id)
    return Rules.read(server.rules)
