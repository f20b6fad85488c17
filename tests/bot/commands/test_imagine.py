from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage.tables import Job
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.rows import claimed, count, rows


async def test_prompts_that_cannot_be_drawn_are_refused_with_the_reason(studio: Studio) -> None:
    await studio.trained()
    await studio.subject(token="qqxy")
    for prompt, reason in (
        ("zwx smiling", "2 words"),
        (" ".join(["zwx", *["very"] * 60]), "61 words"),
        ("a naked zwx at the beach", "do not make sexual pictures"),
        ("a zwx <lora:x:9> portrait", "is needed here"),
        ("a man at the beach", "no token of yours"),
        ("zwx and qqxy at sea", "names zwx, qqxy"),
        ("a portrait of qqxy", "`qqxy` is not trained yet"),
        ("a portrait \u202eof zwx", "invisible characters"),
        ("zwx in a (red hat:1.3", "one pair of brackets"),
        ("zwx in a (red hat:9)", "from 0.2 to 1.8, and that says 9"),
        ("a (nu:1.1)(de:1.1) zwx here", "do not make sexual pictures"),
    ):
        assert reason in said(await studio.slash(studio.alice, "imagine", prompt=prompt))
    assert await count(studio.bot.database, Job) == 0


async def test_another_members_token_is_as_unknown_as_any(studio: Studio) -> None:
    await studio.trained()
    theirs = await studio.slash(studio.bob, "imagine", prompt="a portrait of zwx here")
    unknown = await studio.slash(studio.bob, "imagine", prompt="a portrait of qqxy here")
    assert said(theirs) == said(unknown)
    assert await count(studio.bot.database, Job) == 0


async def test_who_has_nothing_trained_is_told_what_comes_first(studio: Studio) -> None:
    prompt = "a man at the beach"
    assert "`/subject create`" in said(await studio.slash(studio.alice, "imagine", prompt=prompt))
    await studio.subject(token="mira")
    text = said(await studio.slash(studio.alice, "imagine", prompt=prompt))
    assert "`mira woman at the beach`" in text
    assert "Not trained yet: `mira`; `/train start` comes first." in text
    await studio.trained()
    text = said(await studio.slash(studio.alice, "imagine", prompt=prompt))
    assert "Yours: `zwx`. Not trained yet: `mira`" in text


async def test_a_prompt_becomes_a_job_with_the_class_word_and_the_newest_adapter(
    studio: Studio,
) -> None:
    subject = await studio.trained()
    answer = await studio.slash(
        studio.alice, "imagine", prompt="ZWX  at the beach", pictures=3, seed=7
    )
    (job,) = await rows(studio.bot.database, Job)
    assert (job.kind, job.interactive, job.subject_id) == ("generate", True, subject.id)
    assert job.spec == {
        "prompt": "ZWX woman at the beach",
        "typed": "ZWX at the beach",
        "adapter": 1,
        "seed": 7,
        "pictures": 3,
    }
    (message,) = messages(answer)
    assert job.message_id == message.id
    assert words.waiting_line(0) in shown(message)


async def test_wishes_for_a_picture_go_with_its_job(studio: Studio) -> None:
    await studio.trained()
    await studio.slash(
        studio.alice, "imagine", prompt="zwx at the beach", negative="blurry,  a crowd",
        guidance=3.5, steps=30,
    )  # fmt: skip
    (job,) = await rows(studio.bot.database, Job)
    wishes = {name: job.spec.get(name) for name in ("negative", "guidance", "steps")}
    assert wishes == {"negative": "blurry, a crowd", "guidance": 3.5, "steps": 30}


@pytest.mark.parametrize(
    ("shape", "kept"), [("square", None), ("portrait", "portrait"), ("landscape", "landscape")]
)
async def test_a_shape_goes_with_its_job_unless_it_is_square(
    studio: Studio, shape: str, kept: str | None
) -> None:
    await studio.trained()
    await studio.slash(studio.alice, "imagine", prompt="zwx at the beach", shape=shape)
    (job,) = await rows(studio.bot.database, Job)
    assert job.spec.get("shape") == kept
    assert "style" not in job.spec


async def test_weights_go_with_the_prompt_as_they_were_typed(studio: Studio) -> None:
    await studio.trained()
    await studio.slash(
        studio.alice, "imagine", prompt="a (ZWX:1.2) in a (red hat:.8)", negative="(crowd:1.5)"
    )
    (job,) = await rows(studio.bot.database, Job)
    assert job.spec["prompt"] == "a (ZWX woman:1.2) in a (red hat:.8)"
    assert job.spec["typed"] == "a (ZWX:1.2) in a (red hat:.8)"
    assert job.spec["negative"] == "(crowd:1.5)"


async def test_nobody_is_undressed_by_what_a_picture_shall_not_hold(studio: Studio) -> None:
    await studio.trained()
    answer = await studio.slash(
        studio.alice, "imagine", prompt="zwx at the beach", negative="Clothes, shadows"
    )
    assert "keep everybody dressed" in said(answer)
    assert await count(studio.bot.database, Job) == 0


async def test_without_a_seed_every_picture_is_another(studio: Studio) -> None:
    await studio.trained()
    for _ in range(2):
        await studio.slash(studio.alice, "imagine", prompt="zwx at the beach")
    first, second = await rows(studio.bot.database, Job)
    assert first.spec["seed"] != second.spec["seed"]


async def test_a_prompt_pings_nobody(studio: Studio) -> None:
    await studio.trained()
    everyone = f"@everyone @here <@{studio.bob.id}> look at zwx"
    (message,) = messages(await studio.slash(studio.alice, "imagine", prompt=everyone))
    await claimed(studio.bot.database)
    await studio.look()
    posted = studio.again(message)
    assert "@everyone" in shown(posted)
    assert not posted.mention_everyone
    sent = [body for body in bodies(studio) if "@everyone" in str(body.get("components"))]
    assert len(sent) == 2
    assert [body["allowed_mentions"] for body in sent] == [{"parse": []}] * 2


def bodies(studio: Studio) -> list[dict[str, Any]]:
    """What the bot sent, of interactions what is in their envelope."""
    sent = [request.json for request in studio.env.http_requests if isinstance(request.json, dict)]
    return [body.get("data") or body for body in sent]


async def test_a_fast_picture_has_its_own_steps_and_guidance(studio: Studio) -> None:
    await studio.trained()
    database, wish = studio.bot.database, {"prompt": "zwx at the beach", "fast": True}
    for more in ({"steps": 30}, {"guidance": 9.0}):
        alone = said(await studio.slash(studio.alice, "imagine", **wish, **more))
        assert alone == words.FAST_ALONE
    assert await count(database, Job) == 0
    await studio.slash(studio.alice, "imagine", **wish)
    await studio.slash(studio.alice, "imagine", prompt="zwx at the beach")
    assert [job.spec.get("fast") for job in await rows(database, Job)] == [True, None]
