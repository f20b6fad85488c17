"""What members see of the trainer's work: panels edited in place, pictures, all from rows."""

from __future__ import annotations

import pytest

from bot import words
from storage import queue, subjects
from storage.erase import delete_subject
from storage.outbox import GRACE_S
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.rows import SQUARE, an_adapter, an_image, ask, claimed

PROMPT = "zwx at the beach"


async def test_the_word_of_an_end_goes_with_its_subject(studio: Studio) -> None:
    await studio.training()
    lease = await claimed(studio.bot.database)
    await studio.finish(lease, {"steps": 120, "seconds": 60.0}, 8)
    await studio.look()
    ping = studio.channel.last_message
    assert words.trained_ping(f"<@{studio.alice.id}>", "zwx") in shown(ping)
    await delete_subject(studio.bot.database, studio.bot.blobs, studio.alice.id, "zwx")
    await studio.look()
    assert ping.id not in {message.id for message in studio.channel.history()}


async def test_one_panel_follows_a_training_to_its_end(studio: Studio) -> None:
    panel = await studio.training()
    database = studio.bot.database
    before = studio.posts()
    lease = await claimed(database)
    for step in (30, 60):
        progress = {"phase": "training", "step": step, "total": 120, "rate": 2.0}
        await queue.beat(database, lease, progress=progress)
        await studio.look()
        assert words.progress_line("training", step, 120, 2.0) in shown(studio.again(panel))
        assert labels(studio.again(panel)) == [words.CANCEL]
    assert studio.posts() == before
    await studio.finish(lease, {"steps": 120, "seconds": 60.0}, 8)
    await studio.look()
    assert words.trained("zwx", "woman", 120, 60.0) in shown(studio.again(panel))
    ways_on = [words.SHOW_SHEET, words.SHOW_REPORT, words.train_more(200), words.SHOW_VERSIONS]
    assert labels(studio.again(panel)) == ways_on
    assert studio.posts() == before + 1  # the word that it is ready, which pings its member
    ping = studio.channel.last_message
    assert words.trained_ping(f"<@{studio.alice.id}>", "zwx") in shown(ping)
    assert labels(ping) == ways_on
    bodies = [r.json for r in studio.env.http_requests if isinstance(r.json, dict)]
    (sent,) = [body for body in bodies if body.get("allowed_mentions", {}).get("users")]
    assert sent["allowed_mentions"] == {"parse": [], "users": [studio.alice.id]}
    await studio.look()
    assert studio.posts() == before + 1
    stranger = await studio.bob.click(ping, label=words.SHOW_SHEET)
    assert said(stranger) == words.NOT_FOR_YOU
    sheet = await studio.alice.click(ping, label=words.SHOW_SHEET)
    assert "Sample sheet of zwx" in said(sheet)
    assert messages(sheet)[-1].attachments


async def test_a_panel_is_not_edited_while_nothing_changes(studio: Studio) -> None:
    await studio.training()
    await studio.look()
    await claimed(studio.bot.database)
    await studio.look()
    before = len(studio.env.http_requests)
    for _ in range(3):
        await studio.look()
    assert len(studio.env.http_requests) == before


async def test_a_training_that_crashed_says_so_and_that_it_goes_on(studio: Studio) -> None:
    panel = await studio.training()
    for error in (None, "out_of_memory"):
        lease = await claimed(studio.bot.database)
        if error is None:
            await queue.give_back(studio.bot.database, lease, count_attempt=True)
        else:
            await queue.fail(studio.bot.database, lease, error)
        await studio.look()
        expected = words.failure(error) if error else words.RETRYING.format(attempt=2)
        assert expected in shown(studio.again(panel))


async def test_pictures_come_to_the_message_that_asked(studio: Studio) -> None:
    await studio.trained()
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT, pictures=2, seed=5)
    message, before = messages(answer)[0], studio.posts()
    lease = await claimed(studio.bot.database)
    await studio.look()
    assert words.picture_running(PROMPT) == shown(studio.again(message))
    await studio.finish(lease, {"seconds": 1.0}, 2)
    await studio.look()
    answered = studio.again(message)
    names = [f"darkroom-{lease.job.id}-{number}.png" for number in range(2)]
    assert [attachment.filename for attachment in answered.attachments] == names
    assert await answered.attachments[0].read() == SQUARE
    assert "seeds 5 to 6" in shown(answered)
    assert studio.posts() == before


async def test_a_picture_whose_file_is_lost_does_not_hold_up_the_others(studio: Studio) -> None:
    await studio.trained()
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT, pictures=2)
    lease = await claimed(studio.bot.database)
    async with queue.finishing(studio.bot.database, lease, {}) as session:
        lost = "images/00/" + "0" * 32 + ".png"
        session.add(an_image(lease.job, 0, lost))
        session.add(an_image(lease.job, 1, await studio.bot.blobs.put("images", SQUARE, "png")))
    await studio.look()
    answered = studio.again(messages(answer)[0])
    assert len(answered.attachments) == 1
    assert words.pictures_lost(1) in shown(answered)
    assert await studio.delivered() == [True]


@pytest.mark.parametrize("code", ["adapter_damaged", "error"])
async def test_a_picture_that_failed_says_why(studio: Studio, code: str) -> None:
    await studio.trained()
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    await queue.fail(studio.bot.database, await claimed(studio.bot.database), code)
    await studio.look()
    answered = studio.again(messages(answer)[0])
    assert shown(answered) == words.picture_failed(PROMPT, code)
    assert labels(answered) == []


async def test_what_ended_while_the_bot_was_down_is_delivered_after_the_restart(
    studio: Studio,
) -> None:
    await studio.trained()
    message = messages(await studio.slash(studio.alice, "imagine", prompt=PROMPT))[0]
    lease = await claimed(studio.bot.database)
    await studio.finish(lease, {"seconds": 1.0}, 1)
    await studio.restart()
    await studio.look()
    assert len(studio.again(message).attachments) == 1
    assert await studio.delivered() == [True]


async def test_buttons_from_before_a_restart_still_work(studio: Studio) -> None:
    panel = await studio.training()
    await studio.restart()
    assert said(await studio.bob.click(panel, label=words.CANCEL)) == words.NOT_FOR_YOU
    assert said(await studio.alice.click(panel, label=words.CANCEL)) == words.CANCELLED


async def test_a_job_that_lost_its_message_is_posted_where_it_was_asked_for(
    studio: Studio,
) -> None:
    """As after a crash between the command's answer and the note of where it is."""
    subject = await studio.trained()
    spec = {"prompt": PROMPT, "typed": PROMPT, "adapter": 1, "seed": 1, "pictures": 1}
    await ask(studio.bot.database, studio.alice.id, subject=subject, spec=spec,
              channel_id=studio.channel.id)  # fmt: skip
    await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
    await studio.look(2)
    assert await studio.delivered() == [False]  # the command may still be writing it down
    await studio.look(GRACE_S)
    assert len(studio.channel.last_message.attachments) == 1
    assert await studio.delivered() == [True]


async def test_an_adapter_of_a_finished_training_can_be_drawn_with(studio: Studio) -> None:
    await studio.training()
    lease = await claimed(studio.bot.database)
    async with queue.finishing(studio.bot.database, lease, {"steps": 1, "seconds": 1}) as session:
        subject = await subjects.owned_subject(studio.bot.database, studio.alice.id, "zwx")
        key = await studio.bot.blobs.put("adapters", b"weights", "safetensors")
        session.add(an_adapter(subject, lease.job, key))
    await studio.look()
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert words.waiting_line(0) in shown(messages(answer)[0])
