"""The buttons under pictures that are done."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from bot.views.grid import below
from bot.views.layout import MOST_COMPONENTS
from bot.views.progress import CancelJob
from storage import line, servers
from storage.erase import delete_subject
from storage.tables import Image, Job
from tests.bot.commands.conftest import Studio, labels, messages, parts, said, shown
from tests.bot.commands.editing import drew, edits
from tests.bot.commands.test_delivery_large import SIDE, finish, noise
from tests.rows import claimed, count, files, rows

#: Discord's numbers for kinds of components.
ROW, GALLERY = 1, 12

EACH = ["Vary 1", "Vary 2", "Larger 1", "Larger 2", "Keep 1", "Keep 2"]
ALL = ["Again", "Other words", "Restyle", "Parameters", "Delete", *EACH]


async def done(studio: Studio, pictures: int = 2, **options: Any) -> Any:
    """The message of pictures of Alice's that were delivered."""
    await studio.trained()
    before = {message.id for message in studio.channel.history()}
    await drew(studio, studio.alice, pictures=pictures, **options)
    await studio.look()
    (message,) = [m for m in studio.channel.history() if m.id not in before]
    return message


async def test_every_picture_can_be_varied_and_enlarged(studio: Studio) -> None:
    assert labels(await done(studio)) == ALL


async def test_a_single_picture_needs_no_numbers(studio: Studio) -> None:
    message = await done(studio, pictures=1)
    assert labels(message) == [*ALL[:5], "Vary", "Larger", "Keep"]
    assert rows_of(message) == [5, 3]


async def test_again_asks_for_the_same_with_another_seed(studio: Studio) -> None:
    options = {"negative": "crowd", "steps": 30, "shape": "portrait", "style": "oil painting"}
    message = await done(studio, seed=7, **options)
    await studio.restart()
    answer = await studio.alice.click(message, label=words.AGAIN)
    assert words.waiting_line(0) in shown(messages(answer)[0])
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
    for label in ALL:
        answer = await studio.bob.click(message, label=label)
        assert said(answer) == words.NOT_FOR_YOU
    assert await count(studio.bot.database, Job) == 1


async def test_deleted_pictures_leave_the_channel_and_our_side(studio: Studio) -> None:
    message = await done(studio)
    sure = await studio.alice.click(message, label=words.TAKE_AWAY)
    assert said(sure) == words.TAKE_AWAY_QUESTION
    kept = await studio.alice.click(sure.response, label=words.DELETE_NO)
    assert shown(kept.response) == words.KEPT
    assert await count(studio.bot.database, Image) == 2
    sure = await studio.alice.click(message, label=words.TAKE_AWAY)
    gone = await studio.alice.click(sure.response, label=words.DELETE_YES)
    assert shown(gone.response) == words.TAKEN_AWAY
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
    assert shown(answer.response) == words.PICTURES_GONE
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
    assert labels_of(below(job, [0])) == ["Restyle", "Parameters", "Delete", "Vary", "Keep"]


async def test_what_began_with_another_picture_is_not_promised_again(studio: Studio) -> None:
    message = await done(studio, pictures=1)
    (job,) = await rows(studio.bot.database, Job)
    async with studio.bot.database.write() as session:
        (await session.merge(job)).spec = job.spec | {"edit": {"how": "vary"}}
    sure = await studio.alice.click(message, label=words.TAKE_AWAY)
    assert said(sure) == words.TAKE_AWAY_EDIT_QUESTION


def labels_of(rows: Any) -> list[str]:
    return [item.item.label for row in rows if row for item in row.children]


def rows_of(message: Any) -> list[int]:
    """How many buttons each row has."""
    return [len(part["components"]) for part in parts(message) if part["type"] == ROW]


def gallery_of(message: Any) -> list[str]:
    """The names of the files that the message shows."""
    (found,) = [part for part in parts(message) if part["type"] == GALLERY]
    return [item["media"]["url"].rsplit("/", 1)[-1].split("?")[0] for item in found["items"]]


async def test_four_pictures_and_all_their_buttons_fit_into_one_card(studio: Studio) -> None:
    message = await done(studio, pictures=4)
    assert gallery_of(message) == [f"darkroom-1-{number}.png" for number in range(4)]
    assert rows_of(message) == [5, 4, 4, 4]
    assert len(list(parts(message))) <= MOST_COMPONENTS
    assert "zwx at the beach" in shown(message)


async def test_a_message_from_before_the_upgrade_becomes_a_card(studio: Studio) -> None:
    """An older Darkroom had answered in plain words with a row of buttons."""
    await studio.trained()
    await studio.slash(studio.alice, "imagine", prompt="zwx at the beach")
    old = discord.ui.View(timeout=None)
    old.add_item(CancelJob(studio.alice.id, 1))
    channel = studio.bot.get_partial_messageable(studio.channel.id)
    sent = await channel.send("> zwx at the beach\nIn line", view=old)
    await line.set_message(studio.bot.database, 1, sent.channel.id, sent.id)
    lease = await claimed(studio.bot.database)
    await studio.look()
    assert words.picture_running("zwx at the beach") == shown(studio.again(sent))
    await studio.finish(lease, {}, 1)
    await studio.look()
    answered = studio.again(sent)
    assert not answered.content
    assert gallery_of(answered) == ["darkroom-1-0.png"]
    assert words.VARY in labels(answered)


async def test_a_kept_picture_hangs_in_the_gallery_until_it_is_let_go(studio: Studio) -> None:
    message = await done(studio)
    assert said(await studio.slash(studio.alice, "gallery", kept=True)) == words.GALLERY_NONE_KEPT
    answer = await studio.alice.click(message, label="Keep 2")
    assert said_last(answer) == words.PICTURE_IS_KEPT
    now = studio.again(message)
    assert labels(now)[-2:] == ["Keep 1", "Kept 2"]
    assert gallery_of(now) == gallery_of(message)
    (panel,) = messages(await studio.slash(studio.alice, "gallery", kept=True))
    assert words.gallery_page(1, 1, 1) in shown(panel)
    assert labels(panel)[-1] == words.GALLERY_ALL
    everything = (await studio.alice.click(panel, label=words.GALLERY_ALL)).response
    assert words.gallery_page(1, 1, 2) in shown(everything)
    await studio.alice.click(now, label="Keep 1")
    let_go = await studio.alice.click(studio.again(message), label="Kept 2")
    assert said_last(let_go) == words.PICTURE_LET_GO
    kept = [image.kept_at is not None for image in await rows(studio.bot.database, Image)]
    assert kept == [True, False]


async def test_a_kept_picture_that_was_made_to_fit_stays_where_it_is(studio: Studio) -> None:
    message, lease = await studio.picture()
    await finish(studio, lease, noise(SIDE))
    await studio.look()
    assert gallery_of(studio.again(message)) == ["darkroom-1-0.webp"]
    await studio.alice.click(studio.again(message), label="Keep")
    now = studio.again(message)
    assert gallery_of(now) == ["darkroom-1-0.webp"]
    assert labels(now)[-1] == words.KEPT_PICTURE


def said_last(answer: Any) -> str:
    message = messages(answer)[-1]
    assert message.ephemeral
    return shown(message)


async def test_a_picture_is_restyled_from_a_menu(studio: Studio) -> None:
    await servers.add_style(studio.bot.database, studio.channel.guild.id, name="golden hour",
                            words="warm low sun", negative="flash", most=25)  # fmt: skip
    message = await done(studio, style="oil painting", guidance=6.5)
    asked = await studio.alice.click(message, label=words.RESTYLE)
    assert words.RESTYLE_TITLE in said(asked)
    menus = [part for part in parts(messages(asked)[0]) if "options" in part]
    assert [menu["placeholder"] for menu in menus] == [
        words.restyle_menu(1), words.restyle_menu(2)
    ]  # fmt: skip
    assert menus[1]["options"][0]["label"] == "golden hour"
    await studio.alice.select(messages(asked)[0], ["golden hour"], custom_id=menus[1]["custom_id"])
    (job,) = await edits(studio)
    assert job.spec["edit"]["how"] == "restyle"
    assert job.spec["style"]["name"] == "golden hour"
    assert job.spec["prompt"].endswith("at the beach, warm low sun")
    assert job.spec["negative"] == "flash"
    assert job.spec["guidance"] == 6.5
    assert job.spec["typed"] == "zwx at the beach"


async def test_the_parameters_are_told_to_whom_they_belong(studio: Studio) -> None:
    message = await done(studio)
    async with studio.bot.database.write() as session:
        for image in await rows(studio.bot.database, Image):
            (await session.get_one(Image, image.id)).parameters = (
                "a zwx woman at the beach\nNegative prompt: crowd\nSteps: 25, Sampler: DPM++ 2M, "
                "CFG scale: 2.5, Seed: 7, Size: 64x96, Model: tiny"
            )
    text = said(await studio.alice.click(message, label=words.PARAMETERS))
    for fact in ("seeds 0, 1", "25 steps", "guidance 2.5", "64x96 px", "base tiny", "step 0",
                 "zwx woman at the beach", "<lora:zwx:1>", "/subject export zwx"):  # fmt: skip
        assert fact in text, fact
    await delete_subject(studio.bot.database, studio.bot.blobs, studio.alice.id, "zwx")
    gone = await studio.alice.click(message, label=words.PARAMETERS)
    assert said(gone) == words.PICTURES_GONE
