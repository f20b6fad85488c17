"""The plan of a subject that was learned already: its new photos on top, or everything anew."""

from __future__ import annotations

from bot import words
from bot.plan import Case, recommend, refine, seconds
from storage.tables import Adapter, Job, Photo
from tests.bot.commands.conftest import Studio, labels, messages, said
from tests.bot.commands.plans import learned, more_photos, open_job, train, trainer
from tests.bot.commands.test_panels import Kept
from tests.rows import claimed, rows


async def test_new_photos_are_learned_on_top_or_everything_anew(studio: Studio) -> None:
    subject = await studio.covered()
    adapter = await learned(studio, subject)
    await more_photos(studio, subject, 2)
    await trainer(studio, step_s=0.5, image_s=1.0)
    plan = await train(studio)
    case = Case("tiny", "character", "woman", 10)
    more, over = refine(case, 2, "lora", adapter.id or 0), recommend(case)
    takes = [seconds(way, 0, 0.5, 1.0) or 0.0 for way in (more, over)]
    assert said(plan).split("\n") == [
        "### The plan for zwx",
        "**Photos** 10, 2 of them new",
        "**In line** You are next.",
        words.two_ways("zwx", 2),
        "### Learn the 2 new photos",
        f"**Steps** {more.steps} on top of what is there",
        f"**Learning rate** {more.learning_rate}",
        "**Method** LoRA",
        f"**Class images** {more.class_images}",
        f"**Time** about {words.span(takes[0])}",
        "### Start over",
        f"**Steps** {over.steps}",
        f"**Learning rate** {over.learning_rate}",
        "**Method** LoRA with a token of its own",
        f"**Class images** {over.class_images}",
        f"**Time** about {words.span(takes[1])}",
    ]
    assert labels(plan.response) == [words.learn_new(2), words.START_OVER, words.NEVER_MIND]
    await studio.restart()
    panel = messages(await studio.alice.click(plan.response, label=words.learn_new(2)))[0]
    assert not panel.ephemeral
    photos = [photo.id for photo in await rows(studio.bot.database, Photo)]
    assert (await open_job(studio)).spec == {
        "steps": more.steps,
        "class_images": more.class_images,
        "learning_rate": more.learning_rate,
        "method": "lora",
        "photos": photos,
        "from": adapter.id,
    }
    for label in (words.learn_new(2), words.START_OVER):
        again = await studio.alice.click(plan.response, label=label)
        assert said(again) == words.ALREADY_TRAINING


async def test_who_would_rather_start_over_does_and_nobody_else(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject)
    await more_photos(studio, subject, 1)
    plan = await train(studio)
    assert "Learn the new photo\n" in said(plan)
    panel = Kept(plan.response)
    assert len(panel.ids) == 3
    for custom_id in panel.ids:
        assert said(await panel.use(studio.bob, custom_id)) == words.NOT_FOR_YOU
    await studio.alice.click(plan.response, label=words.START_OVER)
    spec = (await open_job(studio)).spec
    assert "from" not in spec
    best = recommend(Case("tiny", "character", "woman", 9))
    chosen = (spec["steps"], spec["learning_rate"], spec["method"])
    assert chosen == (best.steps, best.learning_rate, best.method)


async def test_each_way_is_warned_of_by_what_it_needs(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject)
    await more_photos(studio, subject, 2)
    case = Case("tiny", "character", "woman", 10)
    few, whole = refine(case, 2, "lora", 1).steps, recommend(case)
    rate = str(whole.learning_rate)  # twice what going on needs
    more, over = said(await train(studio, steps=few, learning_rate=rate)).split("Start over\n")
    assert "2.0 times the learning" in more
    assert f"{100 * few / whole.steps:.0f} % of the learning" in over
    text = said(await train(studio, class_images=2))
    assert text.count("So few class images") == 1  # it holds for both
    assert text.index("So few class images") < text.index("Learn the 2 new photos")


async def test_without_new_photos_it_is_said_that_there_is_a_training(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject)
    plan = await train(studio)
    assert words.trained_already("zwx") in said(plan)
    assert labels(plan.response) == [words.START_OVER, words.NEVER_MIND]
    await studio.alice.click(plan.response, label=words.START_OVER)
    assert "from" not in (await open_job(studio)).spec


async def test_photos_that_are_gone_are_named_as_long_as_they_are_known(studio: Studio) -> None:
    subject = await studio.covered()
    await more_photos(studio, subject, 1)
    await learned(studio, subject)
    (dropped, *_) = await rows(studio.bot.database, Photo)
    async with studio.bot.database.write() as session:
        await session.delete(await session.get_one(Photo, dropped.id))
    text = said(await train(studio))
    assert words.still_knows("zwx", 1) in text
    assert words.trained_already("zwx") not in text
    await more_photos(studio, subject, 2)
    text = said(await train(studio))
    assert words.still_knows("zwx", 1) in text
    assert words.two_ways("zwx", 2) in text


async def test_a_training_whose_job_is_not_known_has_learned_what_was_there(
    studio: Studio,
) -> None:
    subject = await studio.covered()
    adapter = await learned(studio, subject)
    await more_photos(studio, subject, 3)
    async with studio.bot.database.write() as session:
        (await session.get_one(Adapter, adapter.id)).job_id = None
    assert words.learn_new(3) in labels((await train(studio)).response)


async def test_what_was_learned_on_another_base_is_not_gone_on_with(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject)
    await more_photos(studio, subject, 2)
    before = await train(studio)
    assert words.learn_new(2) in labels(before.response)
    await trainer(studio, base_hash="1" * 64)
    plan = await train(studio)
    assert words.learned_on_another_base("zwx") in said(plan)
    assert labels(plan.response) == [words.START_OVER, words.NEVER_MIND]
    late = await studio.alice.click(before.response, label=words.learn_new(2))
    assert said(late) == words.PLAN_OUTDATED
    assert all(job.state == "done" for job in await rows(studio.bot.database, Job))


async def test_new_photos_are_learned_as_the_others_were(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject, method="pivotal")
    await more_photos(studio, subject, 2)
    await trainer(studio, family="sd1")  # whose usual method is another one
    usual = await train(studio)
    assert labels(usual.response)[0] == words.learn_new(2)
    await studio.alice.click(usual.response, label=words.learn_new(2))
    assert (await open_job(studio)).spec["method"] == "pivotal"
    await studio.finish(await claimed(studio.bot.database), {}, 0)
    other = await train(studio, method="lora")
    assert words.goes_on_only_with("zwx", "pivotal") in said(other)
    assert labels(other.response) == [words.START_OVER, words.NEVER_MIND]
    studio.bot.settings.methods = ("lora",)
    assert labels((await train(studio)).response) == labels(other.response)


async def test_a_newer_version_makes_an_older_plan_void(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject)
    await more_photos(studio, subject, 2)
    plan = await train(studio)
    await learned(studio, subject)
    late = await studio.alice.click(plan.response, label=words.learn_new(2))
    assert said(late) == words.PLAN_OUTDATED


async def test_a_first_plan_does_not_train_again_what_was_learned_since(studio: Studio) -> None:
    subject = await studio.covered()
    first = await train(studio)
    await learned(studio, subject)
    answer = await studio.alice.click(first.response, label=words.START)
    assert said(answer) == words.PLAN_OUTDATED
    assert [job for job in await rows(studio.bot.database, Job) if job.finished_at is None] == []
