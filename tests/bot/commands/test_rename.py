"""A subject gets another token; what was learned is drawn by either."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import erase
from storage.tables import Job, Subject
from tests.bot.commands.conftest import Studio, labels, messages, said
from tests.bot.commands.editing import drew
from tests.rows import rows


async def rename(studio: Studio, to: str, actor: Any = None, token: str = "zwx") -> Any:
    return await studio.slash(actor or studio.alice, "subject rename", token=token, to=to)


async def tokens(studio: Studio) -> list[str]:
    return [one.token for one in await rows(studio.bot.database, Subject)]


@pytest.mark.parametrize("prompt", ["kelzor at the beach", "zwx at the beach"])
async def test_prompts_are_drawn_with_what_was_learned(studio: Studio, prompt: str) -> None:
    await studio.trained()
    assert said(await rename(studio, "Kelzor")) == words.renamed("zwx", "kelzor", trained=True)
    assert await tokens(studio) == ["kelzor"]
    assert not messages(await studio.slash(studio.alice, "imagine", prompt=prompt))[0].ephemeral
    (job,) = await rows(studio.bot.database, Job)
    assert job.spec["prompt"] == "zwx woman at the beach"


async def test_pictures_from_before_are_drawn_again(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    await rename(studio, "kelzor")
    message = messages(await studio.slash(studio.alice, "show", job=1))[0]
    await studio.alice.click(message, label=words.AGAIN)
    assert len(await rows(studio.bot.database, Job)) == 2


async def test_holders_of_a_right_draw_it_by_its_new_token(studio: Studio) -> None:
    await studio.trained()
    await studio.slash(studio.alice, "subject share", token="zwx", member=studio.bob)
    await rename(studio, "kelzor")
    drawn = await studio.slash(studio.bob, "imagine", prompt="kelzor at the beach")
    assert not messages(drawn)[0].ephemeral


async def test_nothing_learned_leaves_nothing_behind(studio: Studio) -> None:
    await studio.covered()
    assert said(await rename(studio, "kelzor")) == words.renamed("zwx", "kelzor", trained=False)


@pytest.mark.parametrize(("to", "reason"), [("ab", "token_grammar"), ("anna", "token_name")])
async def test_a_refused_token_comes_with_free_ones(studio: Studio, to: str, reason: str) -> None:
    await studio.trained()
    answer = await rename(studio, to)
    assert words.token_refusal(reason, to) in said(answer)
    free = labels(messages(answer)[0])
    assert len(free) == 5
    done = await studio.alice.click(messages(answer)[0], label=free[1])
    assert said(done) == words.renamed("zwx", free[1], trained=True)
    assert await tokens(studio) == [free[1]]


async def test_somebody_elses_token_is_not_free(studio: Studio) -> None:
    await studio.trained()
    await studio.subject(studio.bob, token="qqxy")
    assert words.token_refusal("token_taken", "qqxy") in said(await rename(studio, "qqxy"))
    assert said(await rename(studio, "zwx")) == words.RENAME_SAME
    assert await tokens(studio) == ["zwx", "qqxy"]


async def test_a_subject_that_is_being_learned_keeps_its_token(studio: Studio) -> None:
    await studio.training()
    assert said(await rename(studio, "kelzor")) == words.RENAME_TRAINING


async def test_nobody_else_renames_it(studio: Studio) -> None:
    await studio.trained()
    await studio.slash(studio.alice, "subject share", token="zwx", member=studio.bob)
    assert said(await rename(studio, "kelzor", studio.bob)) == words.unknown_subject("zwx")


async def test_an_offer_for_a_subject_that_is_gone_says_so(studio: Studio) -> None:
    await studio.trained()
    offer = messages(await rename(studio, "anna"))[0]
    await erase.delete_subject(studio.bot.database, studio.bot.blobs, studio.alice.id, "zwx")
    answer = await studio.alice.click(offer, label=labels(offer)[0])
    assert said(answer) == words.SUBJECT_GONE
