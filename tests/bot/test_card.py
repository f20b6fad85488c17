"""The report card as the bot reads it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.card import Card, Mark, Reason, reason, scores
from tests.bot.commands.endings import ANYTHING, MARKS, STEPS, a_card

#: What the trainer notes of a step and no card tells.
UNTOLD = {"leak", "sensitivity", "diversity"}


def read(step: int = 280, **told: Any) -> Card:
    return Card.read(a_card(step, **told))


def mark(step: int, **values: float | None) -> dict[str, Any]:
    return {"step": step, **values}


def test_a_card_is_read_as_it_was_written() -> None:
    card = read(**{"from": 3})
    assert (card.steps, card.candidates, card.method, card.went_on_from) == (
        280,
        STEPS,
        "pivotal",
        3,
    )
    assert [asdict(one) for one in card.marks] == [
        {name: value for name, value in one.items() if name not in UNTOLD} for one in MARKS
    ]
    assert card.mark is not None
    assert card.mark.step == 280


def test_a_card_from_before_all_this_is_read_too() -> None:
    card = Card.read({"steps": 120, "planned_steps": 400, "rank": 16, "seconds": 60.5})
    assert (card.steps, card.planned_steps, card.method, card.seconds) == (120, 400, "lora", 60.5)
    assert (card.candidates, card.marks, card.mark, card.held_out) == ((), (), None, 0)
    assert reason(card) is None
    assert scores(card) == []
    assert Card.read({}).steps == 0


@given(st.sampled_from(sorted(a_card())), ANYTHING)
def test_whatever_stands_on_a_card_it_is_read(name: str, value: Any) -> None:
    for card in (Card.read({name: value}), Card.read(a_card() | {name: value})):
        assert reason(card) in {None, *get_args(Reason)}
        assert scores(card) is not None


def test_marks_are_in_the_order_of_their_steps_and_numbers_are_numbers() -> None:
    none = float("nan"), float("inf"), 10**400, "0.5", True
    card = read(
        marks=[*(mark(80, train=one) for one in none), mark(40, train=0.9), "none", {"train": 1.0}]
    )
    assert card.marks == (Mark(40, train=0.9), Mark(80))


RISES = [mark(280, held_out=0.72, train=0.62), mark(400, held_out=0.8, train=0.5)]


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"why": "best"}, "copied"),
        ({"why": "best", "marks": RISES}, "copied"),
        ({"why": "best", "marks": [RISES[0], mark(400, held_out=0.8, train=0.7)]}, "best"),
        ({"why": "best", "marks": [RISES[0], mark(400, held_out=0.72, train=0.5)]}, "best"),
        ({"why": "best", "marks": []}, "best"),
        ({"why": "last", "steps": 400}, "last"),
        ({"why": "last", "marks": [mark(280, train=0.6)]}, "last_untested"),
        ({"why": "drift"}, "drift"),
        ({"why": "drift", "marks": [mark(280, drift=0.12), mark(400, drift=0.2)]}, "drift_always"),
        ({"why": "member"}, "member"),
        ({"why": None}, None),
        ({"why": "of another day"}, None),
    ],
)
def test_the_reason_is_what_was_measured(told: dict[str, Any], expected: str | None) -> None:
    assert reason(read(**told)) == expected


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ({"held_out": 0.7, "train": 0.6}, ["learned"]),
        ({"held_out": 0.99, "train": 0.6}, ["barely"]),
        ({"train": 0.6}, ["learned_untested"]),
        ({"train": 0.99}, ["barely"]),
        ({"drift": 0.0}, ["class_kept"]),
        ({"drift": 0.07}, ["class_moved"]),
        ({"drift": 0.3}, ["class_lost"]),
        ({}, []),
    ],
)
def test_scores_say_what_was_measured_and_nothing_else(
    at: dict[str, float], expected: list[str]
) -> None:
    assert scores(read(marks=[mark(280, **at)])) == expected


def test_a_later_candidate_that_knows_only_its_photos_better_is_said_to_copy() -> None:
    assert scores(read(280))[0] == "learned"
    assert scores(read(400))[0] == "copied"


def test_the_class_is_called_lost_where_the_trainer_chooses_an_earlier_step() -> None:
    course = (Path(__file__).parents[2] / "trainer" / "course.py").read_text()
    (limit,) = [line.split()[-1] for line in course.splitlines() if line.startswith("DRIFT")]
    above, below = [
        scores(read(marks=[mark(280, drift=float(limit) + more)])) for more in (1e-6, -1e-6)
    ]
    assert (above, below) == (["class_lost"], ["class_moved"])
