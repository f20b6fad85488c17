from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.photos.answer import from_answer, to_answer
from bot.photos.errors import PhotoRefused
from bot.photos.examined import Cut, Examined
from bot.photos.shapes import Square
from bot.photos.wire import WireBroken
from tests.bot.photos.test_seen import SEEN

PNG = b"\x89PNG\r\n\x1a\n"
CUT = Cut("torso", Square(-5, 100, 600), PNG + b"crop")
EXAMINED = Examined(
    width=600,
    height=800,
    seen=SEEN,
    cuts=(CUT, Cut("face", Square(10, 10, 70), PNG + b"head")),
    upright_png=PNG + b"upright",
)
DISHONEST = {
    "width": "600",
    "height": -1,
    "seen": replace(SEEN, width=-3),
    "cuts": (replace(CUT, framing="feet"),),
    "upright_png": b"GIF89a",
}


def over_json(head):
    return json.loads(json.dumps(head))


def test_a_photo_comes_back_as_it_was():
    head, body = to_answer(EXAMINED)
    assert from_answer(over_json(head), body) == EXAMINED


def test_a_photo_without_a_square_comes_back_too():
    bare = replace(EXAMINED, cuts=())
    head, body = to_answer(bare)
    assert from_answer(over_json(head), body) == bare


def test_a_refusal_comes_back_as_it_was():
    head, body = to_answer(PhotoRefused("too_small", width=1, height=2, needed=64))
    with pytest.raises(PhotoRefused) as caught:
        from_answer(over_json(head), body)
    assert caught.value.reason == "too_small"
    assert caught.value.facts == {"width": 1, "height": 2, "needed": 64}


@pytest.mark.parametrize("field", DISHONEST)
def test_one_wrong_field_is_enough_to_believe_nothing(field):
    head, body = to_answer(replace(EXAMINED, **{field: DISHONEST[field]}))
    with pytest.raises(WireBroken):
        from_answer(over_json(head), body)


@pytest.mark.parametrize(
    "cut",
    [
        replace(CUT, square=Square(0, 0, 0)),
        replace(CUT, square=Square(0.5, 0, 10)),
        replace(CUT, png=b"MZ"),
    ],
)
def test_a_square_that_cannot_be_is_not_believed(cut):
    head, body = to_answer(replace(EXAMINED, cuts=(CUT, cut)))
    with pytest.raises(WireBroken):
        from_answer(over_json(head), body)


@pytest.mark.parametrize("lengths", [[], [1], [10**9], [-1, 5], ["1"], None, [True]])
def test_files_of_other_lengths_are_not_believed(lengths):
    head, body = to_answer(EXAMINED)
    with pytest.raises(WireBroken):
        from_answer(over_json(head) | {"bytes": lengths}, body)


def test_a_hundred_squares_are_not_believed():
    head, body = to_answer(replace(EXAMINED, cuts=(CUT,) * 100))
    with pytest.raises(WireBroken):
        from_answer(over_json(head), body)


@pytest.mark.parametrize(
    "head",
    [
        {},
        {"seen": 5},
        {"seen": {"width": 1}},
        {"refused": "because"},
        {"refused": "because", "facts": {}},
        {"refused": ["empty"], "facts": {}},
        {"refused": "subject_gone", "facts": {}},
        {"refused": "empty", "facts": 5},
        {"refused": "format", "facts": {"format": ["GIF"]}},
    ],
)
def test_an_answer_of_another_shape_is_a_broken_wire(head):
    with pytest.raises(WireBroken):
        from_answer(head, b"")
