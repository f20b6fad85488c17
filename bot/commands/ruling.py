"""`/admin settings | roles | quotas`."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import discord
from discord import app_commands

from bot import words
from bot.admission import managed_server, rules_here
from bot.commands import admin
from bot.reply import Interaction, tell
from bot.rules import MOST_NAMED, MOST_PICTURES, MOST_TRAININGS, Rules
from bot.views import ruling

Which = Literal["pictures", "trainings", "both"]


@admin.group.command(name="settings", description="All that you decide here, to see and to change")
async def settings(interaction: Interaction) -> None:
    await ruling.show(interaction)


@admin.group.command(
    name="roles", description="Which roles may train; everybody where there is none"
)
@app_commands.describe(add="A role that may train", remove="A role that may no longer")
async def roles(
    interaction: Interaction, add: discord.Role | None = None, remove: discord.Role | None = None
) -> None:
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    now = await rules_here(interaction) or Rules()
    if add is not None and add.is_default():
        await tell(interaction, words.ROLE_OF_ALL)
        return
    added = frozenset({add.id} if add else ())
    removed = frozenset({remove.id} if remove else ())
    if len((now.train_roles | added) - removed) > MOST_NAMED:
        await tell(interaction, words.ROLES_FULL)
        return
    if added or removed:
        now = await ruling.change(
            interaction,
            server_id,
            lambda had: replace(had, train_roles=(had.train_roles | added) - removed),
        )
    await tell(interaction, words.rules_who(sorted(now.train_roles)))


@admin.group.command(name="quotas", description="How much members may ask for, or those of a role")
@app_commands.describe(
    role="Whose numbers; without it, everybody's",
    pictures="Pictures a day",
    trainings="Trainings a week",
    no_limit="As many as they like",
    reset="Back to my default; for a role, to everybody's",
)
async def quotas(
    interaction: Interaction,
    role: discord.Role | None = None,
    pictures: app_commands.Range[int, 0, MOST_PICTURES] | None = None,
    trainings: app_commands.Range[int, 0, MOST_TRAININGS] | None = None,
    no_limit: Which | None = None,
    reset: Which | None = None,
) -> None:
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    whose = None if role is None or role.is_default() else role.id

    def how(had: Rules) -> Rules:
        if reset in {"pictures", "both"}:
            had = had.with_limit("pictures", whose, None, is_set=False)
        if reset in {"trainings", "both"}:
            had = had.with_limit("trainings", whose, None, is_set=False)
        if pictures is not None or no_limit in {"pictures", "both"}:
            had = had.with_limit("pictures", whose, pictures)
        if trainings is not None or no_limit in {"trainings", "both"}:
            had = had.with_limit("trainings", whose, trainings)
        return had

    if (pictures, trainings, no_limit, reset) == (None, None, None, None):
        now = await rules_here(interaction) or Rules()
    else:
        now = await ruling.change(interaction, server_id, how)
    await tell(interaction, ruling.amounts(now))
