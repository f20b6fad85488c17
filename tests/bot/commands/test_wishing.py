"""Words that cannot be drawn, and the form in which they are mended."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from bot.views.wishing import Wish, of_draft
from storage.tables import Draft, Job, Member
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.rows import count, rows


async def refused(studio: Studio, prompt: str, **options: Any) -> Any:
    return await studio.slash(studio.alice, "imagine", prompt=prompt, **options)


@pytest.mark.parametrize(
    "prompt",
    ["zwx smiling", " ".join(["zwx", *["very"] * 60]), "a woman at the beach", "zwx in a (hat:9)"],
)
async def test_a_refused_prompt_is_mended_in_a_form_that_holds_it(
    studio: Studio, prompt: str
) -> None:
    await studio.trained()
    answer = await refused(
        studio, prompt, pictures=3, seed=7, negative="crowd", shape="portrait", steps=30
    )
    form = await studio.alice.click(messages(answer)[-1], label=words.MEND)
    field = form.modal["components"][0]["component"]
    assert field["value"] == prompt
    mended = await studio.submit(studio.alice, form, "zwx at the beach")
    assert words.waiting_line(0) in shown(messages(mended)[0])
    (job,) = await rows(studio.bot.database, Job)
    assert job.spec["typed"] == "zwx at the beach"
    wished = {name: job.spec[name] for name in ("pictures", "seed", "negative", "shape", "steps")}
    assert wished == {
        "pictures": 3, "seed": 7, "negative": "crowd", "shape": "portrait", "steps": 30
    }  # fmt: skip


async def test_words_that_are_still_wrong_can_be_mended_again(studio: Studio) -> None:
    await studio.trained()
    answer = await refused(studio, "zwx smiling")
    form = await studio.alice.click(messages(answer)[-1], label=words.MEND)
    again = await studio.submit(studio.alice, form, "zwx grinning")
    assert "2 words" in said(again)
    form = await studio.alice.click(messages(again)[-1], label=words.MEND)
    assert form.modal["components"][0]["component"]["value"] == "zwx grinning"
    assert await count(studio.bot.database, Job) == 0


@pytest.mark.parametrize(
    ("prompt", "offered"),
    [
        ("zwx at \u200bthe beach", "zwx at the beach"),
        ("zwx " + "a" * 1500, "zwx " + "a" * 1500),
    ],
)
async def test_the_form_shows_all_that_can_be_seen(
    studio: Studio, prompt: str, offered: str
) -> None:
    await studio.trained()
    answer = await refused(studio, prompt)
    form = await studio.alice.click(messages(answer)[-1], label=words.MEND)
    assert form.modal["components"][0]["component"]["value"] == offered


async def test_a_style_that_is_gone_is_left_out_of_the_form(studio: Studio) -> None:
    await studio.trained()
    answer = await refused(studio, "zwx at the beach", style="no such style")
    form = await studio.alice.click(messages(answer)[-1], label=words.MEND)
    await studio.submit(studio.alice, form, "zwx at the beach")
    (job,) = await rows(studio.bot.database, Job)
    assert "style" not in job.spec


def test_what_an_older_bot_kept_is_still_taken_up() -> None:
    assert of_draft({"prompt": "zwx at the beach", "mood": "calm"}) == Wish(
        prompt="zwx at the beach"
    )


async def test_what_nobody_draws_is_not_kept_to_be_mended(studio: Studio) -> None:
    await studio.trained()
    await studio.subject(token="qqxy")
    for prompt in ("a naked zwx here", "a portrait of qqxy"):
        answer = await refused(studio, prompt)
        assert messages(answer)[-1].components == []
    assert await count(studio.bot.database, Draft) == 0


async def test_mending_outlives_a_restart_and_ends_with_its_day(studio: Studio) -> None:
    await studio.trained()
    answer = await refused(studio, "zwx smiling")
    await studio.restart()
    form = await studio.alice.click(messages(answer)[-1], label=words.MEND)
    assert form.modal["components"][0]["component"]["value"] == "zwx smiling"
    async with studio.bot.database.write() as session:
        for draft in await rows(studio.bot.database, Draft):
            await session.delete(await session.merge(draft))
    gone = await studio.alice.click(messages(answer)[-1], label=words.MEND)
    assert said(gone) == words.DRAFT_GONE


async def test_of_who_never_agreed_no_word_is_kept(studio: Studio) -> None:
    answer = await studio.slash(studio.bob, "imagine", prompt="me smiling")
    assert "2 words" in said(answer)
    assert messages(answer)[-1].components == []
    assert await count(studio.bot.database, Draft) == await count(studio.bot.database, Member) == 0
