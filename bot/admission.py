"""Whether a server's rules let a member have something drawn or trained where they ask for it."""

from __future__ import annotations

from typing import Any

import discord

from bot import rules, words
from bot.reply import Interaction, app_of, tell, tell_instead
from bot.rules import Deed, Refusal, Rules, Visitor
from storage import clock, screening
from storage.quotas import Allowance, What

_WHAT: dict[Deed, What] = {"picture": "pictures", "training": "trainings"}


def visitor_of(interaction: Interaction) -> Visitor:
    """Who asks, and where."""
    member, channel = interaction.user, interaction.channel
    parent = getattr(channel, "parent_id", None) if isinstance(channel, discord.Thread) else None
    return Visitor(
        role_ids=frozenset(role.id for role in getattr(member, "roles", ())),
        joined_at=getattr(member, "joined_at", None),
        manages=interaction.permissions.manage_guild,
        channel_ids=frozenset(filter(None, (interaction.channel_id, parent))),
        is_adult=_is_adult(channel),
    )


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
    """The rules of the server that this is in; None outside of servers."""
    if interaction.guild_id is None:
        return None
    server = await screening.safety_of(app_of(interaction).database, interaction.guild_id)
    return Rules.read(server.rules)


async def is_refused(interaction: Interaction, deed: Deed) -> bool:
    """Whether the rules here keep the member from it; they have been told why, then. How much of it
    they did is asked where it is counted: `allowance`."""
    here = await rules_here(interaction)
    if here is None:
        return False
    why = rules.refused(here, deed, visitor_of(interaction), clock.now())
    if why is None:
        return False
    await tell_instead(interaction, sentence(why, deed))
    return True


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


async def allowance(interaction: Interaction, deed: Deed) -> Allowance:
    """How much of it the member may ask for here; outside of servers, what everybody may."""
    here = await rules_here(interaction) or Rules()
    return here.allowance(_WHAT[deed], visitor_of(interaction), clock.now())
