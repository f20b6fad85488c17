from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.photos.cut import cut
from bot.photos.shapes import Square
from tests.bot.photos.pictures import ASTRONAUT, opened


def test_a_cut_is_the_square_at_the_resolution():
    picture = Image.new("RGB", (300, 200), "blue")
    picture.paste("red", (100, 50, 200, 150))
    crop = cut(picture, Square(100, 50, 100), 64)
    assert crop.size == (64, 64)
    inner = crop.crop((3, 3, 61, 61))  # at the rim the filter sees a neighbour's pixels
    assert inner.getextrema() == ((255, 255), (0, 0), (0, 0))


@pytest.mark.parametrize("resolution", [64, 512])
@pytest.mark.parametrize("box", [(0, 100, 512, 400), (120, 0, 360, 512)])
def test_the_whole_picture_lies_unstretched_and_sharp_in_the_middle(box, resolution):
    picture = opened(ASTRONAUT).crop(box)
    side = max(picture.size)
    square = Square((picture.width - side) // 2, (picture.height - side) // 2, side)
    crop = np.asarray(cut(picture, square, resolution), float)
    scale = resolution / side
    size = round(picture.width * scale), round(picture.height * scale)
    plain = np.asarray(picture.resize(size, Image.Resampling.LANCZOS), float)
    left, top = round(-square.x * scale), round(-square.y * scale)
    within = crop[top : top + size[1], left : left + size[0]]
    fade = round(0.06 * resolution) + 1
    inner = np.s_[fade:-fade, fade:-fade]
    assert np.array_equal(within[inner], plain[inner])


@pytest.mark.parametrize("box", [(0, 100, 512, 400), (120, 0, 360, 512)])
def test_padding_has_no_black_and_no_line_where_the_picture_ends(box):
    picture = opened(ASTRONAUT).crop(box)
    side = max(picture.size)
    square = Square((picture.width - side) // 2, (picture.height - side) // 2, side)
    crop = np.asarray(cut(picture, square, 512).convert("L"), float)
    if picture.width < picture.height:
        crop = crop.T
    edge = round(-min(square.x, square.y) * 512 / side)
    # Means of a stretch hide what the picture itself draws.
    steps = np.abs(np.diff(crop, axis=0)).mean(axis=1)
    assert steps[edge - 3 : edge + 3].max() <= 3
    assert crop[:edge].mean() >= 0.5 * crop[edge : 512 - edge].mean()


def test_padding_goes_on_with_the_colours_it_meets():
    picture = Image.new("RGB", (300, 100), (80, 80, 80))
    picture.paste((80, 200, 80), (0, 0, 300, 25))
    crop = cut(picture, Square(0, -100, 300), 300)
    for y in (80, 95):
        assert crop.getpixel((150, y))[1] >= 150


def test_a_plain_picture_is_padded_with_its_own_colour():
    picture = Image.new("RGB", (40, 300), (200, 30, 90))
    crop = cut(picture, Square(-130, 0, 300), 64)
    assert crop.getextrema() == ((200, 200), (30, 30), (90, 90))


@given(st.integers(1, 400), st.integers(1, 400), st.sampled_from([64, 100]))
def test_every_shape_can_be_padded(width, height, resolution):
    picture = Image.new("RGB", (width, height), (200, 30, 90))
    side = max(width, height)
    square = Square((width - side) // 2, (height - side) // 2, side)
    crop = cut(picture, square, resolution)
    assert crop.size == (resolution, resolution)
    assert crop.getextrema() == ((200, 200), (30, 30), (90, 90))
