"""What becomes of answers when the bot dies, its database is busy, or Discord asks twice."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import discord
import pytest

from bot import words
from storage import gallery, line, outbox
from storage.errors import Busy
from storage.tables import Job, Outgoing
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.delivering import MESSAGE, MESSAGES, PROMPT, outgoing
from tests.rows import claimed, rows


async def dies(studio: Studio) -> None:
    """The process ends. What it would still have written, a test has kept it from writing."""
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
    plan = await studio.slash(studio.alice, "train start", token="zwx")
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
