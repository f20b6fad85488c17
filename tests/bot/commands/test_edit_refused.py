"""What is not worked on: its member is told why, alone, and nothing is kept of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot import words
from bot.photos.prepared import Prepared
from storage import offences, screening, sources
from storage.erase import delete_subject
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.editing import PROMPT, copies, drew, edits, is_tidy
from tests.bot.photos.pictures import ASTRONAUT, encoded, quarters
from tests.rows import ask, new_subject, trained


async def test_without_a_picture_there_is_nothing_to_work_on(studio: Studio) -> None:
    await studio.trained()
    answer = await studio.slash(studio.alice, "edit restyle", prompt=PROMPT)
    assert said(answer) == words.NO_PICTURES
    assert await edits(studio) == []


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


async def test_a_picture_that_cannot_become_larger_is_refused_with_what_else_there_is(
    studio: Studio,
) -> None:
    await studio.trained()
    await drew(studio, studio.alice, data=encoded(quarters(128, 128), "PNG"))
    answer = await studio.slash(studio.alice, "edit upscale")
    assert said(answer) == words.LARGE_ENOUGH
    assert (await edits(studio), await copies(studio)) == ([], [])


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
