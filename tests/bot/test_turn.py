"""Of a waiting job it is told what is known of its turn, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from bot import words
from bot.turn import UNKNOWN, Turn, turns
from storage import clock
from storage.line import Line
from storage.tables import Job, Worker

AT = datetime(2026, 11, 24, 6, 30, tzinfo=UTC)


def trainer(**known: Any) -> Worker:
    told = {"base": "tiny", "base_hash": "0", "device": "cpu", "image_s": 60.0, "step_s": 1.0}
    return Worker(**{**told, "seen_at": clock.now(), "started_at": clock.now(), **known})


def job(number: int, kind: str = "generate", state: str = "queued", **spec: Any) -> Job:
    interactive = kind == "generate"
    return Job(
        id=number,
        kind=kind,
        interactive=interactive,
        state=state,
        owner_id=1,
        spec=spec,
        progress={},
    )


def test_pictures_wait_for_pictures_and_trainings_for_all() -> None:
    running = job(1, "train", "running", steps=600)
    seen = Line([running, job(2, pictures=2), job(3), job(4, "train", steps=600)], {})
    found = turns(seen, trainer())
    assert set(found) == {2, 3, 4}
    assert (found[2].place, found[2].seconds) == (1, 0.0)
    assert (found[3].place, found[3].seconds) == (2, 120.0)
    assert found[4].seconds is not None
    assert found[4].seconds > 600


def test_without_a_measurement_or_a_trainer_no_minutes_are_told() -> None:
    seen = Line([job(1, "train", "running", steps=600), job(2, "train", steps=600)], {})
    asleep = trainer(seen_at=AT.replace(year=2020))
    for one in (None, asleep, trainer(step_s=None)):
        (found,) = turns(seen, one).values()
        assert found.seconds is None
        assert found.said() == words.waiting_line(1)


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (UNKNOWN, words.waiting_line(None)),
        (Turn(0, 0.0), words.waiting_line(0)),
        (Turn(0, 500.0), words.waiting_line(0)),
        (Turn(3), words.waiting_line(3)),
        (Turn(3, 200.0), f"{words.waiting_line(3)} {words.about_minutes(4)}"),
        (Turn(3, 200.0, AT), words.resting_line(AT)),
    ],
)
def test_what_is_said(turn: Turn, said: str) -> None:
    assert turn.said() == said


@pytest.mark.parametrize("language", ["en", "de"])
def test_times_are_told_as_discord_tells_them(language: str) -> None:
    with words.speaking(language):
        for sentence in (words.resting_line(AT), words.queue_resting(AT)):
            assert f"<t:{int(AT.timestamp())}:t>" in sentence
            assert len(sentence) <= 300
        assert words.about_minutes(1) != words.about_minutes(5)
