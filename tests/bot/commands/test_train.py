from __future__ import annotations

from bot import words
from bot.plan import recommend
from storage import gallery, queue
from storage.tables import Job, Photo, Worker
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.rows import ask, claimed, count, new_photo, rows


async def test_training_waits_for_the_photos_it_needs(studio: Studio) -> None:
    subject = await studio.subject()
    await new_photo(studio.bot.database, studio.bot.blobs, subject, "torso")
    answer = await studio.slash(studio.alice, "train", token="zwx")
    assert said(answer) == words.not_covered("character", 6, 1)
    assert await count(studio.bot.database, Job) == 0


async def test_the_plan_is_shown_before_anything_starts(studio: Studio) -> None:
    await studio.covered()
    answer = await studio.slash(studio.alice, "train", token="zwx")
    text = said(answer)
    best = recommend("tiny", 8)
    assert f"**Steps** {best.steps}" in text
    assert f"**Class images** {best.class_images}" in text
    assert "You are next" in text
    assert words.TRAINER_ASLEEP in text
    assert "not measured" in text
    assert await count(studio.bot.database, Job) == 0
    declined = await studio.alice.click(answer.response, label=words.NEVER_MIND)
    assert said(declined) == words.NEVER_MINDED


async def test_a_known_trainer_gives_a_time_and_odd_numbers_a_warning(studio: Studio) -> None:
    await studio.covered()
    await ask(studio.bot.database, owner_id=studio.bob.id)
    worker = Worker(base="tiny", base_hash="0", device="cpu", step_s=0.5, image_s=1.0)
    await gallery.check_in(studio.bot.database, worker)
    answer = await studio.slash(studio.alice, "train", token="zwx", steps=3000, class_images=0)
    text = said(answer)
    assert f"**Time** about {words.span(1500)}" in text
    assert "1 job before yours" in text
    best = recommend("tiny", 8)
    assert words.plan_warning("overfit", best.steps, "woman") in text
    assert words.plan_warning("no_class_images", best.steps, "woman") in text
    assert words.TRAINER_ASLEEP not in text


async def test_a_confirmed_plan_becomes_one_job_however_often_it_is_pressed(
    studio: Studio,
) -> None:
    subject = await studio.covered()
    spare = await new_photo(studio.bot.database, studio.bot.blobs, subject, "other")
    plan = await studio.slash(studio.alice, "train", token="zwx", steps=300)
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
    in_line = await studio.slash(studio.alice, "train", token="zwx")
    assert said(in_line) == words.ALREADY_TRAINING
    await claimed(studio.bot.database)
    under_way = await studio.slash(studio.alice, "train", token="zwx")
    assert said(under_way) == words.ALREADY_TRAINING
    other = await studio.slash(studio.alice, "train", token="qqxy")
    assert words.START in labels(other.response)


async def test_photos_dropped_after_the_plan_are_missed(studio: Studio) -> None:
    await studio.covered()
    plan = await studio.slash(studio.alice, "train", token="zwx")
    (photo, *_) = await rows(studio.bot.database, Photo)
    async with studio.bot.database.write() as session:
        await session.delete(await session.get_one(Photo, photo.id))
    answer = await studio.alice.click(plan.response, label=words.START)
    assert said(answer) == words.not_covered("character", 1, 0)
    assert await count(studio.bot.database, Job) == 0


async def test_only_its_owner_cancels_a_training(studio: Studio) -> None:
    await studio.covered()
    plan = await studio.slash(studio.alice, "train", token="zwx")
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


async def test_a_cancel_under_way_is_heard_by_the_trainer(studio: Studio) -> None:
    await studio.covered()
    plan = await studio.slash(studio.alice, "train", token="zwx")
    panel = messages(await studio.alice.click(plan.response, label=words.START))[0]
    lease = await claimed(studio.bot.database)
    assert said(await studio.alice.click(panel, label=words.CANCEL)) == words.CANCEL_ASKED
    await studio.look()
    assert words.CANCEL_ASKED in shown(studio.again(panel))
    assert labels(studio.again(panel)) == []
    assert await queue.beat(studio.bot.database, lease)
    await queue.stop(studio.bot.database, lease)
    await studio.look()
    assert words.CANCELLED in shown(studio.again(panel))
