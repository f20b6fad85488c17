from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.photos.crop import least_side
from bot.photos.edit import ACTIONS, edited, refit
from bot.photos.shapes import Square
from tests.bot.photos.people import seen

actions = st.sampled_from(ACTIONS)
inside_actions = st.sampled_from([action for action in ACTIONS if action != "whole"])
resolutions = st.sampled_from([64, 512, 1024])
sides = st.integers(64, 2048)


@st.composite
def squares(draw):
    """A picture's width and height and a square that is valid in it."""
    width, height, resolution = draw(sides), draw(sides), draw(resolutions)
    short = min(width, height)
    side = draw(st.integers(min(short, least_side(resolution)), short))
    x, y = draw(st.integers(0, width - side)), draw(st.integers(0, height - side))
    return width, height, resolution, Square(x, y, side)


def whole(width: int, height: int) -> Square:
    side = max(width, height)
    return Square((width - side) // 2, (height - side) // 2, side)


def is_inside(square: Square, width: int, height: int) -> bool:
    return (
        min(square.x, square.y) >= 0
        and square.x + square.side <= width
        and square.y + square.side <= height
    )


def middle(square: Square) -> tuple[float, float]:
    return square.x + square.side / 2, square.y + square.side / 2


@given(squares(), st.lists(actions, max_size=20))
def test_whatever_is_pressed_the_square_stays_valid(case, presses):
    width, height, resolution, original = case
    square = original
    for action in presses:
        square = edited(square, action, width, height, resolution, original)
        if square != whole(width, height):
            assert is_inside(square, width, height)
        assert square.side >= min(width, height, least_side(resolution))


@given(squares(), actions)
def test_a_press_pressed_again_and_again_ends_where_it_changes_nothing(case, action):
    width, height, resolution, original = case
    square, known = original, set()
    while square not in known:
        known.add(square)
        square = edited(square, action, width, height, resolution, original)
    again = edited(square, action, width, height, resolution, original)
    assert again == square
    if action == "tighter":
        assert square.side == min(width, height, least_side(resolution))
    if action in ("looser", "whole"):
        assert square == whole(width, height)
    edges = {
        "up": square.y == 0,
        "left": square.x == 0,
        "down": square.y + square.side == height,
        "right": square.x + square.side == width,
    }
    assert edges.get(action, True)


@given(squares(), st.lists(actions, max_size=10))
def test_reset_goes_back_to_the_original(case, presses):
    width, height, resolution, original = case
    square = original
    for action in [*presses, "reset"]:
        square = edited(square, action, width, height, resolution, original)
    assert square == original


@given(squares())
def test_tighter_and_looser_again_is_nearly_where_it_was(case):
    width, height, resolution, original = case
    tight = edited(original, "tighter", width, height, resolution, original)
    assume(tight.side > least_side(resolution))  # at the limit the step is shorter
    again = edited(tight, "looser", width, height, resolution, original)
    assert abs(again.side - original.side) <= 2
    assert max(abs(a - b) for a, b in zip(middle(again), middle(original), strict=True)) <= 2


@given(squares(), st.sampled_from(["up", "down", "left", "right"]))
def test_moving_keeps_the_side_and_the_whole_cannot_be_moved(case, action):
    width, height, resolution, original = case
    moved = edited(original, action, width, height, resolution, original)
    assert moved.side == original.side
    padded = whole(width, height)
    stays = edited(padded, action, width, height, resolution, original)
    assert stays == padded


@pytest.mark.parametrize(
    ("action", "square"),
    [
        ("tighter", Square(121, 121, 357)),
        ("looser", Square(76, 76, 448)),
        ("up", Square(100, 52, 400)),
        ("down", Square(100, 148, 400)),
        ("left", Square(52, 100, 400)),
        ("right", Square(148, 100, 400)),
        ("whole", Square(0, -200, 1000)),
    ],
)
def test_each_press_is_a_step_of_an_eighth(action, square):
    start = Square(100, 100, 400)
    assert edited(start, action, 1000, 600, 64, start) == square


def test_the_whole_goes_back_inside_by_tighter_and_comes_by_looser():
    start = Square(400, 0, 600)
    padded = edited(start, "looser", 1000, 600, 512, start)
    assert padded == Square(0, -200, 1000)
    back = edited(padded, "tighter", 1000, 600, 512, start)
    assert back == Square(200, 0, 600)


@given(squares(), resolutions)
def test_a_members_square_grows_for_another_base_around_its_middle(case, resolution):
    width, height, _, square = case
    grown = refit(square, seen(width, height), resolution)
    needed = min(width, height, least_side(resolution))
    assert is_inside(grown, width, height)
    assert grown.side == max(square.side, needed)
    assert refit(grown, seen(width, height), resolution) == grown
    if square.side >= needed:
        assert grown == square
    if 0 < grown.x < width - grown.side:
        assert abs(middle(grown)[0] - middle(square)[0]) <= 1
    if 0 < grown.y < height - grown.side:
        assert abs(middle(grown)[1] - middle(square)[1]) <= 1


@given(sides, sides, resolutions)
def test_a_square_around_the_whole_picture_stays_it_for_every_base(width, height, resolution):
    assume(width != height)
    assert refit(whole(width, height), seen(width, height), resolution) == whole(width, height)
