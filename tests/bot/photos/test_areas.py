"""The parts of a person, as masks, on photographs in the public domain and on drawings."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import tests.photographs
from bot.photos.areas import AREAS, area_mask
from bot.photos.mask import MaskRefused
from tests.bot.photos.pictures import ASTRONAUT, TOONS, opened

VENDORED = Path(tests.photographs.__file__).parent / "vendored"


def pixels(name: str) -> np.ndarray:
    return np.asarray(opened((VENDORED / f"{name}.jpg").read_bytes()))


def masks(picture: np.ndarray) -> dict[str, np.ndarray]:
    return {area: area_mask(picture, area) > 0 for area in AREAS}


#: Points (x, y), as shares of the picture, that lie in each part for sure.
POINTS = {
    "astronaut": {
        "face": [(0.44, 0.23), (0.42, 0.19), (0.46, 0.28)],
        "hair": [(0.44, 0.06), (0.35, 0.14)],
        "clothes": [(0.25, 0.6), (0.44, 0.5), (0.6, 0.55)],
        "background": [(0.05, 0.1), (0.7, 0.1), (0.95, 0.4)],
    },
    "obama-portrait": {
        "face": [(0.54, 0.2), (0.54, 0.28)],
        "hair": [(0.54, 0.06)],
        "clothes": [(0.35, 0.7), (0.7, 0.6), (0.54, 0.55)],
        "background": [(0.05, 0.1), (0.9, 0.1)],
    },
    "hopper": {
        "face": [(0.52, 0.4), (0.5, 0.55)],
        "clothes": [(0.2, 0.9), (0.8, 0.9)],
        "background": [(0.05, 0.2), (0.9, 0.3)],
    },
}


@pytest.mark.parametrize("name", sorted(POINTS))
def test_every_part_of_a_person_is_where_one_sees_it(name):
    found = masks(pixels(name))
    height, width = found["face"].shape
    for area, points in POINTS[name].items():
        for x, y in points:
            there = {one for one in found if found[one][int(y * height), int(x * width)]}
            assert there == {area}, (area, x, y)


@pytest.mark.parametrize("name", sorted(POINTS))
def test_no_part_lies_in_another(name):
    found = masks(pixels(name))
    for one, other in itertools.combinations(AREAS, 2):
        # a little of an edge may be of both
        assert (found[one] & found[other]).mean() < 0.01, (one, other)


def test_a_large_picture_is_cut_like_a_small_one():
    small = opened(ASTRONAUT)
    large = small.resize((1500, 1500), Image.Resampling.LANCZOS)
    for area in AREAS:
        one = area_mask(np.asarray(small), area) > 0
        other = area_mask(np.asarray(large), area)
        assert other.shape == (1500, 1500)
        again = np.asarray(Image.fromarray(other).resize((512, 512))) >= 128
        assert (one ^ again).mean() < 0.01, area


def test_a_drawn_character_has_a_face_and_a_background():
    found = masks(np.asarray(opened(TOONS["toon-a-4-upper-body"])))
    assert found["face"][76, 62]
    assert found["background"][10, 10]
    assert not found["background"][76, 62]


@pytest.mark.parametrize(
    ("area", "reason"),
    [("face", "no_face"), ("hair", "no_person"), ("background", "no_person")],
)
def test_where_nobody_is_there_is_no_part_of_anybody(area, reason):
    grain = np.asarray(Image.effect_noise((200, 150), 60).convert("RGB"))
    with pytest.raises(MaskRefused) as caught:
        area_mask(grain, area)
    assert caught.value.reason == reason
    with pytest.raises(MaskRefused):
        area_mask(pixels("coffee"), "clothes")


@pytest.mark.parametrize("size", [(64, 64), (1, 300), (300, 2)])
def test_however_small_or_thin_a_picture_it_has_a_mask_or_a_reason(size):
    picture = np.asarray(opened(ASTRONAUT).resize(size))
    for area in AREAS:
        with contextlib.suppress(MaskRefused):
            assert area_mask(picture, area).shape == size[::-1]
