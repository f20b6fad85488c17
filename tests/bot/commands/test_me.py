from __future__ import annotations

import pytest

from bot import words
from bot.app import BURY_EVERY_S
from storage import offences, queue
from storage.erase import Receipt
from storage.errors import LeaseLost, StoreUnreachable
from storage.subjects import has_consented
from storage.tables import Job, Photo, Subject
from tests.bot.commands.conftest import Studio, said
from tests.bot.commands.screening import offend
from tests.rows import ask, claimed, count, files, keys_of, rows


async def test_a_member_is_forgotten_with_a_receipt(studio: Studio) -> None:
    database = studio.bot.database
    subject = await studio.covered()
    await studio.covered(studio.bob, token="qqxy")
    await ask(database, studio.alice.id, subject=subject)
    question = await studio.slash(studio.alice, "me forget")
    assert said(question) == words.FORGET_QUESTION
    kept = await studio.alice.click(question.response, label=words.FORGET_NO)
    assert said(kept) == words.KEPT
    assert await count(database, Photo) == 16
    question = await studio.slash(studio.alice, "me forget")
    answer = await studio.alice.click(question.response, label=words.FORGET_YES)
    assert "Receipt: 1 subject, 8 photos, 0 trainings, 0 pictures, 1 job" in said(answer)
    assert [s.token for s in await rows(database, Subject)] == ["qqxy"]
    assert await count(database, Job) == 0
    assert not await has_consented(database, studio.alice.id, words.CONSENT_VERSION)
    named = await keys_of(database, *await rows(database, Photo))
    assert await files(studio.bot.blobs) == named
    await studio.look()


async def test_who_left_nothing_is_told_so(studio: Studio) -> None:
    question = await studio.slash(studio.bob, "me forget")
    answer = await studio.bob.click(question.response, label=words.FORGET_YES)
    assert "I keep nothing of yours" in said(answer)


async def test_a_member_is_forgotten_while_a_job_of_theirs_runs(studio: Studio) -> None:
    """Case 39: the worker loses its lease, and a second call finds nothing left."""
    database = studio.bot.database
    panel = await studio.training()
    lease = await claimed(database)
    await queue.beat(database, lease, progress={"phase": "training", "step": 3, "total": 400})
    await studio.look()
    question = await studio.slash(studio.alice, "me forget")
    answer = await studio.alice.click(question.response, label=words.FORGET_YES)
    assert "1 subject, 8 photos, 0 trainings, 0 pictures, 1 job" in said(answer)
    with pytest.raises(LeaseLost):
        await queue.beat(database, lease)
    with pytest.raises(LeaseLost):
        await studio.finish(lease, {}, 0)
    assert await files(studio.bot.blobs) == set()
    await studio.look()
    assert panel.id not in {m.id for m in studio.channel.history()}
    question = await studio.slash(studio.alice, "me forget")
    again = await studio.alice.click(question.response, label=words.FORGET_YES)
    assert said(again) == words.forgotten(Receipt())
    assert await queue.claim(database) is None


async def test_files_of_a_store_that_is_away_are_told_of_and_go_when_it_answers(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    await studio.covered()
    delete = studio.bot.blobs.delete

    async def is_away(key: str) -> int:
        raise StoreUnreachable

    monkeypatch.setattr(studio.bot.blobs, "delete", is_away)
    question = await studio.slash(studio.alice, "me forget")
    answer = await studio.alice.click(question.response, label=words.FORGET_YES)
    assert "The last 16 files go as soon as the store" in said(answer)
    assert len(await files(studio.bot.blobs)) == 16
    monkeypatch.setattr(studio.bot.blobs, "delete", delete)
    await studio.look(BURY_EVERY_S)
    assert await files(studio.bot.blobs) == set()


async def test_answers_to_a_forgotten_member_are_taken_down(studio: Studio) -> None:
    await studio.trained()
    answer = await studio.slash(studio.alice, "imagine", prompt="zwx woman at the beach")
    message = answer.response.id
    assert message in {m.id for m in studio.channel.history()}
    question = await studio.slash(studio.alice, "me forget")
    await studio.alice.click(question.response, label=words.FORGET_YES)
    await studio.look()
    assert message not in {m.id for m in studio.channel.history()}


async def test_a_break_outlasts_being_forgotten_and_that_is_said(studio: Studio) -> None:
    await studio.trained()
    await offend(studio)
    until = await offences.suspended_until(studio.bot.database, studio.alice.id)
    assert until is not None
    for told in (
        Receipt(subjects=1, adapters=1, suspended_until=until),
        Receipt(suspended_until=until),
    ):
        question = await studio.slash(studio.alice, "me forget")
        assert "Only a break goes on" in said(question)
        answer = await studio.alice.click(question.response, label=words.FORGET_YES)
        assert f"<t:{int(until.timestamp())}:R>" in said(answer)
        assert "your id" in said(answer).lower()
        assert said(answer).split(",")[0] == words.forgotten(told).split(",")[0]
    await studio.trained()
    refused = await studio.slash(studio.alice, "imagine", prompt="zwx at the beach")
    assert said(refused) == words.suspended(until)
    await studio.look()
