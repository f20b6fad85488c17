from __future__ import annotations

import io

from PIL import Image, ImageEnhance, ImageOps

from tests.bot.photos.pictures import ASTRONAUT, opened
from tests.photographs.fetch import photographs
from trainer.likeness import distance, is_installed, middle

HERS = opened(ASTRONAUT)


def test_the_extra_is_installed_here() -> None:
    assert is_installed()


def test_the_same_face_is_near_and_another_far() -> None:
    (his,) = [one for one in photographs(network=False) if one.label.name == "hopper"]
    known = middle([HERS, ImageOps.mirror(HERS)])
    assert known is not None
    near = distance(known, [ImageEnhance.Brightness(HERS).enhance(0.8)])
    far = distance(known, [Image.open(io.BytesIO(his.data)).convert("RGB")])
    assert near is not None
    assert far is not None
    assert near < 0.5 < far


def test_without_a_face_nothing_is_said() -> None:
    blank = Image.new("RGB", (64, 64), "teal")
    assert middle([blank]) is None
    known = middle([HERS, blank])
    assert known is not None
    assert distance(known, [blank]) is None
