"""How far a picture is drawn on beyond its edges."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.sides import NoRoom, Sides, beyond

LENGTHS = st.integers(32, 4096)
SHAPES = {"wide": 16 / 9, "tall": 9 / 16, "square": 1.0}


@given(st.sampled_from(get_args(Sides)), LENGTHS, LENGTHS)
def test_something_is_added_and_never_more_than_the_picture_on_a_side(sides, width, height):
    try:
        added = beyond(sides, width, height)
    except NoRoom:
        longer = max(width, height) / min(width, height)
        assert sides in SHAPES or longer > 1.3
        return
    assert set(added) == {"left", "right", "up", "down"}
    assert all(0 <= share <= 1 for share in added.values())
    assert sum(added.values()) > 0


@given(st.sampled_from(sorted(SHAPES)), LENGTHS, LENGTHS)
def test_a_picture_gets_the_shape_that_was_asked_for(sides, width, height):
    by = SHAPES[sides] * height / width
    if abs(by - 1) < 0.02 or max(by, 1 / by) > 3:  # more than the picture again at an end
        with pytest.raises(NoRoom) as caught:
            beyond(sides, width, height)
        assert caught.value.is_there is (abs(by - 1) < 0.02)
        return
    added = beyond(sides, width, height)
    wide = width * (1 + added["left"] + added["right"])
    tall = height * (1 + added["up"] + added["down"])
    assert wide / tall == pytest.approx(SHAPES[sides], rel=1e-3)
    assert added["left"] == added["right"]
    assert added["up"] == added["down"]


def test_one_side_is_one_side():
    assert beyond("left", 64, 64) == {"left": 0.5, "right": 0, "up": 0, "down": 0}
    assert set(beyond("all", 64, 64).values()) == {0.25}
