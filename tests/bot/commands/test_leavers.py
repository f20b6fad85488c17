"""Members who leave the server while a picture of theirs is in line."""

from __future__ import annotations

from typing import Any

import pytest

from bot.leavers import HOLDS_S, MOST_CALLS, WAITED_S
from storage import queue
from storage.tables import Job, Outgoing
from tests.bot.commands.conftest import Studio, messages
from tests.rows import ask, claimed, rows


async def asked(studio: Studio, actor: Any = None) -> Any:
    """The message of a picture in line."""
    answer = await studio.slash(actor or studio.alice, "imagine", prompt="zwx at the beach")
    return messages(answer)[0]


def calls(studio: Studio) -> int:
    return len(studio.sent("GET", "/guilds/*/members/*"))


async def states(studio: Studio) -> list[str]:
    return [job.state for job in await rows(studio.bot.database, Job)]


async def test_a_picture_of_a_member_who_left_is_dropped_and_its_message_taken_down(
    studio: Studio,
) -> None:
    await studio.trained()
    message = await asked(studio)
    studio.env.guild.remove_member(studio.alice)
    await studio.look(WAITED_S / 2)
    assert await states(studio) == ["queued"]
    await studio.look(WAITED_S)
    assert await states(studio) == ["cancelled"]
    assert message.id not in [one.id for one in studio.channel.history()]
    assert not [sent for sent in studio.sent("POST") if "/messages" in sent.path]
    assert [row.kind for row in await rows(studio.bot.database, Outgoing)] == ["ended", "withdraw"]
    assert await queue.claim(studio.bot.database) is None


async def test_who_stays_is_asked_about_once_in_a_while_and_loses_nothing(studio: Studio) -> None:
    await studio.trained()
    await asked(studio)
    await asked(studio)
    await studio.look(WAITED_S + 11)
    assert calls(studio) == 1
    await studio.look(60)
    assert calls(studio) == 1
    studio.env.guild.remove_member(studio.alice)
    await studio.look(HOLDS_S)
    assert calls(studio) == 2
    assert await states(studio) == ["cancelled", "cancelled"]


async def test_what_is_drawn_already_or_was_asked_for_in_private_is_drawn(studio: Studio) -> None:
    await studio.trained()
    await asked(studio)
    await claimed(studio.bot.database)
    await ask(studio.bot.database, studio.alice.id)
    studio.env.guild.remove_member(studio.alice)
    await studio.look(WAITED_S + 11)
    assert calls(studio) == 0
    assert await states(studio) == ["running", "queued"]


@pytest.mark.parametrize(
    ("status", "code"),
    [(403, 50001), (404, 10004), (404, 0), (404, 10013), (500, 0), (503, 0), (400, 10007)],
)
async def test_nothing_but_discords_word_drops_a_picture(
    studio: Studio, status: int, code: int
) -> None:
    await studio.trained()
    await asked(studio)
    studio.env.inject_error("GET", "/guilds/*/members/*", status=status, code=code, times=None)
    for _ in range(3):
        await studio.look(WAITED_S)
    assert calls(studio) > 0
    assert await states(studio) == ["queued"]


async def test_only_a_few_are_asked_about_in_a_round(studio: Studio) -> None:
    for number in range(MOST_CALLS + 2):
        await ask(studio.bot.database, 1000 + number, server_id=studio.env.guild.id)
    await studio.look(WAITED_S + 1)
    await studio.bot.leavers.look(studio.bot)
    assert MOST_CALLS <= calls(studio) <= MOST_CALLS + 2
    await studio.look(21)
    assert calls(studio) == MOST_CALLS + 2
    # none of them is a member
    assert set(await states(studio)) == {"cancelled"}
