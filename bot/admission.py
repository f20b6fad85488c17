"""Whether a server's rules let a member have something drawn or trained where they ask for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord

from bot import rules, words
from bot.reply import Interaction, app_of, tell, tell_instead
from bot.rules import Deed, Refusal, Rules, Visitor
from storage import clock, screening
from storage.quotas import Allowance, What

_WHAT: dict[Deed, What] = {"picture": "pictures", "training": "trainings"}


def home_of(interaction: Interaction) -> int | None:
    """The server whose rules hold here: the one that this is in. In direct messages, the bot's only
    one, so that they are no way around its rules; of a bot of several servers none holds there."""
    if interaction.guild_id is not None:
        return interaction.guild_id
    guilds = app_of(interaction).guilds
    return guilds[0].id if len(guilds) == 1 else None


async def visitor_of(interaction: Interaction, rules: Rules) -> Visitor:
    """Who asks, and where."""
    member, channel, is_private = interaction.user, interaction.channel, False
    may = interaction.permissions
    if interaction.guild_id is None:
        is_private = True
        found = await _member_at_home(interaction) if rules.written() else None
        if found is None:
            return Visitor(is_private=True)
        member, may = found, found.guild_permissions
    parent = getattr(channel, "parent_id", None) if isinstance(channel, discord.Thread) else None
    return Visitor(
        role_ids=frozenset(role.id for role in getattr(member, "roles", ())),
        joined_at=getattr(member, "joined_at", None),
        manages=may.manage_guild,
        channel_ids=frozenset(filter(None, (interaction.channel_id, parent))),
        is_adult=_is_adult(channel),
        is_private=is_private,
    )


async def _member_at_home(interaction: Interaction) -> discord.Member | None:
    """The member of a direct message on the bot's only server; None where they are not on it."""
    app = app_of(interaction)
    home = app.get_guild(home_of(interaction) or 0)
    if home is None:
        return None
    try:
        return home.get_member(interaction.user.id) or await home.fetch_member(interaction.user.id)
    except discord.NotFound:
        return None


def _is_adult(channel: Any) -> bool:
    """Whether a channel is age-restricted; one that is not known is not."""
    asked = getattr(channel, "is_nsfw", None)
    return bool(asked and asked())


async def managed_server(interaction: Interaction) -> int | None:
    """The server that the member manages; None after telling them that they do not."""
    if interaction.guild_id is None or not interaction.permissions.manage_guild:
        await tell(interaction, words.ADMINS_ONLY)
        return None
    return interaction.guild_id


async def rules_here(interaction: Interaction) -> Rules | None:
    """The rules that hold here; None where those of no server do."""
    home = home_of(interaction)
    if home is None:
        return None
    server = await screening.safety_of(app_of(interaction).database, home)
    return Rules.read(server.rules)


async def is_refused(interaction: Interaction, deed: Deed) -> bool:
    """Whether the rules here keep the member from it; they have been told why, then. How much of it
    they did is asked where it is counted."""
    return await admitted(interaction, deed) is None


async def admitted(interaction: Interaction, deed: Deed) -> Allowance | None:
    """How much of it the member may ask for here; None after telling them why they may not."""
    here = await rules_here(interaction) or Rules()
    who = await visitor_of(interaction, here)
    why = rules.refused(here, deed, who, clock.now())
    if why is None:
        return _allowance(interaction, here, deed, who)
    if why.reason == "role" and interaction.guild is not None:
        there = {role.id for role in interaction.guild.roles}
        why = replace(why, ids=tuple(one for one in why.ids if one in there))
    await tell_instead(interaction, sentence(why, deed))
    return None


def sentence(why: Refusal, deed: Deed) -> str:
    """What the member is told."""
    match why.reason:
        case "role":
            return words.rule_role(why.ids)
        case "tenure":
            assert why.opens_at is not None
            return words.rule_tenure(why.opens_at, is_training=deed == "training")
        case "channel":
            return words.rule_channel(why.ids)
        case "adults":
            return words.RULE_ADULTS


async def allowances(interaction: Interaction) -> list[Allowance]:
    """How many pictures and trainings the member may ask for here; where no server's rules hold,
    as many as everybody."""
    here = await rules_here(interaction) or Rules()
    who = await visitor_of(interaction, here)
    return [_allowance(interaction, here, deed, who) for deed in _WHAT]


def _allowance(interaction: Interaction, here: Rules, deed: Deed, who: Visitor) -> Allowance:
    """Of a bot of one server, direct messages and that server count together."""
    allowed = here.allowance(_WHAT[deed], who, clock.now())
    is_only_one = len(app_of(interaction).guilds) == 1
    return replace(allowed, home=home_of(interaction) if is_only_one else None)
