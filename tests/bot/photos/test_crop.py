from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from bot.photos.crop import Box, Square, cut, propose
from bot.photos.terms import FRAMINGS

framings = st.sampled_from(FRAMINGS)
sides = st.integers(64, 3000)


@st.composite
def faces(draw):
    """A picture's width and height and a face in it."""
    width, height = draw(sides), draw(sides)
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    box = Box(x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y)))
    return width, height, box


def is_inside(square: Square, width: int, height: int) -> bool:
    return (
        min(square.x, square.y) >= 0
        and square.side >= 1
        and square.x + square.side <= width
        and square.y + square.side <= height
    )


@example((2000, 2000, Box(100, 100, 900, 100)), "face", 64)
@given(faces(), framings, st.sampled_from([64, 512, 1024]))
def test_a_crop_lies_inside_holds_the_face_and_enlarges_nothing(case, framing, resolution):
    width, height, face = case
    square = propose(width, height, face, framing, resolution=resolution)
    assert is_inside(square, width, height)
    assert square.side >= min(width, height, resolution)
    if face.width <= square.side:
        assert square.x <= face.x
        assert face.x + face.width <= square.x + square.side
    if face.height <= square.side:
        assert square.y <= face.y
        assert face.y + face.height <= square.y + square.side
    if max(face.width, face.height) <= min(width, height):
        assert max(face.width, face.height) <= square.side


@given(sides, sides, framings)
def test_without_a_face_the_whole_short_side_is_taken(width, height, framing):
    square = propose(width, height, None, framing, resolution=64)
    assert is_inside(square, width, height)
    assert square.side == min(width, height)


def test_a_tall_photo_of_an_undetected_face_is_cropped_above_its_middle():
    assert propose(600, 1000, None, "face", resolution=64) == Square(0, 100, 600)
    assert propose(600, 1000, None, "torso", resolution=64) == Square(0, 200, 600)


def test_a_face_is_shown_with_its_head_and_a_torso_down_to_the_waist():
    face = Box(900, 600, 150, 200)
    head = propose(2000, 3000, face, "face", resolution=64)
    assert head.y <= 600 - 0.4 * 200  # the crown
    assert 2 * 200 <= head.side <= 3 * 200
    torso = propose(2000, 3000, face, "torso", resolution=64)
    assert torso.y <= 600 - 0.4 * 200
    assert torso.y + torso.side >= 800 + 2.5 * 200
    assert abs(torso.x + torso.side / 2 - 975) <= 1


def test_a_cut_is_the_square_at_the_resolution():
    picture = Image.new("RGB", (300, 200), "blue")
    picture.paste("red", (100, 50, 200, 150))
    crop = cut(picture, Square(100, 50, 100), 64)
    assert crop.size == (64, 64)
    inner = crop.crop((3, 3, 61, 61))  # at the rim the filter sees a neighbour's pixels
    assert inner.getextrema() == ((255, 255), (0, 0), (0, 0))
