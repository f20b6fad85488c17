"""What a closed session still shows goes with its pictures, and with whoever they are of."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import portfolio
from storage.tables import Image, Vote
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.bot.commands.managing import manager
from tests.bot.commands.test_session import Room, opened
from tests.rows import rows


async def closed(studio: Studio) -> Room:
    """A session that Alice won."""
    room = await opened(studio)
    await studio.trained()
    await room.press(studio.bob, words.SESSION_JOIN)
    await room.hangs(studio.alice, await room.draws(studio.alice))
    await studio.look()
    await room.ends_stage()
    answer = await room.press(studio.bob, words.SESSION_VOTE)
    await room.choose(studio.bob, answer, "session-vote-for", 1)
    await room.ends_stage()
    await studio.look()
    assert room.card.attachments
    assert f"Number 1 by <@{studio.alice.id}>" in shown(results(room))
    return room


def results(room: Room) -> Any:
    return next(one for one in room.thread.history() if words.SESSION_RESULTS in shown(one))


async def forgets(studio: Studio, room: Room) -> None:
    del room
    question = await studio.slash(studio.alice, "me forget")
    await studio.alice.click(question.response, label=words.FORGET_YES)


async def deletes(studio: Studio, room: Room) -> None:
    del room
    database, blobs = studio.bot.database, studio.bot.blobs
    (image,) = await rows(database, Image)
    await portfolio.remove(database, blobs, studio.alice.id, image.job_id)


async def is_taken_down(studio: Studio, room: Room) -> None:
    del room
    carol = manager(studio)
    question = await studio.slash(carol, "admin moderate", picture="1")
    await carol.click(messages(question)[0], label=words.TAKE_DOWN)


async def is_taken_off(studio: Studio, room: Room) -> None:
    answer = await room.press(studio.alice, words.SESSION_MANAGE)
    done = await room.choose(studio.alice, answer, "session-off-wall", 1)
    assert said(done) == words.session_taken_down(1)


@pytest.mark.parametrize("goes", [forgets, deletes, is_taken_down, is_taken_off])
async def test_what_is_gone_is_gone_from_the_card_and_from_the_results(
    studio: Studio, goes: Any
) -> None:
    room = await closed(studio)
    await goes(studio, room)
    await studio.restart()
    await studio.look()
    await studio.look()
    for message in (room.card, results(room)):
        assert not message.attachments
        assert str(studio.alice.id) not in shown(message)
    assert words.SESSION_EMPTY in shown(results(room))
    assert await rows(studio.bot.database, Vote) == []
    before = len(studio.sent())
    await studio.look()
    assert len(studio.sent()) == before  # once is enough


@pytest.mark.parametrize("is_closed", [True, False])
async def test_the_theme_of_a_forgotten_host_is_told_nowhere(
    studio: Studio, is_closed: bool
) -> None:
    room = await closed(studio) if is_closed else await opened(studio)
    card = room.card
    await forgets(studio, room)
    await studio.look()
    await studio.look()
    thread = room.thread
    assert thread.name == words.SESSION_UNNAMED
    there = [*thread.history(), *studio.channel.history()]
    assert words.session_theme(words.SESSION_UNNAMED) in shown(
        next(one for one in there if one.id == card.id)
    )
    assert not [(one.id, one.channel, shown(one)) for one in there if "rainy" in shown(one)]


async def test_messages_in_a_room_that_sleeps_are_reached(studio: Studio) -> None:
    """Discord archives a thread after a while: nothing in it can be edited or deleted then."""
    room = await closed(studio)
    sleeps(studio, room)
    await forgets(studio, room)
    for _ in range(3):
        await studio.look()
    assert not room.thread._channel.thread_metadata.archived
    assert not any(one.attachments for one in room.thread.history())


def sleeps(studio: Studio, room: Room) -> None:
    """Discord's own answers, until the thread is opened again."""
    channel = room.thread._channel
    channel.thread_metadata.archived = True
    for method in ("PATCH", "DELETE"):
        studio.env.inject_error(
            method, f"/channels/{channel.id}/messages/*", status=400, code=50083, times=1
        )


async def test_a_wall_where_nothing_hangs_is_not_voted_on(studio: Studio) -> None:
    room = await opened(studio)
    answer = await room.press(studio.alice, words.SESSION_MANAGE)
    done = await room.choose(studio.alice, answer, "session-manage-do", "vote")
    assert said(done) == words.SESSION_NOTHING_HANGS
    assert (await room.row()).stage == "open"


async def test_who_joins_the_vote_is_told_to_vote(studio: Studio) -> None:
    room = await opened(studio)
    await studio.trained()
    await room.hangs(studio.alice, await room.draws(studio.alice))
    await room.ends_stage()
    answer = await room.press(studio.bob, words.SESSION_JOIN)
    assert said(answer) == words.SESSION_JOINED_TO_VOTE
    await studio.look()
    assert "/imagine" not in shown(room.card)
    assert words.SESSION_VOTE in labels(room.card)
