"""What becomes of answers when the bot dies, Discord is away, or there is no place for them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
import pytest

import bot.app
from bot import words
from storage import gallery, line, outbox, queue
from storage.errors import Busy
from storage.tables import Image, Job, Outgoing
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.rows import claimed, files, rows

PROMPT = "zwx at the beach"
HOUR_S = 3600
MESSAGES = "/channels/*/messages"
MESSAGE = "/channels/*/messages/*"


async def dies(studio: Studio) -> None:
    """The process ends. What it would still have written, a test has kept it from writing."""
    await studio.restart()


async def slow_looks(studio: Studio, monkeypatch: pytest.MonkeyPatch, every_s: float) -> None:
    """A bot that looks seldom, so that hours pass quickly."""
    monkeypatch.setattr(bot.app, "LOOK_EVERY_S", every_s)
    await studio.restart()


def unwritten(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, times: int = 10**9
) -> Callable[[], None]:
    """The database takes none of these writes for so many times; call the result to end that."""
    real: Callable[..., Awaitable[None]] = getattr(module, name)
    left = times

    async def refuse(*args: Any, **options: Any) -> None:
        nonlocal left
        left -= 1
        if left >= 0:
            raise Busy
        await real(*args, **options)

    def end() -> None:
        nonlocal left
        left = 0

    monkeypatch.setattr(module, name, refuse)
    return end


async def outgoing(studio: Studio) -> Outgoing:
    (row,) = await rows(studio.bot.database, Outgoing)
    return row


async def test_an_interaction_that_comes_twice_makes_one_job_and_one_answer(
    studio: Studio,
) -> None:
    """Case 14: Discord delivers it again after a reconnection."""
    studio.foreseen = (discord.HTTPException,)
    await studio.trained()
    parsers = studio.bot._connection.parsers
    once = parsers["INTERACTION_CREATE"]

    def twice(data: Any) -> None:
        once(data)
        once(data)

    parsers["INTERACTION_CREATE"] = twice
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    parsers["INTERACTION_CREATE"] = once
    assert [shown(m) for m in messages(answer)] == [words.picture_waiting(PROMPT, 0)]
    assert studio.posts() == 1
    await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
    await studio.look()
    assert len(await rows(studio.bot.database, Job)) == 1
    assert studio.posts() == 1
    assert len(studio.channel.last_message.attachments) == 1


async def test_a_second_click_on_start_makes_no_second_job(studio: Studio) -> None:
    """Case 14: two interactions of one impatient member."""
    await studio.covered()
    plan = await studio.slash(studio.alice, "train", token="zwx")
    first = await studio.alice.click(plan.response, label=words.START)
    assert said(await studio.alice.click(plan.response, label=words.START)) == (
        words.ALREADY_TRAINING
    )
    assert words.waiting_line(0) in shown(messages(first)[0])
    assert len(await rows(studio.bot.database, Job)) == 1


async def test_a_job_of_a_bot_that_died_before_its_reply_is_answered_in_the_channel(
    studio: Studio,
) -> None:
    """Case 16."""
    studio.foreseen = (discord.HTTPException,)
    await studio.trained()
    studio.env.inject_error("POST", "/interactions/*/*/callback", status=503, times=None)
    await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    studio.env.backend.faults.clear()
    await dies(studio)
    assert studio.posts() == 0
    await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
    await studio.look()
    assert studio.posts() == 0  # a bot that lives would be writing down where its message is
    await studio.look(outbox.GRACE_S)
    assert studio.posts() == 1
    assert len(studio.channel.last_message.attachments) == 1
    assert await studio.delivered() == [True]


async def test_a_bot_that_died_before_it_marked_what_it_said_repeats_it_once_with_its_nonce(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 17, where the message had to be posted anew."""
    _, lease = await studio.picture()
    await studio.channel.last_message.delete()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    end = unwritten(monkeypatch, outbox, "delivered")
    await studio.look()
    assert studio.posts() == 1
    await dies(studio)
    end()
    await studio.look()
    assert studio.posts() == 1  # its turn is not over yet
    await studio.look(outbox.TAKEN_S)
    assert await studio.delivered() == [True]
    first, second = [request.json for request in studio.sent("POST", MESSAGES)]
    assert first["nonce"] == second["nonce"] == f"darkroom-{(await outgoing(studio)).id}"
    assert first["enforce_nonce"] is second["enforce_nonce"] is True
    assert studio.posts() == 2  # simcord takes the repeat, which Discord recognises
    names = {m.attachments[0].filename for m in studio.channel.history()}
    assert names == {f"darkroom-{lease.job.id}-0.png"}
    await studio.look(outbox.TAKEN_S)
    assert studio.posts() == 2


async def test_a_repeat_of_an_edit_is_not_seen(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 17, where the message is still there."""
    message, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    end = unwritten(monkeypatch, outbox, "delivered")
    await studio.look()
    await dies(studio)
    end()
    await studio.look(outbox.TAKEN_S)
    assert await studio.delivered() == [True]
    assert studio.posts() == 1
    assert len(studio.again(message).attachments) == 1


async def test_the_ping_of_a_training_is_repeated_with_its_nonce(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.training()
    await studio.finish(await claimed(studio.bot.database), {"steps": 2, "seconds": 1.0}, 1)
    end = unwritten(monkeypatch, outbox, "delivered")
    await studio.look()
    await dies(studio)
    end()
    await studio.look(outbox.TAKEN_S)
    assert await studio.delivered() == [True]
    nonces = [request.json["nonce"] for request in studio.sent("POST", MESSAGES)]
    assert nonces == [f"darkroom-{(await outgoing(studio)).id}-ping"] * 2


async def test_what_was_said_is_not_repeated_while_it_cannot_be_marked(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot lives on: it knows what it said, and marks that as soon as it can."""
    message, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    end = unwritten(monkeypatch, outbox, "delivered")
    await studio.look()
    for _ in range(3):
        await studio.look(outbox.TAKEN_S)
    assert await studio.delivered() == [False]
    assert len([r for r in studio.sent("PATCH", MESSAGE) if r.json.get("attachments")]) == 1
    end()
    await studio.look()
    assert await studio.delivered() == [True]
    assert len([r for r in studio.sent("PATCH", MESSAGE) if r.json.get("attachments")]) == 1
    assert len(studio.again(message).attachments) == 1


async def test_where_an_answer_is_gets_noted_although_the_database_was_busy(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.trained()
    unwritten(monkeypatch, line, "set_message", times=1)
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert [shown(m) for m in messages(answer)] == [words.picture_waiting(PROMPT, 0)]
    await studio.look()
    await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
    await studio.look()
    assert len(studio.again(messages(answer)[0]).attachments) == 1
    assert studio.posts() == 1


async def test_a_job_that_ends_after_the_interactions_15_minutes_is_still_answered(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 18: by the bot's own token, not by the interaction's."""
    message, lease = await studio.picture()
    await slow_looks(studio, monkeypatch, 60)
    await studio.look(16 * 60)
    before = len(studio.sent())
    await studio.finish(lease, {"seconds": 1.0}, 1)
    await studio.look(61)
    assert len(studio.again(message).attachments) == 1
    paths = [request.path for request in studio.sent()[before:]]
    assert paths == [f"/channels/{studio.channel.id}/messages/{message.id}"]


async def test_the_answer_to_a_message_that_was_deleted_comes_anew(studio: Studio) -> None:
    """Case 19."""
    message, lease = await studio.picture()
    await studio.channel.last_message.delete()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    await studio.look()
    anew = studio.channel.last_message
    assert anew.id != message.id
    assert len(anew.attachments) == 1
    assert PROMPT in anew.content
    assert await studio.delivered() == [True]
    before = len(studio.sent())
    await studio.look()
    assert len(studio.sent()) == before


@pytest.mark.parametrize(("status", "code"), [(404, 10003), (403, 50001), (403, 50013)])
async def test_without_its_channel_an_answer_comes_in_private(
    studio: Studio, status: int, code: int
) -> None:
    """Case 19: the channel is deleted, the bot was sent away, or may not speak there."""
    _, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    for path in (MESSAGES, MESSAGE):
        studio.env.inject_error("*", path.replace("*", str(studio.channel.id), 1),
                                status=status, code=code, times=None)  # fmt: skip
    await studio.look()
    (private,) = studio.alice.user.dm_channel.history()
    assert len(private.attachments) == 1
    assert PROMPT in private.content
    assert await studio.delivered() == [True]


async def test_a_ping_that_may_not_be_sent_comes_in_private(studio: Studio) -> None:
    panel = await studio.training()
    await studio.finish(await claimed(studio.bot.database), {"steps": 2, "seconds": 1.0}, 1)
    studio.env.inject_error("POST", f"/channels/{studio.channel.id}/messages",
                            status=403, code=50013, times=None)  # fmt: skip
    await studio.look()
    assert words.trained("zwx", "woman", 2, 1.0) in shown(studio.again(panel))
    (private,) = studio.alice.user.dm_channel.history()
    assert private.content == words.trained_ping(f"<@{studio.alice.id}>", "zwx")


async def test_what_can_be_said_nowhere_is_tried_once_and_its_pictures_are_kept(
    studio: Studio,
) -> None:
    """Case 19: the message is gone, the channel closed, and so are direct messages."""
    _, lease = await studio.picture()
    await studio.channel.last_message.delete()
    for step in range(3):
        await queue.beat(studio.bot.database, lease, progress={"step": step})
        await studio.look()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    studio.env.inject_error("POST", MESSAGES, status=403, code=50007, times=None)
    await studio.look()
    assert (await outgoing(studio)).undeliverable == "403 50007"
    before = len(studio.sent())
    await studio.look(outbox.LONGEST_BACKOFF_S)
    assert len(studio.sent()) == before
    (image,) = await rows(studio.bot.database, Image)
    assert image.blob_key in await files(studio.bot.blobs)


@pytest.mark.parametrize(("status", "code"), [(503, 0), (429, 0)])
async def test_through_an_hour_without_discord_few_requests_are_made_and_nothing_is_lost(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    """Case 20."""
    message, lease = await studio.picture()
    await slow_looks(studio, monkeypatch, 60)
    await studio.finish(lease, {"seconds": 1.0}, 1)
    studio.env.inject_error("*", "*", status=status, code=code, times=None)
    before = len(studio.sent())
    for _ in range(HOUR_S // 120):
        await studio.look(120)
    # the waits double from 2 to 300 seconds, so in the end there is one try in five minutes
    assert 10 <= len(studio.sent()) - before <= 20
    assert await studio.delivered() == [False]
    studio.env.backend.faults.clear()
    await studio.look(outbox.LONGEST_BACKOFF_S)
    assert await studio.delivered() == [True]
    assert len(studio.again(message).attachments) == 1
    assert studio.posts() == 1


@pytest.mark.parametrize("status", [401, 403])
async def test_what_somebody_else_than_discord_refused_is_tried_again(
    studio: Studio, status: int
) -> None:
    """A token that was reset; a block by what stands before Discord, without Discord's code."""
    message, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    studio.env.inject_error("*", "*", status=status, code=0, times=1)
    await studio.look()
    assert await studio.delivered() == [False]
    await studio.look()
    assert await studio.delivered() == [True]
    assert len(studio.again(message).attachments) == 1
    assert studio.posts() == 1


async def test_through_an_hour_without_discord_few_panels_are_tried(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Case 20, while a training goes on and has something new to say all the time."""
    panel = await studio.training()
    lease = await claimed(studio.bot.database)
    await slow_looks(studio, monkeypatch, 60)
    studio.env.inject_error("*", "*", status=503, times=None)
    before = len(studio.sent())
    for step in range(HOUR_S // 120):
        progress = {"phase": "training", "step": step + 1, "total": 400, "rate": 0.1}
        await queue.beat(studio.bot.database, lease, progress=progress)
        await studio.look(120)
    assert 10 <= len(studio.sent()) - before <= 20
    studio.env.backend.faults.clear()
    await studio.look(outbox.LONGEST_BACKOFF_S)
    assert words.progress_line("training", HOUR_S // 120, 400, 0.1) in shown(studio.again(panel))


async def test_a_forgotten_members_answers_go_although_the_bot_died_before_it_took_them_down(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    message, _ = await studio.picture()
    question = await studio.slash(studio.alice, "me forget")
    await studio.alice.click(question.response, label=words.FORGET_YES)
    await dies(studio)
    assert message.id in {m.id for m in studio.channel.history()}
    await studio.look()
    assert message.id not in {m.id for m in studio.channel.history()}


async def test_pictures_of_an_old_ending_are_the_jobs_own(studio: Studio) -> None:
    """A job that waited for a long time for Discord is answered with what it made."""
    message, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 2)
    async with studio.bot.database.write() as session:
        row = await session.get_one(Outgoing, (await outgoing(studio)).id)
        row.send_after += timedelta(seconds=30)
    await studio.look()
    assert studio.again(message).attachments == []
    await studio.look(30)
    assert len(studio.again(message).attachments) == 2
    images = await gallery.images_of(studio.bot.database, lease.job.id or 0)
    assert len(images) == 2
