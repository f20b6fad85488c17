"""The plan of a training as its member sees it, and what its buttons put in line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot import words
from bot.plan import Case, recommend, seconds
from storage import clock, gallery, subjects
from storage.tables import Adapter, ClassImage, Job, Photo, Subject, Worker
from tests.bot.commands.conftest import Studio, labels, messages, said
from tests.bot.commands.test_panels import Kept
from tests.rows import an_adapter, ask, claimed, count, new_photo, rows

HASH = "0" * 64


async def trainer(studio: Studio, **known: Any) -> Worker:
    """A trainer that is awake, on the base that adapters of these tests are made on."""
    worker = Worker(**{"base": "tiny", "base_hash": HASH, "device": "cpu", **known})
    await gallery.check_in(studio.bot.database, worker)
    return worker


async def train(studio: Studio, **options: Any) -> Any:
    return await studio.slash(studio.alice, "train", token="zwx", **options)


async def learned(studio: Studio, subject: Subject, **card: Any) -> Adapter:
    """A training of the subject from the photos that it has now, over and done."""
    photos = [photo.id for photo in await subjects.photos_of(studio.bot.database, subject.id or 0)]
    job = await ask(
        studio.bot.database, studio.alice.id, kind="train", subject=subject, spec={"photos": photos}
    )
    lease = await claimed(studio.bot.database)
    await studio.finish(lease, {"steps": 320}, 0)
    data = f"weights of {job.id}".encode()
    adapter = an_adapter(
        subject, job, await studio.bot.blobs.put("adapters", data, "safetensors"), data
    )
    adapter.card, adapter.step, adapter.chosen_at = card, 320, clock.now()
    async with studio.bot.database.write() as session:
        session.add(adapter)
    return adapter


async def more_photos(studio: Studio, subject: Subject, number: int) -> None:
    for _ in range(number):
        await new_photo(studio.bot.database, studio.bot.blobs, subject)


async def open_job(studio: Studio) -> Job:
    (job,) = [j for j in await rows(studio.bot.database, Job) if j.state == "queued"]
    return job


async def test_training_waits_for_the_photos_it_needs(studio: Studio) -> None:
    subject = await studio.subject()
    await new_photo(studio.bot.database, studio.bot.blobs, subject, "torso")
    assert said(await train(studio)) == words.not_covered("character", 6, 1)
    assert await count(studio.bot.database, Job) == 0


async def test_the_plan_is_shown_before_anything_starts(studio: Studio) -> None:
    await studio.covered()
    answer = await train(studio)
    assert said(answer).split("\n") == [
        "",
        "The plan for zwx",
        "**Photos** 8",
        "**Steps** 320",
        "**Learning rate** 0.002",
        "**Method** LoRA",
        "**Class images** 24",
        "**Time** I have not measured this trainer yet",
        "**In line** You are next.",
        words.TRAINER_ASLEEP,
    ]
    assert labels(answer.response) == [words.START, words.NEVER_MIND]
    assert await count(studio.bot.database, Job) == 0
    declined = await studio.alice.click(answer.response, label=words.NEVER_MIND)
    assert said(declined) == words.NEVER_MINDED


async def test_a_plan_is_made_for_the_base_that_the_trainer_has(studio: Studio) -> None:
    await studio.covered(kind="person")
    await trainer(studio, family="sd1")
    text = said(await train(studio))
    assert "**Steps** 800" in text
    assert "**Learning rate** 0.0001" in text
    assert "**Class images** 100" in text


async def test_a_trainer_of_another_base_tells_nothing_of_todays(studio: Studio) -> None:
    await studio.covered()
    usual = said(await train(studio))
    await trainer(studio, base="sd1", family="sd1", step_s=0.5, image_s=1.0)
    assert said(await train(studio)) == usual


async def test_a_known_trainer_gives_a_time_and_odd_numbers_a_warning(studio: Studio) -> None:
    await studio.covered()
    await ask(studio.bot.database, owner_id=studio.bob.id)
    await trainer(studio, step_s=0.5, image_s=1.0)
    for number in range(20):  # four are missing
        image = ClassImage(base_hash="k", class_word="woman", number=number, blob_key=f"c{number}")
        await gallery.add_class_image(studio.bot.database, image)
    best = recommend(Case("tiny", "character", "woman", 8))
    usual = said(await train(studio))
    assert f"**Time** about {words.span(320 * 0.5 * 1.1 + 12 + 4)}" in usual
    assert "1 job before yours" in usual
    assert "⚠️" not in usual
    odd = said(await train(studio, steps=3000, class_images=3))
    numbers = (best.steps, best.learning_rate, best.class_images)
    assert words.plan_warning("overfit", 9.375, numbers, "woman") in odd
    assert "9.4 times the learning that these photos need" in odd
    assert "I would take 320 steps at a learning rate of 0.002." in odd
    assert words.plan_warning("few_class_images", 9.375, numbers, "woman") in odd
    assert words.TRAINER_ASLEEP not in odd


async def test_no_class_images_means_that_the_base_itself_is_asked(studio: Studio) -> None:
    await studio.covered()
    await trainer(studio, step_s=0.5, image_s=1.0)
    answer = await train(studio, class_images=0)
    assert words.plan_class_images(0) in said(answer)
    assert "⚠️" not in said(answer)
    plan = recommend(Case("tiny", "character", "woman", 8))
    told = seconds(plan, 24, 0.5, 1.0)
    assert told is not None
    assert f"about {words.span((told - 12) * 1.23 + 12)}" in said(answer)
    await studio.alice.click(answer.response, label=words.START)
    assert (await open_job(studio)).spec["class_images"] == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"steps": 49}, words.out_of_bounds("steps", 50, 3000)),
        ({"steps": 10**9}, words.out_of_bounds("steps", 50, 3000)),
        ({"class_images": -1}, words.out_of_bounds("class_images", 0, 300)),
        ({"learning_rate": "0.1"}, words.out_of_bounds("learning_rate", 2e-4, 1e-2)),
        ({"learning_rate": "nan"}, words.out_of_bounds("learning_rate", 2e-4, 1e-2)),
        ({"learning_rate": "fast"}, words.NO_RATE),
        ({"method": "full"}, words.method_not_offered(["lora", "pivotal"])),
        ({"method": "dora"}, words.method_not_offered(["lora", "pivotal"])),
    ],
)
async def test_what_cannot_be_is_refused_with_what_can(
    studio: Studio, options: dict[str, Any], sentence: str
) -> None:
    await studio.covered()
    answer = await train(studio, **options)
    assert said(answer) == sentence
    assert labels(answer.response) == []


def test_bounds_are_said_as_people_write_them() -> None:
    assert "from 50 to 3000" in words.out_of_bounds("steps", 50, 3000)
    assert "from 2e-7 to 1e-5" in words.out_of_bounds("learning_rate", 2e-7, 1e-5)
    assert "`lora` (LoRA)" in words.method_not_offered(["lora"])


async def test_what_was_chosen_is_what_is_put_in_line_also_after_a_restart(studio: Studio) -> None:
    await studio.covered()
    plan = await train(
        studio, steps=200, class_images=12, learning_rate=" 1,5e-3", method="Pivotal"
    )
    assert "**Learning rate** 0.0015" in said(plan)
    assert "**Method** LoRA with a token of its own" in said(plan)
    await studio.restart()
    await studio.alice.click(plan.response, label=words.START)
    photos = [photo.id for photo in await rows(studio.bot.database, Photo)]
    assert (await open_job(studio)).spec == {
        "steps": 200,
        "class_images": 12,
        "learning_rate": 0.0015,
        "method": "pivotal",
        "photos": photos,
    }


async def test_the_operator_says_which_methods_there_are(studio: Studio) -> None:
    await studio.covered()
    studio.bot.settings.methods = ("pivotal", "full")
    offered = await studio.alice.autocomplete(studio.channel, "train", "method", "f")
    assert [choice["value"] for choice in offered] == ["full"]
    assert words.plan_method("pivotal") in said(await train(studio))
    plan = await train(studio, method="full")
    assert words.plan_method("full") in said(plan)
    studio.bot.settings.methods = ("lora",)
    answer = await studio.alice.click(plan.response, label=words.START)
    assert said(answer) == words.method_not_offered(["lora"])
    assert await count(studio.bot.database, Job) == 0


async def test_a_plan_from_before_there_were_methods_can_still_be_started(studio: Studio) -> None:
    subject = await studio.covered()
    plan = await train(studio)
    panel, before = Kept(plan.response), f"train-start:{studio.alice.id}:{subject.id}:300:24"
    panel.payload = json.loads(json.dumps(panel.payload).replace(panel.id("train-start"), before))
    panel.controls[0]["custom_id"] = before
    await panel.use(studio.alice, before)
    spec = (await open_job(studio)).spec
    assert (spec["steps"], spec["learning_rate"], spec["method"]) == (300, 2e-3, "lora")


async def test_a_plan_for_another_base_is_not_started(studio: Studio) -> None:
    await studio.covered()
    plan = await train(studio)
    await trainer(studio, family="sd1")
    answer = await studio.alice.click(plan.response, label=words.START)
    assert said(answer) == words.PLAN_OUTDATED
    assert await count(studio.bot.database, Job) == 0


async def test_new_photos_are_learned_on_top_or_everything_anew(studio: Studio) -> None:
    subject = await studio.covered()
    adapter = await learned(studio, subject)
    await more_photos(studio, subject, 2)
    await trainer(studio, step_s=0.5, image_s=1.0)
    plan = await train(studio)
    assert said(plan).split("\n") == [
        "",
        "The plan for zwx",
        "**Photos** 10, 2 of them new",
        "**In line** You are next.",
        words.two_ways("zwx", 2),
        "Learn the 2 new photos",
        "**Steps** 100 on top of what is there",
        "**Learning rate** 0.001",
        "**Method** LoRA",
        "**Class images** 24",
        f"**Time** about {words.span(50 * 1.1 + 12 + 24)}",
        "Start over",
        "**Steps** 400",
        "**Learning rate** 0.002",
        "**Method** LoRA",
        "**Class images** 24",
        f"**Time** about {words.span(200 * 1.1 + 12 + 24)}",
    ]
    assert labels(plan.response) == [words.learn_new(2), words.START_OVER, words.NEVER_MIND]
    await studio.restart()
    panel = messages(await studio.alice.click(plan.response, label=words.learn_new(2)))[0]
    assert not panel.ephemeral
    photos = [photo.id for photo in await rows(studio.bot.database, Photo)]
    assert (await open_job(studio)).spec == {
        "steps": 100,
        "class_images": 24,
        "learning_rate": 0.001,
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
    assert (spec["steps"], spec["learning_rate"]) == (360, 2e-3)


async def test_each_way_is_warned_of_by_what_it_needs(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject)
    await more_photos(studio, subject, 2)
    more, over = said(await train(studio, steps=100, learning_rate="0.002")).split("Start over\n")
    assert "2.0 times the learning" in more
    assert "25 % of the learning" in over
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
    usual = await train(studio)
    assert labels(usual.response)[0] == words.learn_new(2)
    await studio.alice.click(usual.response, label=words.learn_new(2))
    assert (await open_job(studio)).spec["method"] == "pivotal"
    await studio.finish(await claimed(studio.bot.database), {}, 0)
    other = await train(studio, method="lora")
    assert words.goes_on_only_with("zwx", "pivotal") in said(other)
    assert labels(other.response) == [words.START_OVER, words.NEVER_MIND]


async def test_a_newer_version_makes_an_older_plan_void(studio: Studio) -> None:
    subject = await studio.covered()
    await learned(studio, subject)
    await more_photos(studio, subject, 2)
    plan = await train(studio)
    await learned(studio, subject)
    late = await studio.alice.click(plan.response, label=words.learn_new(2))
    assert said(late) == words.PLAN_OUTDATED
