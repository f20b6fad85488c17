"""The report card: posted with the end of a training, and shown again whenever it is asked for."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import words
from bot.card import Card
from bot.views import report
from bot.views.layout import MOST_TEXT
from storage.tables import Subject
from tests.bot.commands.conftest import Studio, messages, said, shown
from tests.bot.commands.endings import ANYTHING, Ended, a_card, ended
from tests.bot.commands.pressing import choose, picture
from tests.bot.sheets.tiles import pixels
from tests.rows import an_adapter, claimed


def fields(message: Any) -> dict[str, str]:
    found = re.findall(r"^\*\*(.+?)\*\* (.*)$", shown(message), re.MULTILINE)
    return {name: value for name, value in found if name in words.REPORT_FIELDS.values()}


async def report_of(studio: Studio, message: Any) -> Any:
    answer = await studio.alice.click(message, label=words.SHOW_REPORT)
    return messages(answer)[-1]


async def test_the_card_comes_with_the_word_that_it_is_ready(studio: Studio) -> None:
    end = await ended(studio)
    assert picture(end.ping) == f"darkroom-{end.job_id}-report.png"
    assert pixels(await end.ping.attachments[0].read()).shape[1] == 1000
    text = shown(end.ping)
    assert "I chose step 280: after that, your photos were being copied." in text
    assert "Looks learned, not copied" in text
    assert "Any other woman still looks as before" in text
    assert fields(end.ping) == {
        "Photos": "8, 2 kept back as a test",
        "Steps": "280 of 400",
        "Time": "4 minutes, 20 seconds of it judging, on cpu",
        "Learned as": (
            "LoRA with a token of its own, rank 16, learning rate 0.002, 4 at once, min-SNR 5"
        ),
        "Kept the class by": "24 class images, weight 0.7",
        "Seed": "7",
        "Base": "tiny `0123456789ab`",
    }
    panel = shown(end.panel)
    assert words.trained("zwx", "woman", 280, 240.0) in panel
    assert "after that, your photos were being copied" in panel


async def test_what_was_given_up_for_memory_is_said(studio: Studio) -> None:
    end = await ended(studio, stepped_down=["checkpointing", "8-bit"], peak_memory_mb=5230)
    assert words.stepped_down_line(["checkpointing", "8-bit"]) in shown(end.ping)
    assert fields(end.ping)["Memory"] == "5.2 GB at most"


async def test_a_training_that_ended_by_itself_says_when_and_why(studio: Studio) -> None:
    end = await ended(studio, ended="early", planned_steps=800)
    for message in (end.panel, end.ping):
        assert words.ended_early(400, 800) in shown(message)
    assert "as you asked" not in shown(end.panel) + shown(end.ping)


async def test_a_training_that_its_member_stopped_says_so(studio: Studio) -> None:
    end = await ended(studio, 280, ended="member", why="member")
    assert words.trained_early("zwx", "woman", 280, 400) in shown(end.panel)
    assert words.trained_early_ping(f"<@{studio.alice.id}>", "zwx") in shown(end.ping)


async def test_one_that_went_on_counts_all_its_steps(studio: Studio) -> None:
    """Planned are the new ones alone."""
    more = {"from": 2, "planned_steps": 200}
    end = await ended(studio)
    await studio.alice.click(end.panel, label=words.train_more(200))
    lease = await claimed(studio.bot.database)
    await studio.finish(lease, a_card(480, ended="planned", why="last", **more), 12)
    await studio.look()
    assert fields(studio.channel.last_message)["Steps"] == "480, going on from step 280"
    await studio.alice.click(end.panel, label=words.train_more(200))
    lease = await claimed(studio.bot.database)
    await studio.finish(lease, a_card(180, ended="member", why="member", **more), 12)
    await studio.look()
    assert "as you asked" in shown(studio.channel.last_message)
    assert "180 of 200" not in "".join(shown(m) for m in studio.channel.history())


async def test_the_card_of_another_candidate_is_its_own(studio: Studio) -> None:
    end = await ended(studio)
    sheet = messages(await studio.alice.click(end.ping, label=words.SHOW_SHEET))[-1]
    await choose(studio, sheet, "candidate-use", end.adapters[2].id)
    shown_card = await report_of(studio, end.panel)
    assert shown_card.ephemeral
    assert words.not_proposed(400, 280) in shown(shown_card)
    assert "Leans on your photos" in shown(shown_card)
    assert "I chose" not in shown(shown_card)
    own = await shown_card.attachments[0].read()
    assert own != await end.ping.attachments[0].read()


async def test_a_version_in_use_has_its_card_on_the_list(studio: Studio) -> None:
    await ended(studio)
    panel = messages(await studio.slash(studio.alice, "subject versions", token="zwx"))[0]
    await studio.restart()
    assert fields(await report_of(studio, panel))["Steps"] == "280 of 400"


async def test_a_card_from_before_anything_was_judged_has_no_picture(studio: Studio) -> None:
    panel = await studio.training()
    lease = await claimed(studio.bot.database)
    await studio.finish(lease, {"steps": 120, "photos": 8, "seconds": 60.0, "seed": 3}, 8)
    await studio.look()
    ping = studio.channel.last_message
    assert ping.attachments == []
    assert fields(ping) == {
        "Photos": "8", "Steps": "120", "Time": "60 seconds", "Learned as": "LoRA", "Seed": "3"
    }  # fmt: skip
    assert words.trained("zwx", "woman", 120, 60.0) in shown(studio.again(panel))


@pytest.mark.parametrize("label", [words.SHOW_REPORT, words.SHOW_SHEET])
async def test_nobody_else_is_shown_what_came_of_it(studio: Studio, label: str) -> None:
    end = await ended(studio)
    assert said(await studio.bob.click(end.ping, label=label)) == words.NOT_FOR_YOU


async def test_a_card_that_is_gone_says_so(studio: Studio) -> None:
    end: Ended = await ended(studio)
    async with studio.bot.database.write() as session:
        for adapter in end.adapters:
            await session.delete(await session.get_one(type(adapter), adapter.id))
    assert shown(await report_of(studio, end.panel)) == words.REPORT_GONE


async def test_the_card_of_an_adapter_that_was_made_by_hand_is_empty(studio: Studio) -> None:
    end = await ended(studio)
    await studio.look(60)
    async with studio.bot.database.write() as session:
        key = await studio.bot.blobs.put("adapters", b"weights", "safetensors")
        session.add(an_adapter(end.subject, None, key))
    panel = messages(await studio.slash(studio.alice, "subject versions", token="zwx"))[0]
    assert fields(await report_of(studio, panel)) == {"Steps": "0", "Learned as": "LoRA"}


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(a_card())), ANYTHING)
def test_whatever_stands_on_a_card_it_is_posted(name: str, value: Any) -> None:
    """Or the word that a training has ended would never come."""
    subject = Subject(id=1, owner_id=1, token="zwx", class_word="woman", kind="pet", base="tiny")
    card = Card.read(a_card() | {name: value})
    told = [part for part in report._parts(subject, card, card.steps, None, ()) if part]
    assert all(isinstance(part, str) for part in told)
    assert sum(len(str(part)) for part in told) < MOST_TEXT // 2
    report._curves(card, card.steps)
