"""A server's admins say when no training begins, in their own time."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from storage import screening
from tests.bot.commands.conftest import Studio, said


@pytest.fixture
def carol(studio: Studio) -> Any:
    """She manages the server."""
    guild = studio.channel.guild
    role = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    return guild.add_member(studio.env.create_user("carol"), roles=[role])


async def held(studio: Studio) -> tuple[int | None, int | None]:
    server = await screening.safety_of(studio.bot.database, studio.channel.guild.id)
    return server.quiet_from, server.quiet_until


async def test_they_are_set_shown_in_local_time_and_ended(studio: Studio, carol: Any) -> None:
    assert said(await studio.slash(carol, "admin quiet")) == words.quiet_hours(None)
    india = {"from": "22", "until": "6:30", "zone": "Asia/Kolkata"}
    answer = await studio.slash(carol, "admin quiet", **india)
    local = words.quiet_hours(("22:00", "06:30", "Asia/Kolkata"))
    assert said(answer) == said(await studio.slash(carol, "admin quiet")) == local
    assert await held(studio) == (16 * 60 + 30, 60)
    ended = await studio.slash(carol, "admin quiet", off=True)
    assert said(ended) == words.quiet_hours(None)
    assert await held(studio) == (None, None)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"from": "25:00", "until": "6"}, "QUIET_UNCLEAR"),
        ({"from": "22"}, "QUIET_UNCLEAR"),
        ({"from": "6", "until": "6:00"}, "QUIET_UNCLEAR"),
        ({"from": "22", "until": "6", "zone": "Atlantis"}, "ZONE_UNKNOWN"),
        ({"from": "22", "until": "6", "zone": "../etc"}, "ZONE_UNKNOWN"),
        ({"from": "22", "until": "6", "zone": "Europe"}, "ZONE_UNKNOWN"),
    ],
)
async def test_what_is_unclear_changes_nothing(
    studio: Studio, carol: Any, options: dict[str, str], sentence: str
) -> None:
    answer = await studio.slash(carol, "admin quiet", **options)
    assert said(answer) == getattr(words, sentence)
    assert await held(studio) == (None, None)


async def test_nobody_else_sets_them(studio: Studio) -> None:
    (admin,) = [c for c in await studio.bot.tree.fetch_commands() if c.name == "admin"]
    studio.channel.guild.set_command_permissions(admin, {studio.bob: True})
    answer = await studio.slash(studio.bob, "admin quiet", **{"from": "22", "until": "6"})
    assert said(answer) == words.ADMINS_ONLY
    assert await held(studio) == (None, None)


async def test_the_time_zone_stays_until_another_one_is_named(studio: Studio, carol: Any) -> None:
    await studio.slash(carol, "admin quiet", zone="Asia/Kolkata")
    told = said(await studio.slash(carol, "admin quiet", **{"from": "22", "until": "6:30"}))
    assert told == words.quiet_hours(("22:00", "06:30", "Asia/Kolkata"))
    await studio.slash(carol, "admin quiet", off=True)
    again = said(await studio.slash(carol, "admin quiet", **{"from": "21", "until": "5"}))
    assert again == words.quiet_hours(("21:00", "05:00", "Asia/Kolkata"))
