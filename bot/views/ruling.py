"""The card of a server's rules, for those who manage it: all that is decided there, each thing
changed in its place. Everything asks again whether they do manage it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import discord

from bot import quiet, words
from bot.admission import managed_server
from bot.reply import Interaction, app_of, tell
from bot.rules import Rules, named
from bot.views import numbers
from bot.views.layout import card, line
from bot.views.picks import ChannelPick, RolePick
from bot.views.press import Control, Press
from storage import screening, servers
from storage.screening import LIMIT

Change = Callable[[Rules], Rules]


async def show(interaction: Interaction) -> None:
    """Answer who manages this server with the card."""
    server_id = await managed_server(interaction)
    if server_id is not None:
        view = await card_of(interaction, server_id)
        await interaction.response.send_message(view=view, ephemeral=True)


async def turn(interaction: Interaction, server_id: int) -> None:
    """The card that was pressed shows what holds now."""
    await interaction.response.edit_message(view=await card_of(interaction, server_id))


async def change(interaction: Interaction, server_id: int, how: Change) -> Rules:
    """Write down what `how` makes of the rules, and leave what this Darkroom does not know."""
    told = await servers.set_rules(
        app_of(interaction).database, server_id, lambda had: how(Rules.read(had)).written()
    )
    return Rules.read(told)


async def card_of(interaction: Interaction, server_id: int) -> discord.ui.LayoutView:
    """What holds in that server, with its controls."""
    server = await screening.safety_of(app_of(interaction).database, server_id)
    rules, owner = Rules.read(server.rules), interaction.user.id
    guild = interaction.guild
    roles = [role.id for role in guild.roles] if guild else []
    places = [channel.id for channel in guild.channels] if guild else []
    alerts = server.alerts_channel_id
    limit, is_default = server.explicit_limit, server.explicit_limit is None
    return card(
        words.RULES_TITLE,
        words.rules_who(sorted(rules.train_roles)),
        MayTrain(owner, chosen=named(rules.train_roles, roles)),
        words.rules_where(sorted(rules.channels), adults_only=rules.adults_only),
        MaySpeak(owner, chosen=named(rules.channels, places)),
        amounts(rules),
        words.rules_tenure(rules.tenure_hours),
        ForRole(owner),
        line(),
        words.quiet_hours(quiet.told(server)),
        words.safety(LIMIT if limit is None else limit, alerts, is_default=is_default),
        AlertsIn(owner, chosen=named([alerts] if alerts else [], places)),
        SetNumbers(owner),
        SetQuiet(owner),
        SetLimit(owner),
        AnyChannel(owner) if rules.adults_only else AdultsOnly(owner),
        words.RULES_HINT,
        colour=discord.Colour.blurple(),
    )


def amounts(rules: Rules) -> str:
    """How much everybody may have, and roles with numbers of their own."""
    by_role: dict[int, list[tuple[str, int | None]]] = {}
    told: tuple[tuple[str, Mapping[int, int | None]], ...] = (
        ("pictures", rules.pictures_by_role),
        ("trainings", rules.trainings_by_role),
    )
    for what, limits in told:
        for role, most in limits.items():
            by_role.setdefault(role, []).append((what, most))
    return words.rules_numbers(rules.pictures_a_day, rules.trainings_a_week, by_role)


class OfManager(Control):
    """A control of the card: for who still manages the server."""

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        server_id = await managed_server(interaction)
        if server_id is not None:
            await self.does(interaction, server_id)

    async def does(self, interaction: Interaction, server_id: int) -> None:
        """What happens."""
        raise NotImplementedError  # each says it


class MayTrain(OfManager, RolePick, verb="rules-train"):
    placeholder = "MAY_TRAIN"

    async def does(self, interaction: Interaction, server_id: int) -> None:
        # everybody's own role has the server's id, and says nothing
        roles = self.ids - {server_id}
        await change(interaction, server_id, lambda had: replace(had, train_roles=roles))
        await turn(interaction, server_id)


class MaySpeak(OfManager, ChannelPick, verb="rules-speak"):
    placeholder = "MAY_SPEAK"

    async def does(self, interaction: Interaction, server_id: int) -> None:
        places = self.ids
        await change(interaction, server_id, lambda had: replace(had, channels=places))
        await turn(interaction, server_id)


class ForRole(OfManager, RolePick, verb="rules-role"):
    placeholder = "FOR_ROLE"
    least = 1
    most = 1

    async def does(self, interaction: Interaction, server_id: int) -> None:
        role_id = next(iter(self.ids), None)
        if role_id is None:  # it was removed this moment
            await turn(interaction, server_id)
            return
        server = await screening.safety_of(app_of(interaction).database, server_id)
        form = numbers.RoleForm(Rules.read(server.rules), role_id, _written(server_id))
        await interaction.response.send_modal(form)


class AlertsIn(OfManager, ChannelPick, verb="rules-alerts"):
    placeholder = "ALERTS_IN"
    most = 1

    async def does(self, interaction: Interaction, server_id: int) -> None:
        wanted = next(iter(self.ids), None)
        if wanted is not None and not _may_write(interaction, wanted):
            await tell(interaction, words.alerts_closed(wanted))
            return
        database = app_of(interaction).database
        held = await screening.safety_of(database, server_id)
        await screening.set_safety(
            database, server_id, explicit_limit=held.explicit_limit, alerts_channel_id=wanted
        )
        await turn(interaction, server_id)


def _may_write(interaction: Interaction, channel_id: int) -> bool:
    channel = interaction.guild.get_channel(channel_id) if interaction.guild else None
    if channel is None:
        return False
    mine = channel.permissions_for(channel.guild.me)
    return mine.view_channel and mine.send_messages


class SetNumbers(OfManager, Press, verb="rules-numbers"):
    label = "SET_NUMBERS"

    async def does(self, interaction: Interaction, server_id: int) -> None:
        server = await screening.safety_of(app_of(interaction).database, server_id)
        form = numbers.NumbersForm(Rules.read(server.rules), _written(server_id))
        await interaction.response.send_modal(form)


class SetQuiet(OfManager, Press, verb="rules-quiet"):
    label = "SET_QUIET"

    async def does(self, interaction: Interaction, server_id: int) -> None:
        server = await screening.safety_of(app_of(interaction).database, server_id)

        async def then(other: Interaction, span: tuple[int, int] | None, zone: str) -> None:
            if await managed_server(other) is not None:
                database = app_of(other).database
                await servers.set_rules(database, server_id, lambda had: {**had, "zone": zone})
                await servers.set_quiet(database, server_id, span)
                await turn(other, server_id)

        await interaction.response.send_modal(numbers.QuietForm(server, then))


class SetLimit(OfManager, Press, verb="rules-limit"):
    label = "SET_LIMIT"

    async def does(self, interaction: Interaction, server_id: int) -> None:
        server = await screening.safety_of(app_of(interaction).database, server_id)

        async def then(other: Interaction, limit: float | None) -> None:
            if await managed_server(other) is None:
                return
            database = app_of(other).database
            held = await screening.safety_of(database, server_id)
            await screening.set_safety(
                database,
                server_id,
                explicit_limit=limit,
                alerts_channel_id=held.alerts_channel_id,
            )
            await turn(other, server_id)

        await interaction.response.send_modal(numbers.LimitForm(server.explicit_limit, then))


class AdultsOnly(OfManager, Press, verb="rules-adults"):
    label = "ADULTS_ON"
    wanted = True

    async def does(self, interaction: Interaction, server_id: int) -> None:
        wanted = self.wanted
        await change(interaction, server_id, lambda had: replace(had, adults_only=wanted))
        await turn(interaction, server_id)


class AnyChannel(AdultsOnly, verb="rules-any"):
    label = "ADULTS_OFF"
    wanted = False


def _written(server_id: int) -> Any:
    """What a form of numbers does once they are read."""

    async def then(interaction: Interaction, how: Change) -> None:
        if await managed_server(interaction) is not None:
            await change(interaction, server_id, how)
            await turn(interaction, server_id)

    return then
