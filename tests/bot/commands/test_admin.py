"""What those who manage a server decide there, and nobody else does."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from storage import offences, screening
from storage.offences import MOST
from storage.screening import LIMIT
from storage.tables import Server
from tests.bot.commands.conftest import Studio, said, shown
from tests.bot.commands.screening import offend
from tests.rows import count


@pytest.fixture
def carol(studio: Studio) -> Any:
    """She manages the server."""
    guild = studio.channel.guild
    role = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(studio.env.create_user("carol"), roles=[role])


async def wanted(studio: Studio) -> tuple[float | None, int | None]:
    server = await screening.safety_of(studio.bot.database, studio.channel.guild.id)
    return server.explicit_limit, server.alerts_channel_id


async def may_see(studio: Studio, member: Any) -> None:
    """The server shows `/admin` to that member, too."""
    (admin,) = [c for c in await studio.bot.tree.fetch_commands() if c.name == "admin"]
    studio.channel.guild.set_command_permissions(admin, {member: True})


async def test_discord_shows_it_only_to_who_manages_the_server(studio: Studio, carol: Any) -> None:
    names = ("admin safety", "admin lift")
    assert set(names) <= set(carol.available_commands(studio.channel))
    assert not set(names) & set(studio.alice.available_commands(studio.channel))
    assert not set(names) & set(carol.user.available_commands())


async def test_what_holds_is_shown_and_nothing_is_written_for_that(
    studio: Studio, carol: Any
) -> None:
    answer = await studio.slash(carol, "admin safety")
    assert said(answer) == words.safety(LIMIT, None, is_default=True)
    assert await count(studio.bot.database, Server) == 0


async def test_limit_and_channel_are_changed_and_reset(studio: Studio, carol: Any) -> None:
    desk = studio.channel.guild.create_text_channel("desk")
    for options, limit, channel in (
        ({"limit": 0.3}, 0.3, None),
        ({"channel": desk}, 0.3, desk.id),
        ({"reset": "limit"}, None, desk.id),
        ({"limit": 0.95}, 0.95, desk.id),
        ({"reset": "both"}, None, None),
        ({"limit": 0.1, "channel": desk}, 0.1, desk.id),
        ({"reset": "channel"}, 0.1, None),
        ({"limit": 0.5, "reset": "both"}, 0.5, None),
    ):
        answer = await studio.slash(carol, "admin safety", **options)
        assert await wanted(studio) == (limit, channel)
        shown = words.safety(LIMIT if limit is None else limit, channel, is_default=limit is None)
        assert said(answer) == shown
        assert said(await studio.slash(carol, "admin safety")) == shown


async def test_a_channel_that_is_closed_to_the_bot_is_refused(studio: Studio, carol: Any) -> None:
    guild = studio.channel.guild
    closed = guild.create_text_channel(
        "closed",
        overwrites={guild.default_role: discord.PermissionOverwrite(send_messages=False)},
    )
    answer = await studio.slash(carol, "admin safety", channel=closed, limit=0.3)
    assert said(answer) == words.alerts_closed(closed.id)
    assert await wanted(studio) == (None, None)


async def test_who_does_not_manage_the_server_is_refused_even_if_discord_lets_them(
    studio: Studio,
) -> None:
    await offend(studio)
    await may_see(studio, studio.bob)
    changed = await studio.slash(studio.bob, "admin safety", limit=0.95)
    lifted = await studio.slash(studio.bob, "admin lift", member=studio.alice)
    assert said(changed) == said(lifted) == words.ADMINS_ONLY
    assert await wanted(studio) == (None, None)
    assert await offences.suspended_until(studio.bot.database, studio.alice.id) is not None


async def test_a_suspension_is_lifted(studio: Studio, carol: Any) -> None:
    await studio.trained()
    await offend(studio)
    answer = await studio.slash(carol, "admin lift", member=studio.alice)
    assert said(answer) == words.suspension_lifted(f"<@{studio.alice.id}>")
    drawn = await studio.slash(studio.alice, "imagine", prompt="zwx at the beach")
    assert words.waiting_line(0) in shown(drawn.response)
    again = await studio.slash(carol, "admin lift", member=studio.alice)
    assert said(again) == words.nothing_to_lift(f"<@{studio.alice.id}>")


async def test_what_happened_in_two_servers_is_lifted_in_one(studio: Studio, carol: Any) -> None:
    await studio.trained()
    await offend(studio, 2)
    for number in range(2, MOST):
        await offences.note(
            studio.bot.database,
            member_id=studio.alice.id,
            server_id=4711,
            kind="prompt",
            request_id=f"offence-{number}",
        )
    answer = await studio.slash(carol, "admin lift", member=studio.alice)
    assert said(answer) == words.suspension_lifted(f"<@{studio.alice.id}>")
    drawn = await studio.slash(studio.alice, "imagine", prompt="zwx at the beach")
    assert words.waiting_line(0) in shown(drawn.response)
    until = await offences.suspended_until(studio.bot.database, studio.alice.id, 4711)
    assert until is not None
    elsewhere = await studio.alice.user.slash("imagine", prompt="zwx at the beach")
    assert said(elsewhere) == words.suspended(until)


async def test_nobody_lifts_a_suspension_from_a_server_where_nothing_happened(
    studio: Studio, carol: Any
) -> None:
    await offend(studio, server_id=4711)
    answer = await studio.slash(carol, "admin lift", member=studio.alice)
    assert said(answer) == words.nothing_to_lift(f"<@{studio.alice.id}>")


async def test_nobody_lifts_their_own(studio: Studio, carol: Any) -> None:
    await offend(studio, member_id=carol.id)
    assert said(await studio.slash(carol, "admin lift", member=carol)) == words.NOT_YOUR_OWN
    assert await offences.suspended_until(studio.bot.database, carol.id) is not None
