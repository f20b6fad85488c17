"""How a training draws by now, on its panel."""

from __future__ import annotations

from typing import Any

import discord
import pytest

from bot import words
from bot.photos.darkbox import Examiner
from bot.photos.errors import PhotoRefused
from bot.screen import UNREADABLE
from bot.views.press import panel as buttons
from bot.views.progress import CancelJob
from storage import line, newest, queue, screening
from storage.tables import Preview
from tests.bot.commands.conftest import Studio, labels, messages, parts, shown
from tests.bot.commands.screening import BOLD, CALM, strict
from tests.rows import claimed, rows

LEARNING = {"phase": "training", "step": 80, "total": 400, "rate": 4.0}
GALLERY = 12


async def drew(studio: Studio, lease: queue.Lease, step: int, png: bytes = CALM) -> None:
    """What a trainer does between two steps."""
    key = await studio.bot.blobs.put("previews", png, "png")
    await newest.keep(studio.bot.database, Preview, lease, step, key)


async def begun(studio: Studio) -> tuple[Any, queue.Lease]:
    panel = await studio.training()
    lease = await claimed(studio.bot.database)
    await queue.beat(studio.bot.database, lease, progress=LEARNING)
    return panel, lease


def pictured(message: Any) -> list[str]:
    return [
        item["media"]["url"].rsplit("/", 1)[-1].split("?")[0]
        for part in parts(message)
        if part["type"] == GALLERY
        for item in part["items"]
    ]


async def test_the_newest_hangs_on_the_panel_until_the_end(studio: Studio) -> None:
    panel, lease = await begun(studio)
    await studio.look()
    assert pictured(studio.again(panel)) == []
    for step in (40, 80):
        await drew(studio, lease, step)
        await studio.look()
        now = studio.again(panel)
        assert pictured(now) == [f"preview-{lease.job.id}-{step}.png"]
        assert [file.filename for file in now.attachments] == pictured(now)
        assert await now.attachments[0].read() == CALM
        assert words.preview_line(step) in shown(now)
        assert labels(now) == [words.CANCEL]
    await studio.finish(lease, {"steps": 400, "seconds": 60.0}, 8)
    await studio.look()
    done = studio.again(panel)
    assert pictured(done) == []
    assert done.attachments == []
    assert await rows(studio.bot.database, Preview) == []


async def test_a_file_is_sent_once_and_words_change_beside_it(studio: Studio) -> None:
    panel, lease = await begun(studio)
    await drew(studio, lease, 40)
    await studio.look()
    first = studio.again(panel).attachments[0].id
    before = len(studio.sent("PATCH"))
    await studio.look()
    assert len(studio.sent("PATCH")) == before  # nothing new
    await queue.beat(studio.bot.database, lease, progress={**LEARNING, "step": 120})
    await studio.look()
    now = studio.again(panel)
    assert "120 of 400" in shown(now)
    assert [file.id for file in now.attachments] == [first]
    await studio.restart()
    await studio.look()
    assert pictured(studio.again(panel)) == [f"preview-{lease.job.id}-40.png"]


async def test_a_preview_is_looked_at_before_it_is_shown(studio: Studio) -> None:
    await strict(studio)
    panel, lease = await begun(studio)
    await drew(studio, lease, 40, BOLD)
    await studio.look()
    assert pictured(studio.again(panel)) == []
    (row,) = await rows(studio.bot.database, Preview)
    assert row.explicit is not None
    await drew(studio, lease, 80, CALM)
    await studio.look()
    assert pictured(studio.again(panel)) == [f"preview-{lease.job.id}-80.png"]
    await drew(studio, lease, 120, BOLD)
    await studio.look()
    assert pictured(studio.again(panel)) == []
    assert studio.again(panel).attachments == []


async def test_one_that_there_was_no_time_to_look_at_is_not_shown(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuse(*_: object) -> float:
        raise PhotoRefused("took_too_long", limit_s=5)

    monkeypatch.setattr(Examiner, "screen", refuse)
    panel, lease = await begun(studio)
    await drew(studio, lease, 40)
    await studio.look()
    assert pictured(studio.again(panel)) == []
    assert words.progress_line("training", 80, 400, 4.0) in shown(studio.again(panel))
    (row,) = await rows(studio.bot.database, Preview)
    assert row.explicit == pytest.approx(UNREADABLE)


@pytest.mark.parametrize("score", [None, 0.1])
async def test_one_whose_file_is_lost_leaves_the_panel_alive(
    studio: Studio, score: float | None
) -> None:
    panel, lease = await begun(studio)
    await drew(studio, lease, 40)
    (row,) = await rows(studio.bot.database, Preview)
    if score is not None:
        await screening.note_scores(studio.bot.database, {row.id: score}, of=Preview)
    await studio.bot.blobs.delete(row.blob_key)
    await studio.look()
    assert pictured(studio.again(panel)) == []
    assert words.progress_line("training", 80, 400, 4.0) in shown(studio.again(panel))


async def test_it_comes_with_what_a_member_asks_for(studio: Studio) -> None:
    _, lease = await begun(studio)
    await drew(studio, lease, 40)
    for command in ("train status", "show"):
        (message,) = messages(await studio.slash(studio.alice, command))
        assert message.ephemeral
        assert pictured(message) == [f"preview-{lease.job.id}-40.png"]


async def test_a_panel_from_before_the_upgrade_becomes_a_card(studio: Studio) -> None:
    _, lease = await begun(studio)
    channel = studio.bot.get_partial_messageable(studio.channel.id)
    old = discord.Embed(title="Training zwx", description="Learning")
    sent = await channel.send(embed=old, view=buttons(CancelJob(studio.alice.id, 1)))
    await line.set_message(studio.bot.database, lease.job.id or 0, sent.channel.id, sent.id)
    await drew(studio, lease, 40)
    await studio.look()
    now = studio.again(sent)
    assert now.embeds == []
    assert words.progress_line("training", 80, 400, 4.0) in shown(now)
    assert pictured(now) == [f"preview-{lease.job.id}-40.png"]
