"""Pictures that are worked on: which one, by which words, and what becomes of it."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from tests.bot.commands.conftest import Studio, messages, shown
from tests.bot.commands.editing import PICTURE, PROMPT, copies, drew, edits, is_tidy
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened, quarters
from tests.rows import claimed


async def test_a_picture_of_ones_own_is_restyled(studio: Studio) -> None:
    subject = await studio.trained()
    await drew(studio, studio.alice, pictures=2)
    answer = await studio.slash(
        studio.alice, "edit restyle", prompt=PROMPT, of="1-1", strength="strong"
    )
    (job,) = await edits(studio)
    (source,) = await copies(studio)
    assert (job.kind, job.interactive, job.subject_id) == ("generate", True, subject.id)
    assert job.spec == {
        "prompt": "zwx woman as an oil painting",
        "typed": PROMPT,
        "adapter": 1,
        "seed": job.spec["seed"],
        "pictures": 1,
        "edit": {"how": "restyle", "strength": 0.75, "source": source.id},
    }
    assert (source.job_id, source.owner_id, source.subject_id) == (
        job.id,
        studio.alice.id,
        subject.id,
    )
    assert (source.width, source.height, source.drawn, source.mask_key) == (128, 96, True, None)
    copy = opened(await studio.bot.blobs.get(source.blob_key))
    assert copy.tobytes() == opened(PICTURE).tobytes()
    message = messages(answer)[-1]
    assert not message.ephemeral
    assert job.message_id == message.id
    assert words.waiting_line(0) in shown(message)
    assert await is_tidy(studio)


async def test_without_being_told_the_latest_picture_is_taken(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice, data=encoded(quarters(80, 80), "PNG"))
    await drew(studio, studio.alice)
    await studio.slash(studio.alice, "edit restyle", prompt=PROMPT)
    (source,) = await copies(studio)
    assert (source.width, source.height) == (128, 96)


async def test_pictures_are_offered_by_job_and_number_with_their_prompt(studio: Studio) -> None:
    await studio.trained()
    await studio.trained(studio.bob, token="qqxy")
    await drew(studio, studio.alice, "zwx at the beach", pictures=2)
    await drew(studio, studio.alice, "zwx in the snow, `smiling`")
    await drew(studio, studio.bob, "qqxy at the beach")

    async def offered(typed: str) -> list[str]:
        choices = await studio.alice.autocomplete(studio.channel, "edit restyle", "of", typed)
        return [choice["name"] for choice in choices]

    assert await offered("") == [
        "2-0 · zwx in the snow, 'smiling'",
        "1-1 · zwx at the beach",
        "1-0 · zwx at the beach",
    ]
    assert await offered("BEACH") == ["1-1 · zwx at the beach", "1-0 · zwx at the beach"]
    assert await offered("2-") == ["2-0 · zwx in the snow, 'smiling'"]
    await studio.slash(studio.alice, "edit restyle", prompt=PROMPT, of="darkroom-1-0.png")
    assert len(await edits(studio)) == 1


async def test_an_upload_is_restyled_and_forgotten_with_its_job(studio: Studio) -> None:
    await studio.trained()
    upload = ("me.jpg", ASTRONAUT)
    await studio.slash(studio.alice, "edit restyle", prompt=PROMPT, picture=upload)
    (source,) = await copies(studio)
    assert (source.width, source.height, source.drawn) == (512, 512, False)
    lease = await claimed(studio.bot.database)
    await studio.bot.expire()
    assert len(await copies(studio)) == 1
    await studio.finish(lease, {}, 1)
    await studio.bot.expire()
    assert await copies(studio) == []
    assert await is_tidy(studio)


@pytest.mark.parametrize(
    ("sides", "added"),
    [
        ("all", (0.25, 0.25, 0.25, 0.25)),
        ("left", (0.5, 0, 0, 0)),
        ("down", (0, 0, 0, 0.5)),
        ("wide", (0.1667, 0.1667, 0, 0)),
        ("square", (0, 0, 0.1667, 0.1667)),
    ],
)
async def test_a_picture_is_drawn_on_beyond_its_edges_with_its_own_words(
    studio: Studio, sides: str, added: tuple[float, ...]
) -> None:
    await studio.trained()
    await drew(studio, studio.alice, "zwx at the beach", negative="blurry", steps=30)
    await studio.slash(studio.alice, "edit outpaint", sides=sides)
    (job,) = await edits(studio)
    assert job.spec["typed"] == "zwx at the beach"
    assert job.spec["prompt"] == "zwx woman at the beach"
    assert (job.spec["negative"], job.spec["steps"]) == ("blurry", 30)
    edit = job.spec["edit"]
    assert edit["how"] == "outpaint"
    assert tuple(edit[side] for side in ("left", "right", "up", "down")) == added


async def test_a_picture_is_varied_and_enlarged(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice, "zwx at the beach")
    await studio.slash(studio.alice, "edit vary", how="subtle", pictures=3)
    await studio.slash(studio.alice, "edit vary", how="strong")
    await studio.slash(studio.alice, "edit upscale")
    subtle, strong, large = [
        (job.spec["pictures"], {k: v for k, v in job.spec["edit"].items() if k != "source"})
        for job in await edits(studio)
    ]
    assert subtle == (3, {"how": "vary", "strength": 0.35})
    assert strong == (1, {"how": "vary", "strength": 0.65})
    assert large == (1, {"how": "upscale", "scale": 1.155})  # to four of the base's squares
    assert len({job.spec["seed"] for job in await edits(studio)}) == 3


@pytest.mark.parametrize(
    ("command", "options", "doing", "done"),
    [
        ("edit restyle", {"prompt": PROMPT}, "Restyling…", "restyled"),
        ("edit outpaint", {"sides": "all"}, "beyond the edges…", "drawn on beyond its edges"),
        ("edit vary", {"how": "subtle"}, "Varying…", "varied"),
        ("edit upscale", {}, "Enlarging…", "enlarged"),
    ],
)
async def test_the_message_says_what_is_done_and_was_done(
    studio: Studio, command: str, options: dict[str, str], doing: str, done: str
) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    await studio.look()
    message = messages(await studio.slash(studio.alice, command, **options))[-1]
    lease = await claimed(studio.bot.database)
    await studio.look()
    assert doing in shown(studio.again(message))
    await studio.finish(lease, {}, 1)
    await studio.look()
    ended = studio.again(message)
    assert f"· {done} · seed" in shown(ended)
    assert [file.filename for file in ended.attachments] == [f"darkroom-{lease.job.id}-0.png"]


async def test_what_was_worked_on_can_be_worked_on_again(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    await studio.slash(studio.alice, "edit restyle", prompt=PROMPT)
    await studio.finish(await claimed(studio.bot.database), {}, 1)
    await studio.slash(studio.alice, "edit vary", how="strong")
    *_, job = await edits(studio)
    assert job.spec["typed"] == PROMPT
    assert (await copies(studio))[-1].width == 64


async def test_an_edit_that_comes_twice_makes_one_job_and_one_copy(studio: Studio) -> None:
    studio.foreseen = (discord.HTTPException,)
    await studio.trained()
    await drew(studio, studio.alice)
    parsers = studio.bot._connection.parsers
    once = parsers["INTERACTION_CREATE"]

    def twice(data: Any) -> None:
        once(data)
        once(data)

    parsers["INTERACTION_CREATE"] = twice
    await studio.slash(studio.alice, "edit upscale")
    parsers["INTERACTION_CREATE"] = once
    assert (len(await edits(studio)), len(await copies(studio))) == (1, 1)
    assert await is_tidy(studio)


async def test_what_was_made_from_a_photo_stays_that_however_often_it_is_worked_on(
    studio: Studio,
) -> None:
    await studio.trained()
    upload = ("me.jpg", ASTRONAUT)
    await studio.slash(studio.alice, "edit restyle", prompt=PROMPT, picture=upload)
    for _ in range(2):
        lease = await claimed(studio.bot.database)
        assert lease.job.spec["of_photo"] is True
        await studio.finish(lease, {}, 1)
        await studio.slash(studio.alice, "edit vary", how="subtle")
    assert [source.drawn for source in await copies(studio)] == [False] * 3
    await studio.finish(await claimed(studio.bot.database), {}, 1)
    await drew(studio, studio.alice, "zwx at the beach")
    await studio.slash(studio.alice, "edit vary", how="subtle")
    assert (await copies(studio))[-1].drawn
