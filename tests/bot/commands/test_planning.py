"""The plan of a first training as its member sees it, and what its button puts in line."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot import words
from bot.plan import Case, recommend, seconds
from storage import gallery
from storage.tables import ClassImage, Job, Photo
from tests.bot.commands.conftest import Studio, labels, said
from tests.bot.commands.plans import open_job, train, trainer
from tests.bot.commands.test_panels import Kept
from tests.rows import ask, count, new_photo, rows

BEST = recommend(Case("tiny", "character", "woman", 8))


async def test_training_waits_for_the_photos_it_needs(studio: Studio) -> None:
    subject = await studio.subject()
    await new_photo(studio.bot.database, studio.bot.blobs, subject, "torso")
    assert said(await train(studio)) == words.not_covered("character", 6, 1)
    assert await count(studio.bot.database, Job) == 0


async def test_the_plan_is_shown_before_anything_starts(studio: Studio) -> None:
    await studio.covered()
    answer = await train(studio)
    assert said(answer).split("\n") == [
        "### The plan for zwx",
        "**Photos** 8",
        f"**Steps** {BEST.steps}",
        f"**Learning rate** {BEST.learning_rate}",
        "**Method** LoRA with a token of its own",
        f"**Class images** {BEST.class_images}",
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
    for number in range(BEST.class_images - 4):
        image = ClassImage(base_hash="k", class_word="woman", number=number, blob_key=f"c{number}")
        await gallery.add_class_image(studio.bot.database, image)
    usual = said(await train(studio))
    takes = seconds(BEST, BEST.class_images - 4, 0.5, 1.0)
    assert takes is not None
    assert f"**Time** about {words.span(takes)}" in usual
    assert "1 job before yours" in usual
    assert "⚠️" not in usual
    odd = said(await train(studio, steps=3000, class_images=3))
    numbers, much = (BEST.steps, BEST.learning_rate, BEST.class_images), 3000 / BEST.steps
    assert words.plan_warning("overfit", much, numbers, "woman") in odd
    assert f"{much:.1f} times the learning that these photos need" in odd
    assert f"I would take {BEST.steps} steps at a learning rate of {BEST.learning_rate}." in odd
    assert words.plan_warning("few_class_images", much, numbers, "woman") in odd
    assert words.TRAINER_ASLEEP not in odd


async def test_no_class_images_means_that_the_base_itself_is_asked(studio: Studio) -> None:
    await studio.covered()
    await trainer(studio, step_s=0.5, image_s=1.0)
    answer = await train(studio, class_images=0)
    assert words.plan_class_images(0) in said(answer)
    assert "⚠️" not in said(answer)
    told = seconds(BEST, BEST.class_images, 0.5, 1.0)
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
    await trainer(studio, family="sd1")  # whose usual method is another one
    plan = await train(
        studio, steps=200, class_images=12, learning_rate=" 1,5e-4", method="Pivotal"
    )
    assert "**Learning rate** 0.00015" in said(plan)
    assert "**Method** LoRA with a token of its own" in said(plan)
    await studio.restart()
    await studio.alice.click(plan.response, label=words.START)
    photos = [photo.id for photo in await rows(studio.bot.database, Photo)]
    assert (await open_job(studio)).spec == {
        "steps": 200,
        "class_images": 12,
        "learning_rate": 0.00015,
        "method": "pivotal",
        "photos": photos,
    }


async def test_a_photo_that_repeats_another_is_not_learned(studio: Studio) -> None:
    subject = await studio.covered()
    photos = [photo.id for photo in await rows(studio.bot.database, Photo)]
    again = await new_photo(studio.bot.database, studio.bot.blobs, subject)
    async with studio.bot.database.write() as session:
        (await session.get_one(Photo, again.id)).alike = [photos[0]]
    plan = await train(studio)
    assert "**Photos** 8\n" in said(plan)
    await studio.alice.click(plan.response, label=words.START)
    assert (await open_job(studio)).spec["photos"] == photos


async def test_the_operator_says_which_methods_there_are(studio: Studio) -> None:
    await studio.covered()
    studio.bot.settings.methods = ("lora-text", "full")  # none that is usual
    offered = await studio.alice.autocomplete(studio.channel, "train start", "method", "f")
    assert [choice["value"] for choice in offered] == ["full"]
    assert words.plan_method("lora-text") in said(await train(studio))
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
