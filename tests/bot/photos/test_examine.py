from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from bot.photos.crop import cut
from bot.photos.errors import PhotoRefused
from bot.photos.examine import examine
from tests.bot.photos.pictures import ASTRONAUT, TOONS, encoded, opened

WALL = encoded(Image.effect_noise((600, 800), 60), "PNG")


@pytest.mark.parametrize("resolution", [64, 512])
def test_a_person_is_examined(resolution):
    seen = examine(ASTRONAUT, kind="person", declared=None, resolution=resolution)
    assert (seen.width, seen.height, seen.framing, seen.warnings) == (512, 512, "torso", ())
    upright, crop = opened(seen.upright_png), opened(seen.crop_png)
    assert upright.size == (512, 512)
    assert crop.size == (resolution, resolution)
    again = cut(upright, seen.square, resolution)
    assert np.array_equal(np.asarray(again), np.asarray(crop))


def test_colours_survive():
    picture = Image.new("RGB", (80, 80), (250, 120, 10))
    seen = examine(encoded(picture, "PNG"), kind="object", declared=None, resolution=64)
    for made in (seen.upright_png, seen.crop_png):
        assert opened(made).getpixel((40, 40)) == (250, 120, 10)


def test_a_member_decides_between_face_and_torso_of_a_person():
    seen = examine(ASTRONAUT, kind="person", declared="face", resolution=64)
    assert seen.framing == "face"
    assert seen.square.side < 300


@pytest.mark.parametrize("declared", [None, "face", "torso", "other"])
def test_nobody_can_be_declared_a_face(declared):
    seen = examine(WALL, kind="person", declared=declared, resolution=512)
    assert (seen.framing, seen.warnings) == ("other", ("no_face",))


@pytest.mark.parametrize("kind", ["pet", "object", "character"])
@pytest.mark.parametrize("declared", [None, "face", "torso", "other"])
def test_of_other_kinds_the_member_says_the_framing(kind, declared):
    seen = examine(WALL, kind=kind, declared=declared, resolution=512)
    assert (seen.framing, seen.warnings) == (declared or "other", ())


def test_a_characters_face_guides_the_crop_and_a_pets_owner_does_not():
    character = examine(ASTRONAUT, kind="character", declared="face", resolution=64)
    pet = examine(ASTRONAUT, kind="pet", declared="face", resolution=64)
    assert character.square.side < pet.square.side == 512


def test_drawn_characters_are_taken():
    for data in TOONS.values():
        seen = examine(data, kind="character", declared="face", resolution=64)
        assert (seen.framing, seen.warnings) == ("face", ())


def test_a_photo_under_the_bases_resolution_is_refused():
    with pytest.raises(PhotoRefused) as caught:
        examine(ASTRONAUT, kind="person", declared=None, resolution=1024)
    assert caught.value.facts == {"width": 512, "height": 512, "needed": 1024}


@pytest.mark.parametrize(("kind", "declared"), [("ghost", None), ("person", "feet")])
def test_unknown_words_are_the_callers_fault(kind, declared):
    with pytest.raises(ValueError):
        examine(ASTRONAUT, kind=kind, declared=declared, resolution=64)
