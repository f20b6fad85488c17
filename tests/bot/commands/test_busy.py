"""What members hear while the database takes no writes, and that nothing is lost by it."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import pytest

from bot import words
from storage import line, subjects
from storage.errors import Busy, StorageFull
from storage.tables import Job, Subject
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.rows import claimed, count, rows

PROMPT = "zwx at the beach"
#: Discord waits so long for the first answer.
DEADLINE_S = 3.0


@contextmanager
def held_lock(studio: Studio) -> Iterator[None]:
    """Another process writes, for as long as the block lasts."""
    path = studio.bot.database.path
    with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


async def test_a_command_under_a_held_lock_is_answered_in_time_and_works_afterwards(
    studio: Studio,
) -> None:
    """Case 27."""
    studio.foreseen = (Busy,)
    await studio.trained()
    first = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    with held_lock(studio):
        for command, options in (
            ("imagine", {"prompt": PROMPT}),
            ("subject create", {"token": "qqxy", "kind": "pet"}),
        ):
            began = time.monotonic()
            answer = await studio.slash(studio.alice, command, **options)
            assert time.monotonic() - began < DEADLINE_S
            assert said(answer) == words.BUSY
        # what only reads does not wait at all
        assert "zwx" in said(await studio.slash(studio.alice, "subject list"))
    assert len(await rows(studio.bot.database, Job)) == 1
    assert await count(studio.bot.database, Subject) == 1
    again = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert words.waiting_line(1) in shown(messages(again)[0])
    for message in (messages(first)[0], messages(again)[0]):
        await studio.finish(await claimed(studio.bot.database), {"seconds": 1.0}, 1)
        await studio.look()
        assert len(studio.again(message).attachments) == 1


async def test_a_button_under_a_held_lock_says_so_and_works_afterwards(studio: Studio) -> None:
    panel = await studio.training()
    with held_lock(studio):
        began = time.monotonic()
        assert said(await studio.alice.click(panel, label=words.CANCEL)) == words.BUSY
        assert time.monotonic() - began < DEADLINE_S
    assert said(await studio.alice.click(panel, label=words.CANCEL)) == words.CANCELLED


async def test_deliveries_go_on_after_a_held_lock(studio: Studio) -> None:
    message, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    with held_lock(studio):
        await studio.look()
        assert await studio.delivered() == [False]
    await studio.look()
    assert await studio.delivered() == [True]
    assert len(studio.again(message).attachments) == 1


async def test_a_full_disk_is_said_kindly(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    studio.foreseen = (StorageFull,)
    await studio.trained()

    async def is_full(*_: object) -> None:
        raise StorageFull

    monkeypatch.setattr("bot.request.queue.enqueue", is_full)
    answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert said(answer) == words.FULL


async def test_an_option_that_cannot_be_looked_up_now_is_no_fault_of_anybody(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.foreseen = (Busy,)
    await studio.trained()

    async def is_busy(*_: object) -> Subject:
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(subjects, "owned_subject", is_busy)
        answer = await studio.slash(studio.alice, "subject show", token="zwx")
    assert said(answer) == words.BUSY


async def test_what_is_in_line_is_never_told_to_have_changed_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line cannot be read just after the job went into it."""
    await studio.trained()

    async def is_busy(*_: object) -> int:
        raise Busy

    with monkeypatch.context() as patch:
        patch.setattr(line, "look", is_busy)
        answer = await studio.slash(studio.alice, "imagine", prompt=PROMPT)
    assert [shown(m) for m in messages(answer)] == [words.picture_waiting(PROMPT, None)]
    await studio.look()
    assert shown(studio.again(messages(answer)[0])) == words.picture_waiting(PROMPT, 0)
