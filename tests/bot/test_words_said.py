"""What is told of photos, plans, trainings and what is kept, in words that fit."""

from __future__ import annotations

import re
from typing import get_args

import pytest

from bot import words
from bot.photos.edit import ACTIONS
from bot.photos.terms import DECLARED, FRAMINGS, KINDS, WARNINGS
from bot.plan import Warned
from storage.erase import Receipt
from storage.settings import METHODS
from tests.bot.test_words import is_fit


@pytest.mark.parametrize("warning", WARNINGS)
def test_every_warning_is_said(warning: str) -> None:
    said, plain = (words.photo_verdict("person", "face", w, None) for w in ([warning], []))
    assert said != plain


@pytest.mark.parametrize("is_whole", [False, True])
def test_every_action_on_a_square_has_a_button_and_says_when_it_changed_nothing(
    is_whole: bool,
) -> None:
    assert set(words.SQUARE_BUTTONS) == set(ACTIONS)
    assert all(0 < len(label) <= 80 for label in words.SQUARE_BUTTONS.values())
    assert all(is_fit(words.square_stays(action, is_whole=is_whole)) for action in ACTIONS)


def test_a_remark_that_is_kept_is_said_to_be() -> None:
    told, kept = (
        words.photo_verdict("person", "face", ["dark", "blurry"], None, kept=kept)
        for kept in (False, True)
    )
    assert "rather dark, a little blurry" in told
    assert "you keep it: rather dark, a little blurry" in kept


def test_a_photo_that_does_not_count_says_why_before_what_is_remarked() -> None:
    said = words.photo_verdict("person", "face", ["blurry"], 3)
    assert said.index("nearly the same as photo 3") < said.index("a little blurry")
    assert "once you have said what it shows" in words.photo_verdict("pet", "other", [], None)


FACES_AND_WAISTS = re.compile(r"\b(face|faces|waist|torso|torsos)\b")


@pytest.mark.parametrize("kind", KINDS)
def test_only_a_person_is_said_to_have_a_face_and_a_waist(kind: str) -> None:
    asked = [
        words.missing_line(kind, 1, 2, 3),
        words.not_covered(kind, 6, 1),
        words.coverage_line(kind, 6, 1, 6, 2),
        *(words.photo_verdict(kind, framing, ["dark"], None) for framing in FRAMINGS),
        *words.framing_choices(kind).values(),
        words.subject_created("zwx", "dog", kind, ["z", "wx"])
        .replace("`face`", "")
        .replace("`torso`", ""),
    ]
    assert all(is_fit(sentence) for sentence in asked)
    named = [sentence for sentence in asked if FACES_AND_WAISTS.search(sentence.lower())]
    assert bool(named) == (kind == "person"), named
    without = {"chest"} if kind in ("person", "object") else set()
    assert set(words.framing_choices(kind)) == set(DECLARED) - without


@pytest.mark.parametrize("code", get_args(Warned))
@pytest.mark.parametrize("much", [0.0001, 0.25, 1.0, 3.4, 300.0])
@pytest.mark.parametrize("class_images", [0, 100])
def test_every_plan_warning_has_a_sentence(code: str, much: float, class_images: int) -> None:
    assert is_fit(words.plan_warning(code, much, (800, 2e-6, class_images), "woman"))


def test_every_method_and_every_bound_has_a_sentence() -> None:
    for method in METHODS:
        assert is_fit(words.goes_on_only_with("zwx", method))
        assert is_fit(words.no_more_of("zwx", method))
        assert method not in words.plan_method(method)  # it is said in words
    assert is_fit(words.method_not_offered(METHODS))
    for field in ("steps", "class_images", "learning_rate"):
        assert is_fit(words.out_of_bounds(field, 1e-5, 3000))
    for label in (words.START, words.START_OVER, words.learn_new(1), words.learn_new(60)):
        assert 0 < len(label) <= 80


@pytest.mark.parametrize(
    "phase", ["loading", "dataset", "class-images", "training", "samples", "?"]
)
@pytest.mark.parametrize(("step", "total", "rate"), [(0, 0, None), (3, 10, 0.5), (10, 10, 4.0)])
def test_progress_is_said_at_every_point(
    phase: str, step: int, total: int, rate: float | None
) -> None:
    assert is_fit(words.progress_line(phase, step, total, rate))


@pytest.mark.parametrize(
    ("s", "said"),
    [
        (0, "1 second"),
        (1.2, "1 second"),
        (42, "42 seconds"),
        (120, "2 minutes"),
        (7200, "2.0 hours"),
    ],
)
def test_durations_are_said_as_people_say_them(s: float, said: str) -> None:
    assert words.span(s) == said


@pytest.mark.parametrize("days", [(None, None, None), (30, None, None), (30, 1, 365)])
def test_the_consent_names_every_retention_that_is_set(days: tuple[int | None, ...]) -> None:
    said = words.consent(*days)
    assert is_fit(said)
    assert [f" {words.count(n, 'day')}" in said for n in days if n] == [True] * (
        3 - days.count(None)
    )
    assert ("no longer than" in said) == (days[0] is not None)
    assert ("I delete by myself" in said) == (days[1] is not None)


def test_every_way_a_training_is_stopped_has_a_sentence() -> None:
    for sentence in (
        words.stop_question(1, 400),
        words.trained_early("zwx", "woman", 81, 400),
        words.trained_so_far("zwx", "woman"),
        words.trained_early_ping("<@1>", "zwx"),
    ):
        assert is_fit(sentence)
    for label in (words.STOP_AND_KEEP, words.STOP_AND_DROP, words.GO_ON):
        assert 0 < len(label) <= 80


def test_a_place_that_is_not_known_is_not_made_up() -> None:
    assert is_fit(words.waiting_line(None))
    assert words.waiting_line(None) != words.waiting_line(0)


def test_a_receipt_counts_one_and_many() -> None:
    said = words.forgotten(Receipt(1, 8, 0, 2, 1, 1_500_000))
    assert "1 subject, 8 photos, 0 trainings, 2 pictures, 1 job, 1.5 MB" in said
    assert "as soon as" not in said
    assert "The last file goes as soon as" in words.forgotten(Receipt(1, waiting_files=1))
    assert "The last 9 files go as soon as" in words.forgotten(Receipt(1, waiting_files=9))
    assert "nothing of yours" in words.forgotten(Receipt(0, 0, 0, 0, 0, 0))
