"""Pictures that are worked on: which one, by which words, and what becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import discord
import pytest

from bot import words
from bot.photos.prepared import Prepared
from storage import offences, screening, sources
from storage.erase import delete_subject
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.editing import PICTURE, PROMPT, copies, drew, edits, is_tidy
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened, quarters
from tests.rows import ask, claimed, new_subject, trained


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


async def test_without_a_picture_there_is_nothing_to_work_on(studio: Studio) -> None:
    await studio.trained()
    answer = await studio.slash(studio.alice, "edit restyle", prompt=PROMPT)
    assert said(answer) == words.NO_PICTURES
    assert await edits(studio) == []


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


async def test_a_picture_of_somebody_else_is_answered_like_one_that_does_not_exist(
    studio: Studio,
) -> None:
    await studio.trained()
    await studio.trained(studio.bob, token="qqxy")
    await drew(studio, studio.alice)
    for of in ("1-0", "99-0", "1-7", "nonsense", "1-0; drop table", "9" * 40):
        for command, options in (
            ("edit restyle", {"prompt": "qqxy as an oil painting"}),
            ("edit inpaint", {"prompt": "qqxy as an oil painting", "area": "face"}),
            ("edit outpaint", {"sides": "all"}),
            ("edit vary", {"how": "subtle"}),
            ("edit upscale", {}),
        ):
            answer = await studio.slash(studio.bob, command, of=of, **options)
            assert said(answer) == words.NO_SUCH_PICTURE, (command, of)
    assert await edits(studio) == []
    assert await copies(studio) == []


async def test_a_picture_that_was_withheld_is_answered_like_one_that_does_not_exist(
    studio: Studio,
) -> None:
    await studio.trained()
    await drew(studio, studio.alice, explicit=0.9)
    for options in ({}, {"of": "1-0"}):
        answer = await studio.slash(studio.alice, "edit upscale", **options)
        assert said(answer) == (words.NO_SUCH_PICTURE if options else words.NO_PICTURES)


async def test_a_prompt_passes_the_same_gate_as_imagine(studio: Studio) -> None:
    await studio.trained()
    await studio.subject(token="qqxy")
    await drew(studio, studio.alice)
    for prompt in ("zwx smiling", "a naked zwx at the beach", "a man at sea", "a portrait of qqxy"):
        refused = said(await studio.slash(studio.alice, "imagine", prompt=prompt))
        for command, options in (
            ("edit restyle", {}),
            ("edit inpaint", {"area": "face"}),
            ("edit outpaint", {"sides": "left"}),
        ):
            answer = await studio.slash(studio.alice, command, prompt=prompt, **options)
            assert said(answer) == refused, command
    assert await edits(studio) == []
    assert await copies(studio) == []


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


async def test_an_upload_that_is_no_picture_is_refused_with_the_reason(studio: Studio) -> None:
    await studio.trained()
    tiny = encoded(quarters(20, 20), "PNG")
    for data, reason in ((b"text" * 100, "not a picture"), (tiny, "only 20 x 20"), (b"", "empty")):
        answer = await studio.slash(
            studio.alice, "edit restyle", prompt=PROMPT, picture=("me.png", data)
        )
        assert reason in said(answer)
        assert "`me.png`" in said(answer)
    assert (await edits(studio), await copies(studio)) == ([], [])
    assert await is_tidy(studio)
    assert studio.posts() == 0  # nothing is left of what was promised to everybody


@pytest.mark.parametrize(
    ("score", "limit", "is_taken"),
    [(0.5, None, True), (0.75, None, False), (0.5, 0.4, False), (0.75, 0.9, True)],
)
async def test_an_upload_that_is_too_intimate_for_its_server_is_refused(
    studio: Studio,
    monkeypatch: pytest.MonkeyPatch,
    score: float,
    limit: float | None,
    *,
    is_taken: bool,
) -> None:
    prepare = studio.bot.examiner.prepare

    async def scored(*given: Any, **asked: Any) -> Prepared:
        return replace(await prepare(*given, **asked), nsfw=score)

    await studio.trained()
    monkeypatch.setattr(studio.bot.examiner, "prepare", scored)
    await screening.set_safety(
        studio.bot.database,
        studio.channel.guild.id,
        explicit_limit=limit,
        alerts_channel_id=None,
    )
    answer = await studio.slash(
        studio.alice, "edit restyle", prompt=PROMPT, picture=("me.jpg", ASTRONAUT)
    )
    assert ("too intimate" in shown(messages(answer)[-1])) != is_taken
    assert len(await copies(studio)) == is_taken


async def test_a_sexual_prompt_of_an_edit_counts_and_who_is_suspended_edits_nothing(
    studio: Studio,
) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    for _ in range(offences.MOST):
        answer = await studio.slash(studio.alice, "edit restyle", prompt="a naked zwx woman")
        assert "sexual" in said(answer)
    for command, options in (
        ("edit restyle", {"prompt": PROMPT}),
        ("edit inpaint", {"prompt": PROMPT, "area": "face"}),
        ("edit upscale", {}),
    ):
        answer = await studio.slash(studio.alice, command, **options)
        assert "<t:" in said(answer), command
    assert (await edits(studio), await copies(studio)) == ([], [])


async def test_who_has_not_consented_hands_in_no_picture(studio: Studio) -> None:
    subject = await new_subject(studio.bot.database, studio.alice.id)
    await trained(studio.bot.database, studio.bot.blobs, subject)
    answer = await studio.slash(
        studio.alice, "edit restyle", prompt=PROMPT, picture=("me.jpg", ASTRONAUT)
    )
    assert said(answer) == words.CONSENT_FIRST


async def test_two_pictures_are_one_too_many(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    answer = await studio.slash(
        studio.alice, "edit restyle", prompt=PROMPT, of="1-0", picture=("me.jpg", ASTRONAUT)
    )
    assert said(answer) == words.ONE_PICTURE


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


async def test_a_shape_that_is_there_already_or_too_far_away_is_refused(studio: Studio) -> None:
    await studio.trained()
    for size, sides, sentence in (
        ((64, 64), "square", words.WIDE_ENOUGH),
        ((64, 192), "wide", words.TOO_FAR),
    ):
        await drew(studio, studio.alice, data=encoded(quarters(*size), "PNG"))
        answer = await studio.slash(studio.alice, "edit outpaint", sides=sides)
        assert said(answer) == sentence
    assert await copies(studio) == []


async def test_what_an_upload_shows_must_be_said(studio: Studio) -> None:
    await studio.trained()
    upload = ("me.jpg", ASTRONAUT)
    answer = await studio.slash(studio.alice, "edit outpaint", sides="up", picture=upload)
    assert said(answer) == words.PROMPT_NEEDED
    await studio.slash(studio.alice, "edit outpaint", sides="up", picture=upload, prompt=PROMPT)
    (job,) = await edits(studio)
    assert job.spec["typed"] == PROMPT


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


async def test_a_picture_whose_file_is_lost_is_told_of(studio: Studio) -> None:
    await studio.trained()
    (image,) = await drew(studio, studio.alice)
    await studio.bot.blobs.delete(image.blob_key)
    answer = await studio.slash(studio.alice, "edit upscale")
    assert said(answer) == words.pictures_lost(1)


async def test_who_has_as_many_jobs_as_allowed_keeps_no_copy(studio: Studio) -> None:
    await studio.trained()
    await drew(studio, studio.alice)
    most = studio.settings.open_jobs_per_member
    assert most
    for _ in range(most):
        await ask(studio.bot.database, studio.alice.id)
    before = studio.posts()
    answer = await studio.slash(studio.alice, "edit upscale")
    assert said(answer) == words.quota_full("member", most)
    assert await copies(studio) == []
    assert await is_tidy(studio)
    assert studio.posts() == before


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


async def test_a_picture_that_cannot_become_larger_is_refused_with_what_else_there_is(
    studio: Studio,
) -> None:
    await studio.trained()
    await drew(studio, studio.alice, data=encoded(quarters(128, 128), "PNG"))
    answer = await studio.slash(studio.alice, "edit upscale")
    assert said(answer) == words.LARGE_ENOUGH
    assert (await edits(studio), await copies(studio)) == ([], [])


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


async def test_a_subject_that_went_meanwhile_is_told_of(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await studio.trained()
    await drew(studio, studio.alice)
    add = sources.add

    async def late(*given: Any, **asked: Any) -> Any:
        source = await add(*given, **asked)
        await delete_subject(studio.bot.database, studio.bot.blobs, studio.alice.id, subject.token)
        return source

    monkeypatch.setattr("bot.edits.sources.add", late)
    answer = await studio.slash(studio.alice, "edit restyle", prompt=PROMPT)
    assert said(answer) == words.SOURCE_GONE
    assert await is_tidy(studio)
