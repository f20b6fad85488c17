"""What is said after a training: every reason and score has a sentence, and Discord takes each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import get_args

import pytest

from bot import words
from bot.card import Reason, Score
from bot.words.en import report
from storage.settings import METHODS
from tests.bot.test_words import is_fit


@pytest.mark.parametrize("reason", get_args(Reason))
@pytest.mark.parametrize("held_out", [0, 1, 3])
def test_every_reason_for_a_step_has_a_sentence(reason: str, held_out: int) -> None:
    said = words.why_line(reason, 280, held_out, "zwx", "toy robot")
    assert is_fit(said)
    assert "step 280" in said


@pytest.mark.parametrize("score", get_args(Score))
def test_every_score_has_a_sentence(score: str) -> None:
    assert is_fit(words.score_line(score, "zwx", "toy robot"))


def test_no_reason_and_no_score_is_never_given() -> None:
    assert set(report._REASONS) == set(get_args(Reason))
    assert set(report._SCORES) == set(get_args(Score))


def test_what_was_done_for_memory_is_said_as_far_as_it_is_known() -> None:
    assert words.stepped_down_line([]) == words.stepped_down_line(["of another day"]) == ""
    told = [words.stepped_down_line([code]) for code in report._STEPPED_DOWN]
    assert all(is_fit(said) for said in told)
    assert len(set(told)) == 3
    every = words.stepped_down_line(list(report._STEPPED_DOWN))
    assert is_fit(every)
    assert all(said.removesuffix(".").split(" I ")[1] in every for said in told)


def test_labels_of_versions_fit_into_a_menu() -> None:
    at = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
    assert words.version_label(123_456, at) == "Step 123456, 2026-11-23 08:05 UTC"
    remark = words.version_remark(10_000, is_used=True, is_proposed=True)
    assert remark == "10000 photos, my choice, in use"
    assert words.version_remark(None, is_used=False, is_proposed=False) == ""
    line = words.version_line(320, 8, at, is_used=True, is_proposed=False, fits=False)
    assert f"<t:{int(at.timestamp())}:f>" in line
    assert 25 * len(line) < 4000  # a whole menu's fits into an embed


def test_what_after_a_training_is_said_once_and_often_is_fit() -> None:
    for number in (1, 2, 200):
        for sentence in (
            words.train_more(number),
            words.version_chosen("zwx", number),
            words.sheet_rows(number, []),
            words.sheet_rows(number, ["a zwx woman", "a zwx woman at the beach"]),
            words.in_use_elsewhere(number),
            words.more_versions(number),
            words.not_proposed(number, 3),
            words.ended_early(number, 400),
            words.report_photos(number, 0),
            words.report_photos(number, 1),
            words.report_steps(number, None, None),
            words.report_steps(number, 400, None),
            words.report_steps(number, 400, 80),
            words.report_memory(number * 100),
            words.report_time(number, 2.0, "CPU"),
            words.report_time(number, None, None),
            words.report_class(number, 0.7),
            words.report_class(0, None),
            words.report_base("tiny", "0" * 64),
            words.report_face(0.31),
            words.no_versions("zwx"),
            words.other_base("zwx", "tiny"),
        ):
            assert is_fit(sentence)


@pytest.mark.parametrize("method", [*METHODS, "of another day"])
def test_settings_are_said_as_far_as_they_are_known(method: str) -> None:
    said = words.report_settings(method, 1e-4, 16, 4, 5.0)
    assert is_fit(said)
    assert ("rank 16" in said) == (method != "full")
    assert is_fit(words.report_settings(method, None, None, None, None))
