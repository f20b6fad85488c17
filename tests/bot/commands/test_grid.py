"""The buttons under pictures that are done."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from bot.views.grid import below
from storage.tables import Image, Job
from tests.bot.commands.conftest import Studio, labels, messages, said
from tests.bot.commands.editing import drew, edits
from tests.rows import count, files, rows

NINE = ["Again", "Other words", "Delete", "Vary 1", "Vary 2", "Larger 1", "Larger 2"]


async def done(studio: Studio, pictures: int = 2, **options: Any) -> Any:
    """The message of pictures of Alice's that were delivered."""
    await studio.trained()
    before = {message.id for message in studio.channel.history()}
    await drew(studio, studio.alice, pictures=pictures, **options)
    await studio.look()
    (message,) = [m for m in studio.channel.history() if m.id not in before]
    return message


async def test_every_picture_can_be_varied_and_enlarged(studio: Studio) -> None:
    assert labels(await done(studio)) == NINE


async def test_a_single_picture_needs_no_numbers(studio: Studio) -> None:
    message = await done(studio, pictures=1)
    assert labels(message) == ["Again", "Other words", "Delete", "Vary", "Larger"]
    assert len(message.components) == 2


async def test_again_asks_for_the_same_with_another_seed(studio: Studio) -> None:
    options = {"negative": "crowd", "steps": 30, "shape": "portrait", "style": "oil painting"}
    message = await done(studio, seed=7, **options)
    await studio.restart()
    answer = await studio.alice.click(message, label=words.AGAIN)
    assert words.waiting_line(0) in messages(answer)[0].content
    first, second = await rows(studio.bot.database, Job)
    assert first.spec.pop("seed") != second.spec.pop("seed")
    assert first.spec == second.spec
    assert second.message_id not in {None, first.message_id}


async def test_other_words_open_a_form_with_those_that_were_typed(studio: Studio) -> None:
    message = await done(studio, seed=7)
    form = await studio.alice.click(message, label=words.REMIX)
    assert form.modal["components"][0]["component"]["value"] == "zwx at the beach"
    await studio.submit(studio.alice, form, "zwx in the snow")
    first, second = await rows(studio.bot.database, Job)
    assert (first.spec["typed"], second.spec["typed"]) == ("zwx at the beach", "zwx in the snow")
    assert second.spec["pictures"] == 2


@pytest.mark.parametrize(("label", "how"), [("Vary 2", "vary"), ("Larger 2", "upscale")])
async def test_one_of_them_is_worked_on(studio: Studio, label: str, how: str) -> None:
    message = await done(studio)
    await studio.alice.click(message, label=label)
    (job,) = await edits(studio)
    assert job.spec["edit"]["how"] == how
    assert job.spec["typed"] == "zwx at the beach"


async def test_only_whose_pictures_they_are_may_press(studio: Studio) -> None:
    message = await done(studio)
    for label in NINE:
        answer = await studio.bob.click(message, label=label)
        assert said(answer) == words.NOT_FOR_YOU
    assert await count(studio.bot.database, Job) == 1


async def test_deleted_pictures_leave_the_channel_and_our_side(studio: Studio) -> None:
    message = await done(studio)
    sure = await studio.alice.click(message, label=words.TAKE_AWAY)
    assert said(sure) == words.TAKE_AWAY_QUESTION
    kept = await studio.alice.click(sure.response, label=words.DELETE_NO)
    assert kept.response.content == words.KEPT
    assert await count(studio.bot.database, Image) == 2
    sure = await studio.alice.click(message, label=words.TAKE_AWAY)
    gone = await studio.alice.click(sure.response, label=words.DELETE_YES)
    assert gone.response.content == words.TAKEN_AWAY
    await studio.look()
    assert message.id not in {m.id for m in studio.channel.history()}
    assert await count(studio.bot.database, Image) == 0
    assert not [key for key in await files(studio.bot.blobs) if key.startswith("images")]


async def test_what_is_gone_cannot_be_gone_on_from(studio: Studio) -> None:
    message = await done(studio)
    first = await studio.alice.click(message, label=words.TAKE_AWAY)
    second = await studio.alice.click(message, label=words.TAKE_AWAY)
    await studio.alice.click(first.response, label=words.DELETE_YES)
    answer = await studio.alice.click(second.response, label=words.DELETE_YES)
    assert answer.response.content == words.PICTURES_GONE
    for label in (words.AGAIN, words.REMIX):
        assert said(await studio.alice.click(message, label=label)) == words.PICTURES_GONE
    for label in ("Vary 1", "Larger 2", words.TAKE_AWAY):
        assert said(await studio.alice.click(message, label=label)) == words.PICTURES_GONE


async def test_a_picture_that_is_not_shown_cannot_be_worked_on(studio: Studio) -> None:
    message = await done(studio, explicit=0.99)
    assert labels(message) == ["Again", "Other words"]


async def test_what_came_of_an_edit_is_not_drawn_again_from_words(studio: Studio) -> None:
    message = await done(studio, pictures=1)
    await studio.alice.click(message, label="Larger")
    (job,) = await edits(studio)
    assert labels_of(below(job, [0])) == ["Delete", "Vary"]


async def test_what_began_with_another_picture_is_not_promised_again(studio: Studio) -> None:
    message = await done(studio, pictures=1)
    (job,) = await rows(studio.bot.database, Job)
    async with studio.bot.database.write() as session:
        (await session.merge(job)).spec = job.spec | {"edit": {"how": "vary"}}
    sure = await studio.alice.click(message, label=words.TAKE_AWAY)
    assert said(sure) == words.TAKE_AWAY_EDIT_QUESTION


def labels_of(view: Any) -> list[str]:
    return [item.item.label for item in view.children]
