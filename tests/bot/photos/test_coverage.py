from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from bot.photos.coverage import FACES_NEEDED, TORSOS_NEEDED, Counted, coverage
from bot.photos.phash import mirror_phash, phash
from bot.photos.terms import FRAMINGS
from tests.bot.photos.pictures import ASTRONAUT, TOONS, encoded, opened

PICTURES = {"astronaut": ASTRONAUT, **TOONS}
CHANGES = {
    "same": lambda picture: picture,
    "JPEG q40": lambda picture: opened(encoded(picture, "JPEG", quality=40)),
    "half": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "mirrored": ImageOps.mirror,
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.1),
}


def counted(number: int, picture: Image.Image, framing: str = "face") -> Counted:
    pixels = np.asarray(picture)
    return Counted(number, framing, phash(pixels), mirror_phash(pixels))


def bare(number: int, framing: str) -> Counted:
    """A photo unlike any other with another number below 64."""
    shapes = np.random.default_rng(number).bytes(8).hex()
    mirror = np.random.default_rng(number + 1000).bytes(8).hex()
    return Counted(number, framing, shapes + f"{4 * number:02x}" * 18, mirror + "ff" * 18)


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", PICTURES)
def test_a_changed_copy_is_a_duplicate(name, change):
    picture = opened(PICTURES[name])
    covered = coverage([counted(1, picture), counted(2, CHANGES[change](picture))])
    assert (covered.faces, covered.duplicates) == (1, {2: 1})


def test_one_character_on_other_backgrounds_is_no_duplicate():
    covered = coverage([counted(i, opened(data)) for i, data in enumerate(PICTURES.values())])
    assert covered.duplicates == {}


def test_one_pose_before_two_walls_is_no_duplicate():
    red = opened(TOONS["toon-a-0-close-up"])
    pixels = np.asarray(red).copy()
    wall = (pixels[..., 0] > 180) & (pixels[..., 1] < 80)
    pixels[wall] = (90, 110, 90)  # about as light as the red was
    assert coverage([counted(1, red), counted(2, Image.fromarray(pixels))]).faces == 2


def test_six_faces_and_two_torsos_open_the_gate():
    photos = [bare(i, "face") for i in range(6)] + [bare(i + 6, "torso") for i in range(2)]
    assert coverage(photos).is_ready
    short = coverage(photos[1:-1])
    assert (short.faces, short.torsos) == (FACES_NEEDED - 1, TORSOS_NEEDED - 1)
    assert (short.missing_faces, short.missing_torsos, short.is_ready) == (1, 1, False)


def test_other_photos_count_for_nothing_and_take_no_ones_place():
    picture = opened(ASTRONAUT)
    covered = coverage([counted(1, picture, "other"), counted(2, picture), counted(3, picture)])
    assert (covered.faces, covered.torsos, covered.duplicates) == (1, 0, {3: 2})


def test_one_file_cannot_count_as_face_and_torso():
    covered = coverage([counted(1, opened(ASTRONAUT)), counted(2, opened(ASTRONAUT), "torso")])
    assert (covered.faces, covered.torsos, covered.duplicates) == (1, 0, {2: 1})


def near(shift: int, framing: str) -> Counted:
    """Photos on a line: neighbours are alike, the far ones are not."""
    return Counted(shift, framing, f"{(1 << 2 * shift) - 1:016x}" + "80" * 18, "a" * 16 + "00" * 18)


@given(st.lists(st.tuples(st.integers(0, 31), st.sampled_from(FRAMINGS)), max_size=24))
def test_adding_a_photo_never_makes_coverage_fall(drawn):
    photos = [near(shift, framing) for shift, framing in drawn]
    steps = [coverage(photos[:count]) for count in range(len(photos) + 1)]
    for before, after in pairwise(steps):
        assert after.faces >= before.faces
        assert after.torsos >= before.torsos
        assert after.faces + after.torsos <= before.faces + before.torsos + 1
