from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from bot.photos.examine import examine, png
from bot.photos.identity import ASKED_FROM, FEWEST, is_installed, measures, strangers
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.photographs.fetch import photographs

HERS = opened(ASTRONAUT)


def measured(picture: Image.Image) -> tuple[float, ...]:
    examined = examine(encoded(picture, "PNG"), kind="person", declared=None, resolution=64)
    return measures(examined.upright_png, examined.seen.faces[0].box)


def test_the_extra_is_installed_here():
    assert is_installed()


def test_somebody_else_among_photos_of_one_person_is_asked_about():
    (his,) = [one for one in photographs(network=False) if one.label.name == "hopper"]
    faces = {
        1: measured(HERS),
        2: measured(ImageOps.mirror(HERS)),
        3: measured(Image.open(io.BytesIO(his.data)).convert("RGB")),
        4: measured(ImageEnhance.Brightness(HERS).enhance(0.7)),
    }
    assert strangers(faces) == {3}


def test_a_picture_keeps_its_file_and_gives_numbers_only():
    assert len(measures(png(HERS), examine_box())) == 128


def examine_box():
    return examine(ASTRONAUT, kind="person", declared=None, resolution=64).seen.faces[0].box


@pytest.mark.parametrize("photos", range(FEWEST))
def test_of_too_few_nobody_is_the_odd_one_out(photos):
    assert strangers({number: (float(number),) for number in range(photos)}) == set()


@given(st.lists(st.floats(0, ASKED_FROM / 2), min_size=FEWEST, max_size=9), st.integers(1, 2))
def test_few_far_from_many_are_asked_about_and_the_many_are_not(near, others):
    faces = {number: (value,) for number, value in enumerate(near)}
    far = {100 + n: (10.0 + 5 * n,) for n in range(min(others, len(near) - 2))}
    assert strangers(faces | far) == set(far)
