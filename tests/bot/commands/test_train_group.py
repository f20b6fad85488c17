"""`/train status | cancel | more | choose`."""

from __future__ import annotations

from typing import Any

import pytest

from bot import words
from storage import queue
from storage.tables import Job
from tests.bot.commands.conftest import Studio, labels, messages, said, shown
from tests.rows import ask, rows


async def test_status_shows_its_member_alone_the_panel_with_its_button(studio: Studio) -> None:
    subject = await studio.covered()
    await ask(studio.bot.database, studio.alice.id, kind="train", subject=subject)
    answer = await studio.slash(studio.alice, "train status")
    panel = messages(answer)[0]
    assert panel.ephemeral
    assert words.waiting_line(0) in shown(panel)
    assert words.CANCEL in labels(panel)


@pytest.mark.parametrize("command", ["train status", "train cancel"])
async def test_somebody_elses_training_is_answered_like_none(studio: Studio, command: str) -> None:
    subject = await studio.covered()
    job = await ask(studio.bot.database, studio.alice.id, kind="train", subject=subject)
    assert said(await studio.slash(studio.bob, command)) == words.NO_TRAINING
    by_token = await studio.slash(studio.bob, command, token="zwx")
    assert said(by_token) == words.unknown_subject("zwx")
    kept = await queue.get(studio.bot.database, job.id or 0)
    assert kept is not None
    assert kept.state == "queued"


async def test_cancel_ends_the_training_of_the_subject_that_was_named(studio: Studio) -> None:
    first = await studio.covered()
    second = await studio.covered(token="qqxy")
    await ask(studio.bot.database, studio.alice.id, kind="train", subject=first)
    await ask(studio.bot.database, studio.alice.id, kind="train", subject=second)
    assert said(await studio.slash(studio.alice, "train cancel", token="qqxy")) == words.CANCELLED
    states: dict[Any, str] = {
        job.subject_id: job.state for job in await rows(studio.bot.database, Job)
    }
    assert states == {first.id: "queued", second.id: "cancelled"}


@pytest.mark.parametrize("command", ["train more", "train choose"])
async def test_what_was_never_trained_has_nothing_to_go_on_from(
    studio: Studio, command: str
) -> None:
    await studio.covered()
    answer = await studio.slash(studio.alice, command, token="zwx")
    assert said(answer) == words.no_versions("zwx")
    other = await studio.slash(studio.bob, command, token="zwx")
    assert said(other) == words.unknown_subject("zwx")
