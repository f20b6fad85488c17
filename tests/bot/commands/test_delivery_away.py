"""What becomes of answers when Discord is away, or there is no place for them."""

from __future__ import annotations

import pytest

import bot.app
from bot import words
from storage import outbox, queue
from storage.tables import Image
from tests.bot.commands.conftest import Studio, shown
from tests.bot.commands.delivering import MESSAGE, MESSAGES, PROMPT, outgoing
from tests.rows import claimed, files, rows

HOUR_S = 3600


async def slow_looks(studio: Studio, monkeypatch: pytest.MonkeyPatch, every_s: float) -> None:
    """A bot that looks seldom, so that hours pass quickly."""
    monkeypatch.setattr(bot.app, "LOOK_EVERY_S", every_s)
    await studio.restart()


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
    assert PROMPT in shown(anew)
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
    assert PROMPT in shown(private)
    assert await studio.delivered() == [True]


async def test_a_ping_that_may_not_be_sent_comes_in_private(studio: Studio) -> None:
    panel = await studio.training()
    await studio.finish(await claimed(studio.bot.database), {"steps": 2, "seconds": 1.0}, 1)
    studio.env.inject_error("POST", f"/channels/{studio.channel.id}/messages",
                            status=403, code=50013, times=None)  # fmt: skip
    await studio.look()
    assert words.trained("zwx", "woman", 2, 1.0) in shown(studio.again(panel))
    (private,) = studio.alice.user.dm_channel.history()
    assert words.trained_ping(f"<@{studio.alice.id}>", "zwx") in shown(private)


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
