"""`/admin safety | quiet | lift`: what a server's admins decide. The rest is in `ruling` and
`moderating`."""

from __future__ import annotations

from typing import Literal

import discord
from discord import app_commands

from bot import quiet as hours
from bot import words
from bot.admission import managed_server
from bot.reply import Interaction, app_of, tell
from bot.screen import LEAST_LIMIT, MOST_LIMIT
from bot.views.moderating import lifted
from storage import screening, servers
from storage.screening import LIMIT

Reset = Literal["limit", "channel", "both"]

#: Discord offers these to whoever manages the server, and lets a server change who that is; so
#: every command asks again.
group = app_commands.Group(
    name="admin",
    description="For those who manage this server",
    default_permissions=discord.Permissions(manage_guild=True),
    guild_only=True,
    # what is left open here, the tree's own answer would fill in: direct messages, too
    allowed_contexts=app_commands.AppCommandContext(
        guild=True, dm_channel=False, private_channel=False
    ),
)


@group.command(name="safety", description="What I withhold here, and where I tell of it")
@app_commands.describe(
    limit="Pictures that look more explicit are withheld, 0.1 to 0.95; lower is stricter",
    channel="Where I tell of members who keep asking for what I do not draw",
    reset="Go back to how I do it by default",
)
async def safety(
    interaction: Interaction,
    limit: app_commands.Range[float, LEAST_LIMIT, MOST_LIMIT] | None = None,
    channel: discord.TextChannel | None = None,
    reset: Reset | None = None,
) -> None:
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    if channel is not None and not _may_write(channel):
        await tell(interaction, words.alerts_closed(channel.id))
        return
    database = app_of(interaction).database
    wanted = await screening.safety_of(database, server_id)
    explicit_limit, channel_id = wanted.explicit_limit, wanted.alerts_channel_id
    if reset in {"limit", "both"}:
        explicit_limit = None
    if reset in {"channel", "both"}:
        channel_id = None
    if limit is not None:
        explicit_limit = limit
    if channel is not None:
        channel_id = channel.id
    if (limit, channel, reset) != (None, None, None):
        await screening.set_safety(
            database, server_id, explicit_limit=explicit_limit, alerts_channel_id=channel_id
        )
    is_default = explicit_limit is None
    shown = LIMIT if explicit_limit is None else explicit_limit
    await tell(interaction, words.safety(shown, channel_id, is_default=is_default))


def _may_write(channel: discord.TextChannel) -> bool:
    mine = channel.permissions_for(channel.guild.me)
    return mine.view_channel and mine.send_messages


@group.command(name="quiet", description="Hours in which no training of this server begins")
@app_commands.rename(begins="from")
@app_commands.describe(
    begins="When they begin, such as 22:00",
    until="When they end, such as 6:30",
    zone="Your time zone, such as Europe/Berlin; days of quotas begin by it, too",
    off="Have no quiet hours any more",
)
async def quiet(
    interaction: Interaction,
    begins: app_commands.Range[str, 1, 5] | None = None,
    until: app_commands.Range[str, 1, 5] | None = None,
    zone: app_commands.Range[str, 1, 50] | None = None,
    off: bool = False,
) -> None:
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    database = app_of(interaction).database
    if zone is not None and hours.zone_named(zone) is None:
        await tell(interaction, words.ZONE_UNKNOWN)
        return
    if zone is not None:
        await servers.set_rules(database, server_id, lambda had: {**had, "zone": zone})
    if off:
        await servers.set_quiet(database, server_id, None)
    elif begins is not None or until is not None:
        place = hours.zone_of(await screening.safety_of(database, server_id))
        first, last = hours.minutes(begins or ""), hours.minutes(until or "")
        if first is None or last is None or first == last:
            await tell(interaction, words.QUIET_UNCLEAR)
            return
        span = (hours.to_utc(first, place), hours.to_utc(last, place))
        await servers.set_quiet(database, server_id, span)
    now = await screening.safety_of(database, server_id)
    await tell(interaction, words.quiet_hours(hours.told(now)))


@group.command(name="lift", description="Let a member ask me again here before their break is over")
@app_commands.describe(member="Who may ask again")
async def lift(interaction: Interaction, member: discord.User) -> None:
    server_id = await managed_server(interaction)
    if server_id is None:
        return
    ended = await lifted(interaction, server_id, member.id)
    if ended is not None:
        said = words.suspension_lifted if ended else words.nothing_to_lift
        await tell(interaction, said(member.mention))
