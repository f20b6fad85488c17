"""Interactions on a wire that breaks, stalls, repeats itself and comes too late."""

from __future__ import annotations

import asyncio

import pytest

from bot import words
from deploy.demo.props import photo_files
from storage.tables import Job, Photo, Subject
from tests.e2e.conftest import PROMPT, Wire
from tests.loopback.gateway import UNKNOWN_ERROR
from tests.loopback.member import Answer
from tests.loopback.rest import NEVER
from tests.rows import count, rows

PAUSE_S = 0.3
CALLBACK = "/interactions/*/callback"


async def create(wire: Wire, token: str = "zwx") -> Answer:
    return await wire.alice.slash("subject create", token=token, kind="character")


async def is_there(wire: Wire, tokens: set[str]) -> bool:
    return {one.token for one in await rows(wire.bot.database, Subject)} == tokens


async def test_an_answer_that_discord_puts_off_comes_after_the_pause(wire: Wire) -> None:
    wire.faults.slow_down("POST", CALLBACK, PAUSE_S)
    answer = await create(wire)
    assert PAUSE_S <= answer.seconds < NEVER
    assert "zwx" in answer.text


async def test_an_answer_that_met_an_error_of_discords_is_given_again(wire: Wire) -> None:
    wire.faults.refuse("POST", CALLBACK, 502)
    answer = await create(wire)
    assert answer.seconds < NEVER
    assert await is_there(wire, {"zwx"})


async def test_after_a_broken_line_the_session_goes_on_and_nothing_said_meanwhile_is_lost(
    wire: Wire,
) -> None:
    await wire.discord.gateway.drop(UNKNOWN_ERROR)
    answer = await create(wire)  # told to a line that is not there
    assert answer.seconds < NEVER
    assert (wire.discord.gateway.identified, wire.discord.gateway.resumed) == (1, 1)
    assert (await create(wire, "qqxy")).seconds < NEVER
    assert await is_there(wire, {"zwx", "qqxy"})


async def test_asked_to_connect_again_the_bot_does_and_goes_on(wire: Wire) -> None:
    wire.discord.gateway.ask_to_reconnect()
    await wire.discord.until(lambda: wire.discord.gateway.resumed)
    assert (await create(wire)).seconds < NEVER
    assert wire.discord.gateway.identified == 1


async def test_told_that_its_session_is_over_the_bot_begins_another(wire: Wire) -> None:
    wire.discord.gateway.invalidate()
    await wire.discord.until(lambda: wire.discord.gateway.identified == 2)
    assert (await create(wire)).seconds < NEVER


async def test_an_interaction_that_is_told_twice_makes_one_job(wire: Wire) -> None:
    await wire.trained()
    wire.faults.told = 2
    answer = await wire.alice.slash("imagine", prompt=PROMPT)
    assert answer.seconds < NEVER
    wire.faults.told = 1
    assert (await create(wire, "qqxy")).seconds < NEVER  # by now the second one was told
    assert await count(wire.bot.database, Job) == 1
    assert len(wire.discord.posts()) == 1


async def test_an_answer_that_comes_too_late_harms_nothing(wire: Wire) -> None:
    """The picture was asked for: it comes, though nobody was told so."""
    await wire.trained()
    wire.faults.impatient = True
    assert (await wire.alice.slash("imagine", prompt=PROMPT)).seconds == NEVER
    assert (await create(wire, "qqxy")).seconds == NEVER
    wire.faults.impatient = False
    answer = await wire.alice.slash("subject list")
    assert "zwx" in answer.text
    assert "qqxy" in answer.text
    assert await count(wire.bot.database, Job) == 1


async def handed(wire: Wire) -> Answer:
    """Alice hands one photo in."""
    await wire.trained()
    name, data = photo_files("face")[0]
    return await wire.alice.slash("photos add", token="zwx", framing="face", photo1=(name, data))


@pytest.mark.parametrize("fault", ["expired", "gone"])
async def test_a_photo_that_can_no_longer_be_fetched_is_asked_for_again(
    wire: Wire, fault: str
) -> None:
    if fault == "expired":
        wire.faults.links_last_s = -1
    else:
        wire.faults.files_gone = True
    answer = await handed(wire)
    assert await answer.filled()
    name, _ = photo_files("face")[0]
    assert words.photo_refusal(name, "unreachable", {}) in answer.text
    assert await count(wire.bot.database, Photo) == 0


async def test_while_a_photo_takes_its_time_to_come_everybody_else_is_answered(
    wire: Wire,
) -> None:
    wire.faults.gate = asyncio.Event()
    answer = await handed(wire)
    assert answer.record.loading
    other = await wire.bob.slash("subject list")
    assert other.text == words.NO_SUBJECTS
    assert answer.record.loading
    wire.faults.gate.set()
    assert await answer.filled()
    assert await count(wire.bot.database, Photo) == 1
