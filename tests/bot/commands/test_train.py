from __future__ import annotations

from typing import Any

from bot import words
from storage import queue
from storage.tables import Job, Photo
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.rows import ask, claimed, count, new_photo, rows


async def test_a_confirmed_plan_becomes_one_job_however_often_it_is_pressed(
    studio: Studio,
) -> None:
    subject = await studio.covered()
    spare = await new_photo(studio.bot.database, studio.bot.blobs, subject, "other")
    plan = await studio.slash(studio.alice, "train start", token="zwx", steps=300)
    started = await studio.alice.click(plan.response, label=words.START)
    again = await studio.alice.click(plan.response, label=words.START)
    assert said(again) == words.ALREADY_TRAINING
    (job,) = await rows(studio.bot.database, Job)
    photos = [photo.id for photo in await rows(studio.bot.database, Photo)]
    assert (job.kind, job.owner_id, job.subject_id) == ("train", studio.alice.id, subject.id)
    assert job.spec["steps"] == 300
    assert job.spec["photos"] == [number for number in photos if number != spare.id]
    panel = messages(started)[0]
    assert not panel.ephemeral
    assert words.waiting_line(0) in shown(panel)
    assert (job.channel_id, job.message_id) == (studio.channel.id, panel.id)


async def test_no_plan_is_shown_for_what_is_in_line_or_under_way(studio: Studio) -> None:
    subject = await studio.covered()
    await studio.covered(token="qqxy")
    await ask(studio.bot.database, studio.alice.id, kind="train", subject=subject)
    in_line = await studio.slash(studio.alice, "train start", token="zwx")
    assert said(in_line) == words.ALREADY_TRAINING
    await claimed(studio.bot.database)
    under_way = await studio.slash(studio.alice, "train start", token="zwx")
    assert said(under_way) == words.ALREADY_TRAINING
    other = await studio.slash(studio.alice, "train start", token="qqxy")
    assert words.START in labels(other.response)


async def test_photos_dropped_after_the_plan_are_missed(studio: Studio) -> None:
    await studio.covered()
    plan = await studio.slash(studio.alice, "train start", token="zwx")
    (photo, *_) = await rows(studio.bot.database, Photo)
    async with studio.bot.database.write() as session:
        await session.delete(await session.get_one(Photo, photo.id))
    answer = await studio.alice.click(plan.response, label=words.START)
    assert said(answer) == words.not_covered("character", 1, 0)
    assert await count(studio.bot.database, Job) == 0


async def test_only_its_owner_cancels_a_training(studio: Studio) -> None:
    await studio.covered()
    plan = await studio.slash(studio.alice, "train start", token="zwx")
    panel = messages(await studio.alice.click(plan.response, label=words.START))[0]
    stranger = await studio.bob.click(panel, label=words.CANCEL)
    assert said(stranger) == words.NOT_FOR_YOU
    assert (await rows(studio.bot.database, Job))[0].state == "queued"
    assert said(await studio.alice.click(panel, label=words.CANCEL)) == words.CANCELLED
    (job,) = await rows(studio.bot.database, Job)
    assert job.state == "cancelled"
    await studio.look()
    assert words.CANCELLED in shown(studio.again(panel))
    assert labels(studio.again(panel)) == []


async def test_a_cancel_before_anything_is_learned_is_heard_by_the_trainer(studio: Studio) -> None:
    panel = await studio.training()
    lease = await claimed(studio.bot.database)
    assert said(await studio.alice.click(panel, label=words.CANCEL)) == words.CANCEL_ASKED
    await studio.look()
    assert words.CANCEL_ASKED in shown(studio.again(panel))
    assert labels(studio.again(panel)) == []
    assert await queue.beat(studio.bot.database, lease)
    await queue.stop(studio.bot.database, lease)
    await studio.look()
    assert words.CANCELLED in shown(studio.again(panel))


LEARNING = {"phase": "training", "step": 80, "total": 400, "rate": 4.0}


async def question(studio: Studio, progress: dict[str, Any]) -> tuple[Any, Any, queue.Lease]:
    """The panel of a training that has come so far, what its Cancel asks, and its lease."""
    panel = await studio.training()
    lease = await claimed(studio.bot.database)
    await queue.beat(studio.bot.database, lease, progress=progress)
    await studio.look()
    return panel, await studio.alice.click(panel, label=words.CANCEL), lease


async def test_a_training_that_has_learned_something_is_stopped_and_kept(studio: Studio) -> None:
    panel, asked, lease = await question(studio, LEARNING)
    assert said(asked) == words.stop_question(80, 400)
    assert "80 of 400 steps" in said(asked)
    assert labels(asked.response) == [words.STOP_AND_KEEP, words.STOP_AND_DROP, words.GO_ON]
    assert await queue.beat(studio.bot.database, lease) is None  # asking stops nothing
    kept = await studio.alice.click(asked.response, label=words.STOP_AND_KEEP)
    assert said(kept) == words.KEEP_ASKED
    assert await queue.beat(studio.bot.database, lease) == queue.Cancel(keeps=True)
    await studio.look()
    assert words.KEEP_ASKED in shown(studio.again(panel))
    assert labels(studio.again(panel)) == []
    await queue.beat(studio.bot.database, lease, progress={"phase": "samples", "step": 1,
                                                           "total": 8})  # fmt: skip
    await studio.look()
    assert "sample sheet" in shown(studio.again(panel))
    await studio.finish(lease, {"steps": 81, "planned_steps": 400, "seconds": 20.0}, 8)
    await studio.look()
    assert words.trained_early("zwx", "woman", 81, 400) in shown(studio.again(panel))
    assert words.train_more(200) in labels(studio.again(panel))
    ping = words.trained_early_ping(f"<@{studio.alice.id}>", "zwx")
    assert ping in shown(studio.channel.last_message)


async def test_a_training_that_has_learned_something_is_thrown_away_if_so_wished(
    studio: Studio,
) -> None:
    _, asked, lease = await question(studio, LEARNING)
    dropped = await studio.alice.click(asked.response, label=words.STOP_AND_DROP)
    assert said(dropped) == words.CANCEL_ASKED
    assert await queue.beat(studio.bot.database, lease) == queue.Cancel(keeps=False)


async def test_what_is_to_be_kept_is_not_thrown_away_by_an_old_button(studio: Studio) -> None:
    panel = await studio.training()
    old = (await studio.slash(studio.alice, "queue")).response
    lease = await claimed(studio.bot.database)
    await queue.beat(studio.bot.database, lease, progress=LEARNING)
    await studio.look()
    asked = await studio.alice.click(panel, label=words.CANCEL)
    await studio.alice.click(asked.response, label=words.STOP_AND_KEEP)
    again = await studio.alice.click(old, label=next(one for one in labels(old) if one))
    assert said(again) == words.KEEP_ASKED
    assert await queue.beat(studio.bot.database, lease) == queue.Cancel(keeps=True)


async def test_a_training_goes_on_when_its_member_thinks_better_of_it(studio: Studio) -> None:
    panel, asked, lease = await question(studio, LEARNING)
    others = [await studio.alice.click(panel, label=words.CANCEL) for _ in range(2)]
    assert said(await studio.alice.click(asked.response, label=words.GO_ON)) == words.GOES_ON
    assert await queue.beat(studio.bot.database, lease) is None
    await studio.alice.click(others[0].response, label=words.STOP_AND_DROP)
    late = await studio.alice.click(others[1].response, label=words.GO_ON)
    assert said(late) == words.CANCEL_ASKED  # no promise that was broken on another panel


async def test_a_training_that_draws_its_sheet_is_not_thrown_away_unasked(studio: Studio) -> None:
    panel, asked, lease = await question(studio, {"phase": "samples", "step": 2, "total": 8})
    assert said(asked) == words.STOP_AT_THE_END
    questions = [asked, *[await studio.alice.click(panel, label=words.CANCEL) for _ in range(2)]]
    await studio.finish(lease, {"steps": 400, "planned_steps": 400, "seconds": 20.0}, 8)
    ways = (words.STOP_AND_KEEP, words.STOP_AND_DROP, words.GO_ON)
    for one, label in zip(questions, ways, strict=True):
        late = await studio.alice.click(one.response, label=label)
        assert said(late) == words.NOTHING_OPEN
    (job,) = await rows(studio.bot.database, Job)
    assert job.state == "done"
    await studio.look()
    assert words.trained_ping(f"<@{studio.alice.id}>", "zwx") in shown(studio.channel.last_message)


async def test_class_images_are_nothing_learned(studio: Studio) -> None:
    progress = {"phase": "class-images", "step": 3, "total": 24}
    _, asked, lease = await question(studio, progress)
    assert said(asked) == words.CANCEL_ASKED
    assert await queue.beat(studio.bot.database, lease) == queue.Cancel(keeps=False)


async def test_place_pace_and_time_left_are_shown(studio: Studio) -> None:
    await ask(studio.bot.database, owner_id=studio.bob.id)
    panel = await studio.training()
    assert words.waiting_line(1) in shown(panel)
    await queue.cancel(studio.bot.database, 1, studio.bob.id)
    lease = await claimed(studio.bot.database)
    for rate, pace, left in (
        (4.0, "4.0 a second", "80 seconds"),
        (0.5, "2.0 s each", "11 minutes"),
    ):
        await queue.beat(studio.bot.database, lease, progress={**LEARNING, "rate": rate})
        await studio.look()
        says = shown(studio.again(panel))
        assert "80 of 400" in says
        assert pace in says
        assert f"about {left} left" in says
