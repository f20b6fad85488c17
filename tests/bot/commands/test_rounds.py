"""What the bot does by itself after its start: it removes what is to go, and never stops."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest

import bot.app
from storage import clock, doomed, orphans
from storage.tables import Image, Job
from tests.bot.commands.conftest import Studio
from tests.rows import SQUARE, count, files


async def test_what_a_killed_bot_left_to_be_removed_goes_soon_after_the_next_start(
    studio: Studio,
) -> None:
    key = await studio.bot.blobs.put("photos", SQUARE, "png")
    async with studio.bot.database.write() as session:
        await doomed.doom(session, [key])
    await studio.restart()
    await studio.look(1)
    assert await files(studio.bot.blobs) == set()


async def test_files_without_a_row_go_once_they_are_old(studio: Studio) -> None:
    old, young = [await studio.bot.blobs.put("photos", SQUARE, "png") for _ in range(2)]
    aged = time.time() - orphans.OLD_ENOUGH_S - 1
    os.utime(studio.bot.blobs.path(old), (aged, aged))
    await studio.restart()
    await studio.look(1)
    assert await files(studio.bot.blobs) == {young}


async def test_what_is_past_its_time_goes_and_what_is_not_stays(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.settings.pictures_days = 2
    _, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    await studio.look()
    now = clock.now()
    for days, left in ((1, 1), (3, 0)):
        monkeypatch.setattr(clock, "now", lambda days=days: now + timedelta(days=days))
        await studio.restart()
        await studio.env.advance_time(1)
        assert await count(studio.bot.database, Job) == left
        assert await count(studio.bot.database, Image) == left


async def test_rounds_that_break_are_done_again_and_hold_up_nothing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken: list[str] = []

    def breaking(what: str) -> object:
        async def breaks(*_: object) -> None:
            broken.append(what)
            raise RuntimeError("nobody foresaw this")

        return breaks

    for what in ("bury", "sweep_orphans", "expire"):
        monkeypatch.setattr(bot.app, what, breaking(what))
    for what in ("BURY_EVERY_S", "TIDY_EVERY_S"):
        monkeypatch.setattr(bot.app, what, 5.0)
    await studio.restart()  # the start itself goes well
    await studio.look(12)
    assert {what: broken.count(what) for what in broken} == {
        "bury": 3, "sweep_orphans": 3, "expire": 3,
    }  # fmt: skip
    assert "orphans stumbled" in caplog.text
    message, lease = await studio.picture()
    await studio.finish(lease, {"seconds": 1.0}, 1)
    await studio.look()
    assert len(studio.again(message).attachments) == 1
