"""A server's rules hold on every road by which something is drawn or trained."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any, Final

import discord
import pytest

from bot import words
from bot.rules import Rules
from storage import clock, pauses, servers
from storage.tables import Job, Source
from tests.bot.commands.conftest import Studio, labels, messages, said
from tests.bot.commands.editing import drew
from tests.bot.commands.plans import learned, trainer
from tests.bot.commands.test_session import Room
from tests.rows import count, rows

PROMPT = "zwx at the beach"

Road = Callable[[Studio], Awaitable[Any]]


async def rule(studio: Studio, **rules: Any) -> None:
    await servers.set_rules(
        studio.bot.database, studio.channel.guild.id, lambda _: Rules(**rules).written()
    )


async def imagine(studio: Studio) -> Any:
    return await studio.slash(studio.alice, "imagine", prompt=PROMPT)


async def vary(studio: Studio) -> Any:
    return await studio.slash(studio.alice, "edit vary", how="subtle")


async def upscale(studio: Studio) -> Any:
    return await studio.slash(studio.alice, "edit upscale")


async def again(studio: Studio) -> Any:
    return await _below(studio, words.AGAIN)


async def remix(studio: Studio) -> Any:
    form = await _below(studio, words.REMIX)
    return await studio.submit(studio.alice, form, PROMPT)


async def vary_this(studio: Studio) -> Any:
    return await _below(studio, words.VARY)


async def enlarge(studio: Studio) -> Any:
    return await _below(studio, words.ENLARGE)


async def inpaint(studio: Studio) -> Any:
    options = {"prompt": "zwx with a beard", "area": "background"}
    return await studio.slash(studio.alice, "edit inpaint", **options)


async def _below(studio: Studio, label: str) -> Any:
    """A button under the pictures that Alice has."""
    shown = messages(await studio.slash(studio.alice, "show"))[-1]
    return await studio.alice.click(shown, label=label)


async def start(studio: Studio) -> Any:
    plan = await studio.slash(studio.alice, "train start", token="zwx")
    return await studio.alice.click(messages(plan)[-1], label=words.START)


async def more(studio: Studio) -> Any:
    return await studio.slash(studio.alice, "train more", token="zwx")


PICTURES: Final = (imagine, vary, upscale, again, remix, vary_this, enlarge)


async def with_a_picture(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)


async def jobs(studio: Studio) -> int:
    return await count(studio.bot.database, Job)


@pytest.mark.parametrize("road", PICTURES)
async def test_the_days_pictures_are_counted_on_every_road(studio: Studio, road: Road) -> None:
    await with_a_picture(studio)
    await rule(studio, pictures_a_day=1)
    before = clock.now()
    told = said(await road(studio))
    opens = (before + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    assert told == words.rule_spent("pictures", 1, 1, opens)
    assert await jobs(studio) == 1
    assert await count(studio.bot.database, Source) == 0
    await rule(studio, pictures_a_day=2)
    await road(studio)
    assert await jobs(studio) == 2


@pytest.mark.parametrize("road", [*PICTURES, inpaint])
async def test_pictures_are_asked_for_where_the_bot_may_speak(studio: Studio, road: Road) -> None:
    await with_a_picture(studio)
    there = studio.channel.guild.create_text_channel("pictures")
    await rule(studio, channels=frozenset({there.id}))
    assert said(await road(studio)) == words.rule_channel([there.id])
    assert await jobs(studio) == 1
    assert await count(studio.bot.database, Source) == 0


async def test_a_thread_is_where_its_channel_is(studio: Studio) -> None:
    await rule(studio, channels=frozenset({studio.channel.id}))
    await studio.trained()
    await studio.slash(studio.alice, "session open", theme="A rainy evening")
    await Room(studio).slash(studio.alice, "imagine", prompt=PROMPT)
    assert await jobs(studio) == 1
    await rule(studio, channels=frozenset({4711}))
    refused = await studio.slash(studio.alice, "session open", theme="A sunny day")
    assert said(refused) == words.rule_channel([4711])


async def test_pictures_of_a_session_count_towards_the_day(studio: Studio) -> None:
    await studio.trained()
    await studio.slash(studio.alice, "session open", theme="A rainy evening")
    await rule(studio, pictures_a_day=1)
    await Room(studio).slash(studio.alice, "imagine", prompt=PROMPT)
    refused = await Room(studio).slash(studio.alice, "imagine", prompt=PROMPT)
    assert "1 picture a day" in said(refused)
    assert await jobs(studio) == 1


async def test_the_weeks_trainings_are_counted_on_both_roads(studio: Studio) -> None:
    await trainer(studio)
    subject = await studio.covered()
    await rule(studio, trainings_a_week=0)
    assert "keep trainings for others" in said(await start(studio))
    await learned(studio, subject)
    assert "keep trainings for others" in said(await more(studio))
    assert await jobs(studio) == 1
    await rule(studio, trainings_a_week=2)
    await more(studio)
    assert await jobs(studio) == 2


@pytest.mark.parametrize("road", [start, more])
async def test_only_roles_that_may_train_do(studio: Studio, road: Road) -> None:
    await trainer(studio)
    subject = await studio.covered()
    if road is more:
        await learned(studio, subject)
    before = await jobs(studio)
    role = studio.channel.guild.create_role("trainers")
    await rule(studio, train_roles=frozenset({role.id}))
    answer = await studio.slash(studio.alice, f"train {road.__name__}", token="zwx")
    assert said(answer) == words.rule_role([role.id])
    assert await jobs(studio) == before


async def test_a_plan_from_before_the_rule_does_not_slip_through(studio: Studio) -> None:
    await studio.covered()
    plan = await studio.slash(studio.alice, "train start", token="zwx")
    role = studio.channel.guild.create_role("patrons")
    await rule(studio, train_roles=frozenset({role.id}))
    pressed = await studio.alice.click(messages(plan)[-1], label=words.START)
    assert said(pressed) == words.rule_role([role.id])
    assert await jobs(studio) == 0


async def test_a_role_that_was_deleted_lets_nobody_train_and_says_so(studio: Studio) -> None:
    await studio.covered()
    await rule(studio, train_roles=frozenset({4711}))
    told = said(await studio.slash(studio.alice, "train start", token="zwx"))
    assert words.rule_role([]) in told
    assert "4711" not in told


async def test_a_role_that_may_train_opens_it_and_has_its_own_numbers(studio: Studio) -> None:
    guild = studio.channel.guild
    role = guild.create_role("patrons")
    dora = guild.add_member(studio.env.create_user("dora"), roles=[role])
    await studio.trained(dora)
    limits = {"pictures_a_day": 0, "pictures_by_role": {role.id: 1}}
    await rule(studio, train_roles=frozenset({role.id}), **limits)
    await studio.slash(dora, "imagine", prompt=PROMPT)
    assert await jobs(studio) == 1
    assert "1 picture a day" in said(await studio.slash(dora, "imagine", prompt=PROMPT))


async def test_who_is_new_waits_and_is_told_until_when(studio: Studio) -> None:
    await studio.trained()
    guild = studio.channel.guild.id
    member = studio.env.backend.get_member(guild, studio.alice.id)
    member.joined_at = (clock.now() - timedelta(hours=1)).isoformat()
    await rule(studio, tenure_hours=48)
    told = said(await imagine(studio))
    assert "settle in" in told
    assert "<t:" in told
    await studio.covered(token="qqxy")
    assert "settle in" in said(await studio.slash(studio.alice, "train start", token="qqxy"))
    assert await jobs(studio) == 0


async def test_age_restricted_channels_are_the_only_ones_for_managers_too(studio: Studio) -> None:
    guild = studio.channel.guild
    staff = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    carol = guild.add_member(studio.env.create_user("carol"), roles=[staff])
    await studio.trained(carol)
    await rule(studio, adults_only=True)
    assert said(await studio.slash(carol, "imagine", prompt=PROMPT)) == words.RULE_ADULTS
    lounge = guild.create_text_channel("lounge")
    assert said(await carol.slash(lounge, "imagine", prompt=PROMPT)) == words.RULE_ADULTS
    studio.bot.get_channel(lounge.id).nsfw = True  # type: ignore[union-attr]
    assert not messages(await carol.slash(lounge, "imagine", prompt=PROMPT))[0].ephemeral


async def test_who_manages_the_server_is_not_bound_by_the_rest(studio: Studio) -> None:
    guild = studio.channel.guild
    staff = guild.create_role("staff", permissions=discord.Permissions(manage_guild=True))
    carol = guild.add_member(studio.env.create_user("carol"), roles=[staff])
    await studio.trained(carol)
    nowhere = frozenset({4711})
    await rule(studio, pictures_a_day=0, tenure_hours=99, channels=nowhere, train_roles=nowhere)
    assert not messages(await studio.slash(carol, "imagine", prompt=PROMPT))[0].ephemeral


async def test_a_break_of_a_server_holds_there_alone(studio: Studio) -> None:
    await studio.trained()
    until = await pauses.give(studio.bot.database, studio.channel.guild.id, studio.alice.id, 24)
    assert said(await imagine(studio)) == words.rule_paused(until)
    in_private = await studio.alice.user.slash("imagine", prompt=PROMPT)
    assert said(in_private) == words.rule_paused(until)  # of the bot's only server
    studio.env.create_guild(name="Elsewhere")
    await studio.alice.user.slash("imagine", prompt=PROMPT)
    assert len(await rows(studio.bot.database, Job)) == 1


async def test_direct_messages_are_no_way_around_the_rules_of_the_only_server(
    studio: Studio,
) -> None:
    await studio.trained()
    alice = studio.alice.user
    await rule(studio, adults_only=True)
    assert said(await alice.slash("imagine", prompt=PROMPT)) == words.RULE_ADULTS
    await rule(studio, train_roles=frozenset({4711}), channels=frozenset({4711}), pictures_a_day=1)
    assert said(await alice.slash("train start", token="zwx")) == words.rule_role([4711])
    await alice.slash("imagine", prompt=PROMPT)  # nobody is spoken to in public there
    assert "1 picture a day" in said(await alice.slash("imagine", prompt=PROMPT))
    await rule(studio, pictures_a_day=1)
    assert "1 picture a day" in said(await imagine(studio))
    assert await jobs(studio) == 1
    studio.env.create_guild(name="Elsewhere")
    await rule(studio, pictures_a_day=0)
    await alice.slash("imagine", prompt=PROMPT)
    assert await jobs(studio) == 2


async def test_who_trains_by_a_role_does_so_in_direct_messages_too(studio: Studio) -> None:
    guild = studio.channel.guild
    role = guild.create_role("trainers")
    dora = guild.add_member(studio.env.create_user("dora"), roles=[role])
    await studio.covered(dora)
    await rule(studio, train_roles=frozenset({role.id}))
    plan = await dora.user.slash("train start", token="zwx")
    assert words.START in labels(messages(plan)[-1])
