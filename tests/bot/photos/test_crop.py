from __future__ import annotations

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.photos.crop import least_side, proposals
from bot.photos.head import head_of
from bot.photos.shapes import Box, Square
from bot.photos.terms import FRAMINGS, KINDS
from tests.bot.photos.people import face, seen

framings = st.sampled_from(FRAMINGS)
kinds = st.sampled_from(KINDS)
resolutions = st.sampled_from([64, 512, 1024])
sides = st.integers(40, 2048)


@st.composite
def pictures(draw, most=4):
    """What was seen of a picture with some faces."""
    width, height = draw(sides), draw(sides)
    faces = []
    for _ in range(draw(st.integers(1, most))):
        x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
        faces.append(
            face(
                x,
                y,
                draw(st.integers(1, width - x)),
                draw(st.integers(1, height - y)),
                yaw=draw(st.floats(-90, 90)),
                roll=draw(st.floats(-180, 180)),
            )
        )
    return seen(width, height, *faces)


@st.composite
def groups(draw):
    """What was seen of a picture of people beside one another."""
    width, height = draw(st.integers(150, 500)), draw(st.integers(150, 500))
    size = draw(st.integers(20, 60))
    faces = []
    for _ in range(draw(st.integers(2, 5))):
        tall = round(size * draw(st.floats(0.2, 1.5)))
        wide = round(tall * 0.8)
        x, y = draw(st.integers(0, width - wide)), draw(st.integers(0, height - tall))
        faces.append(face(x, y, wide, tall))
    return seen(width, height, *faces)


def is_inside(square: Square, width: int, height: int) -> bool:
    return (
        min(square.x, square.y) >= 0
        and square.x + square.side <= width
        and square.y + square.side <= height
    )


def holds(square: Square, box: Box) -> bool:
    return (
        square.x <= box.x
        and square.y <= box.y
        and box.x + box.width <= square.x + square.side
        and box.y + box.height <= square.y + square.side
    )


def meets(square: Square, box: Box) -> bool:
    return (
        square.x < box.x + box.width
        and box.x < square.x + square.side
        and square.y < box.y + box.height
        and box.y < square.y + square.side
    )


@example(seen(900, 500, face(0, 0, 300, 480)), "torso", 512, 0)
@example(seen(500, 900, face(0, 300, 480, 300)), "face", 512, 0)
@given(pictures(), framings, resolutions, st.integers(0, 3))
def test_squares_lie_inside_hold_the_head_and_are_large_enough(seen, framing, resolution, index):
    index %= len(seen.faces)
    short = min(seen.width, seen.height)
    squares = proposals(seen, framing, index, "person", resolution)
    assert bool(squares) == (short >= least_side(resolution))
    for _, square in squares:
        assert is_inside(square, seen.width, seen.height)
        assert square.side >= least_side(resolution)
        box = seen.faces[index].box
        head = head_of(seen.faces[index], seen.width, seen.height)
        if max(head.width, head.height) <= short:
            assert holds(square, head)
        elif max(box.width, box.height) <= short:
            assert holds(square, box)
        else:
            assert square.side == short
            assert meets(square, box)


@example(seen(75, 75, face(0, 27, 1, 22)), "torso", 64, "person")
@given(pictures(), framings, resolutions, kinds)
def test_a_second_square_is_a_clearly_smaller_head(seen, framing, resolution, kind):
    squares = proposals(seen, framing, 0, kind, resolution)
    if len(squares) > 1:
        (first, main), (second, head) = squares
        # in a narrow picture less is left of what it shows
        assert second == "face"
        assert first in {"chest": ("chest",), "torso": ("torso", "chest")}[framing]
        assert least_side(resolution) <= head.side <= 0.7 * main.side


@given(sides, sides, framings, kinds)
def test_without_a_face_the_whole_short_side_is_taken(width, height, framing, kind):
    ((shown, square),) = proposals(seen(width, height), framing, None, kind, 40)
    assert shown == framing
    assert is_inside(square, width, height)
    assert square.side == min(width, height)


@pytest.mark.parametrize("kind", ["pet", "object"])
def test_a_pets_owner_does_not_guide_the_crop(kind):
    ((_, square),) = proposals(seen(600, 1000, face(10, 800, 60, 80)), "face", 0, kind, 64)
    assert square == Square(0, 100, 600)


def test_a_tall_photo_without_a_face_is_cropped_above_its_middle():
    assert proposals(seen(600, 1000), "face", None, "person", 64) == (
        ("face", Square(0, 100, 600)),
    )
    assert proposals(seen(600, 1000), "torso", None, "pet", 64) == (("torso", Square(0, 200, 600)),)


def test_a_head_is_shown_with_its_hair_and_its_neck():
    ((_, square),) = proposals(seen(2000, 3000, face(900, 600, 150, 200)), "face", 0, "person", 64)
    assert square.y <= 600 - 0.6 * 200  # crown, hair, and room over them
    assert square.y + square.side >= 800 + 0.4 * 200  # the neck
    assert 2 * 200 <= square.side <= 3 * 200
    assert abs(square.x + square.side / 2 - 975) <= 1


def test_an_upper_body_is_shown_from_the_crown_to_the_waist_and_its_head_too():
    person = seen(2000, 3000, face(900, 600, 150, 200))
    (_, torso), (shown, head) = proposals(person, "torso", 0, "person", 64)
    assert torso.y <= 600 - 0.45 * 200
    assert torso.y + torso.side >= 800 + 2.5 * 200
    assert abs(torso.x + torso.side / 2 - 975) <= 1
    assert (("face", head),) == proposals(person, "face", 0, "person", 64)
    assert shown == "face"


@pytest.mark.parametrize("kind", ["person", "character"])
@pytest.mark.parametrize(("size", "squares"), [(400, 2), (130, 1)])
def test_a_head_too_small_for_the_base_makes_no_square_of_its_own(size, squares, kind):
    person = seen(2000, 2000, face(800, 300, round(size * 0.75), size))
    assert len(proposals(person, "torso", 0, kind, 512)) == squares


def test_where_the_head_is_too_large_the_face_is_held_and_as_much_hair_as_goes_in():
    ((_, square),) = proposals(seen(300, 900, face(20, 400, 240, 250)), "face", 0, "person", 64)
    assert square == Square(0, 350, 300)


def test_the_whole_of_a_character_is_its_largest_square():
    drawn = seen(600, 900, face(250, 100, 90, 110))
    (_, square), _ = proposals(drawn, "torso", 0, "character", 64)
    assert square == Square(0, 14, 600)


@pytest.mark.parametrize(("side", "squares"), [(409, 0), (410, 1), (640, 1)])
def test_a_picture_too_small_for_the_base_has_no_square(side, squares):
    small = seen(side, 900, face(50, 50, 150, 200))
    assert len(proposals(small, "face", 0, "person", 512)) == squares


def test_a_neighbour_is_kept_out():
    two = seen(1000, 800, face(300, 250, 150, 200), face(560, 250, 150, 199))
    for index, other in ((0, 1), (1, 0)):
        for framing in ("face", "chest", "torso"):
            for _, square in proposals(two, framing, index, "person", 64):
                assert holds(square, head_of(two.faces[index], 1000, 800))
                assert not meets(square, two.faces[other].box)


def test_who_stands_between_two_others_is_shown_by_the_head_alone():
    three = seen(1000, 800, *(face(x, 250, 100, 130) for x in (250, 450, 650)))
    ((shown, square),) = proposals(three, "torso", 1, "person", 64)
    assert shown == "face"
    assert holds(square, head_of(three.faces[1], 1000, 800))


@pytest.mark.parametrize(("wide", "shown"), [(800, "torso"), (290, "chest"), (190, "face")])
def test_a_square_is_called_what_it_shows_and_not_what_the_photo_shows(wide, shown):
    tall = seen(wide, 1600, face(50, 60, 100, 120))
    assert proposals(tall, "torso", 0, "person", 64)[0][0] == shown


@settings(max_examples=300)
@given(groups(), st.sampled_from(["face", "chest", "torso"]))
def test_a_neighbour_is_in_only_where_the_tightest_square_has_no_place_without(seen, framing):
    """Looked for in every place, on small pictures."""
    least = {"face": 1.8, "chest": 2.6, "torso": 3.4}[framing]
    squares = proposals(seen, framing, 0, "person", 50)
    chosen = seen.faces[0]
    others = [
        other.box
        for other in seen.faces[1:]
        if max(other.box.width, other.box.height) * 3 >= max(chosen.box.width, chosen.box.height)
    ]
    if not squares or not any(meets(squares[0][1], box) for box in others):
        return
    order = ["face", "chest", "torso"]
    assert order.index(squares[0][0]) <= order.index(framing)
    head = head_of(chosen, seen.width, seen.height)
    short = min(seen.width, seen.height)
    side = int(min(short, max(50, least * chosen.box.height)))
    xs = np.arange(seen.width - side + 1)[:, None]
    ys = np.arange(seen.height - side + 1)[None]
    free = (xs <= head.x) & (ys <= head.y)
    free &= (xs + side >= head.x + head.width) & (ys + side >= head.y + head.height)
    for box in others:
        across = (xs < box.x + box.width) & (xs + side > box.x)
        free &= ~(across & (ys < box.y + box.height) & (ys + side > box.y))
    assert not free.any()


def test_a_passer_by_does_not_push_the_person_aside():
    alone = proposals(seen(1000, 1000, face(400, 200, 75, 100)), "torso", 0, "person", 64)
    street = seen(1000, 1000, face(400, 200, 75, 100), face(300, 500, 12, 16))
    ((_, main), *_), ((_, beside), *_) = alone, proposals(street, "torso", 0, "person", 64)
    assert abs(main.x - beside.x) + abs(main.y - beside.y) <= 0.1 * main.side
