"""Styles of a server: who keeps them, who chooses them, and what they do to a job."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from bot.styles import BUILT_IN, MOST_STYLES
from storage import servers
from storage.tables import Job, Style
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.rows import claimed, count, rows


@pytest.fixture
def carol(studio: Studio) -> Any:
    """Somebody who may manage the server."""
    role = studio.env.guild.create_role(
        "managers", permissions=discord.Permissions(manage_guild=True)
    )
    return studio.env.guild.add_member(studio.env.create_user("carol"), roles=[role])


async def added(studio: Studio, carol: Any, name: str = "Golden Hour", **options: str) -> str:
    wanted = {"look": "warm low sun, (long shadows:1.2)", "negative": "flash"} | options
    return said(await studio.slash(carol, "style add", name=name, **wanted))


async def test_a_style_is_kept_for_its_server_and_listed_for_everybody(
    studio: Studio, carol: Any
) -> None:
    assert "`golden hour` is hung up" in await added(studio, carol)
    (kept,) = await rows(studio.bot.database, Style)
    assert (kept.server_id, kept.name) == (studio.env.guild.id, "golden hour")
    assert (kept.words, kept.negative) == ("warm low sun, (long shadows:1.2)", "flash")
    listed = said(await studio.slash(studio.alice, "style list"))
    assert "**golden hour** · warm low sun" in listed
    assert all(f"**{name}** (everywhere)" in listed for name in BUILT_IN)


async def test_only_who_may_manage_the_server_changes_its_styles(
    studio: Studio, carol: Any
) -> None:
    await added(studio, carol)
    for command, options in (
        ("style add", {"name": "mine", "look": "in oil"}),
        ("style remove", {"name": "golden hour"}),
    ):
        answer = said(await studio.slash(studio.alice, command, **options))
        assert answer == words.STYLES_NEED_MANAGER
    assert await count(studio.bot.database, Style) == 1


async def test_a_style_that_cannot_be_kept_is_refused_with_the_reason(
    studio: Studio, carol: Any
) -> None:
    await studio.subject()
    await added(studio, carol)
    for name, options, reason in (
        ("x", {}, "2 to 32 letters"),
        ("film noir", {}, "along everywhere"),
        ("golden hour", {}, "here already"),
        ("new", {"look": "as (zwx:1.2) does"}, "leave out `zwx`"),
        ("new", {"negative": "Zwx"}, "leave out `zwx`"),
        ("new", {"look": "sun " * 31}, "31 words, and a style may have 30"),
        ("new", {"look": "a naked look"}, "no style for them either"),
        ("new", {"look": "<lora:x:1>"}, "plain words"),
        ("new", {"negative": "clothes"}, "keep everybody dressed"),
        ("new", {"look": "(sun:7)"}, "says 7"),
    ):
        assert reason in await added(studio, carol, name, **options), reason
    assert await count(studio.bot.database, Style) == 1


async def test_a_server_has_so_many_styles_and_no_more(studio: Studio, carol: Any) -> None:
    server_id = studio.env.guild.id
    for number in range(MOST_STYLES):
        await servers.add_style(
            studio.bot.database, server_id, name=f"style {number}", words="in oil, " * 15,
            negative="", most=MOST_STYLES,
        )  # fmt: skip
    assert "has 25 styles" in await added(studio, carol)
    assert "style 24" in said(await studio.slash(studio.alice, "style list"))
    offered = await studio.alice.autocomplete(studio.channel, "imagine", "style", "")
    assert len(offered) == 25
    assert {choice["value"] for choice in offered} >= set(BUILT_IN)
    offered = await studio.alice.autocomplete(studio.channel, "imagine", "style", "style 24")
    assert [choice["value"] for choice in offered] == ["style 24"]


async def test_a_style_is_taken_down(studio: Studio, carol: Any) -> None:
    await added(studio, carol)
    offered = await carol.autocomplete(studio.channel, "style remove", "name", "HOUR")
    assert [choice["value"] for choice in offered] == ["golden hour"]
    for name, answer in (
        ("Golden Hour", "`golden hour` is taken down"),
        ("golden hour", "no style of its own called `golden hour`"),
        ("film noir", "no style of its own"),
    ):
        assert answer in said(await studio.slash(carol, "style remove", name=name))
    assert await count(studio.bot.database, Style) == 0


async def test_a_style_goes_with_a_prompt_and_its_negative(studio: Studio, carol: Any) -> None:
    await studio.trained()
    await added(studio, carol)
    offered = await studio.alice.autocomplete(studio.channel, "imagine", "style", "o")
    names = [choice["value"] for choice in offered]
    assert names[0] == "golden hour"
    assert "oil painting" in names
    full = " ".join(["zwx", *["very"] * 59])
    for prompt, negative, asked, unwanted in (
        ("zwx at the beach", "blurry", "zwx woman at the beach", "blurry, flash"),
        (full, "", f"zwx woman{full[3:]}", "flash"),
    ):
        await studio.slash(
            studio.alice, "imagine", prompt=prompt, negative=negative, style="Golden hour"
        )
        job = (await rows(studio.bot.database, Job))[-1]
        assert job.spec["prompt"] == f"{asked}, warm low sun, (long shadows:1.2)"
        assert job.spec["negative"] == unwanted
        assert job.spec["typed"] == prompt


@pytest.mark.parametrize(
    ("prompt", "style", "has_hint"),
    [
        ("zwx at sea,", "film noir", True),
        ("zwx woman at sea,", "film noir", False),
        ("at sea with zwx", "film noir", True),
        ("at sea with zwx", "", True),
        ("at sea with zwx woman", "", False),
    ],
)
async def test_only_a_class_word_that_was_added_is_said_to_be(
    studio: Studio, prompt: str, style: str, has_hint: bool
) -> None:
    await studio.trained()
    (message,) = messages(await studio.slash(studio.alice, "imagine", prompt=prompt, style=style))
    await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
    await studio.look()
    told = shown(studio.again(message))
    assert ("I added the class word" in told) == has_hint
    assert (f"· {style}" in told) or not style


async def test_a_style_that_is_gone_is_said_to_be(studio: Studio, carol: Any) -> None:
    await studio.trained()
    await added(studio, carol)
    await studio.slash(carol, "style remove", name="golden hour")
    answer = await studio.slash(
        studio.alice, "imagine", prompt="zwx at the beach", style="golden hour"
    )
    assert "no style called `golden hour` here any more" in said(answer)
    assert await count(studio.bot.database, Job) == 0


async def test_a_servers_styles_are_nobody_elses(studio: Studio) -> None:
    await studio.trained()
    await servers.add_style(
        studio.bot.database, 99, name="theirs", words="in oil", negative="", most=25
    )
    assert "theirs" not in said(await studio.slash(studio.alice, "style list"))
    offered = await studio.alice.autocomplete(studio.channel, "imagine", "style", "theirs")
    assert offered == []
    answer = await studio.slash(studio.alice, "imagine", prompt="zwx at the beach", style="theirs")
    assert "no style called `theirs`" in said(answer)
