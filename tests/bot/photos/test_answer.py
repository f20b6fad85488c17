from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.photos.answer import from_answer, to_answer
from bot.photos.crop import Square
from bot.photos.errors import PhotoRefused
from bot.photos.examined import Examined
from bot.photos.wire import WireBroken

PNG = b"\x89PNG\r\n\x1a\n"
SEEN = Examined(
    width=600,
    height=800,
    framing="face",
    warnings=("dark",),
    sharpness=120.5,
    light=30.0,
    phash="0f" * 26,
    mirror_phash="f0" * 26,
    square=Square(0, 100, 600),
    upright_png=PNG + b"upright",
    crop_png=PNG + b"crop",
)
DISHONEST = {
    "width": "600",
    "height": -1,
    "framing": "feet",
    "warnings": ("@everyone",),
    "sharpness": float("nan"),
    "light": None,
    "phash": "0f",
    "mirror_phash": "g" * 52,
    "square": Square(-5, 0, 10),
    "upright_png": b"GIF89a",
    "crop_png": b"",
}


def over_json(head):
    return json.loads(json.dumps(head))


def test_a_photo_comes_back_as_it_was():
    head, body = to_answer(SEEN)
    assert from_answer(over_json(head), body) == SEEN


def test_a_refusal_comes_back_as_it_was():
    head, body = to_answer(PhotoRefused("too_small", width=1, height=2, needed=64))
    with pytest.raises(PhotoRefused) as caught:
        from_answer(over_json(head), body)
    assert caught.value.reason == "too_small"
    assert caught.value.facts == {"width": 1, "height": 2, "needed": 64}


@pytest.mark.parametrize("field", DISHONEST)
def test_one_wrong_field_is_enough_to_believe_nothing(field):
    head, body = to_answer(replace(SEEN, **{field: DISHONEST[field]}))
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
