from __future__ import annotations

import base64
import json
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from bot.photos.alike import _COLOUR, _fit, alike, prints
from tests.bot.photos.pictures import ASTRONAUT, TOONS, encoded, opened

DEMO = Path(__file__).parents[3] / "deploy/demo/photos"
DRAWINGS = {
    **{name: opened(data) for name, data in TOONS.items()},
    **{path.stem: opened(path.read_bytes()) for path in sorted(DEMO.glob("*.jpg"))},
}


def cropped(share: float):
    def crop(picture: Image.Image) -> Image.Image:
        across, down = round(picture.width * share), round(picture.height * share)
        return picture.crop((across, down, picture.width - across, picture.height - down))

    return crop


CHANGES = {
    "JPEG q40": lambda picture: opened(encoded(picture, "JPEG", quality=40)),
    "half": lambda picture: picture.resize((picture.width // 2, picture.height // 2)),
    "brighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.3),
    "mirrored": ImageOps.mirror,
    "5 % off": cropped(0.05),
    "10 % off": cropped(0.10),
    "20 % off": cropped(0.20),
}


def of(picture: Image.Image) -> str:
    return prints(np.asarray(picture))


KNOWN = of(opened(ASTRONAUT))


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", ["astronaut", *DRAWINGS])
def test_a_changed_copy_is_alike(name, change):
    picture = opened(ASTRONAUT) if name == "astronaut" else DRAWINGS[name]
    copy = CHANGES[change](picture)
    assert alike(of(picture), of(copy))
    assert alike(of(copy), of(picture))


TWICE = [pair for pair in combinations(CHANGES, 2) if not all("off" in one for one in pair)]


@pytest.mark.parametrize("pair", TWICE, ids="+".join)
def test_a_copy_changed_twice_is_alike(pair):
    picture = opened(ASTRONAUT)
    copy = CHANGES[pair[1]](CHANGES[pair[0]](picture))
    assert alike(of(picture), of(copy))


def test_a_crop_from_a_corner_is_alike():
    picture = opened(ASTRONAUT)
    assert alike(of(picture), of(picture.crop((0, 0, 360, 330))))


def test_other_photos_of_one_character_are_not_alike():
    known = {name: of(picture) for name, picture in DRAWINGS.items()}
    found = [pair for pair in combinations(known, 2) if alike(*(known[name] for name in pair))]
    assert found == []


def painted(picture: Image.Image, box: tuple[int, int, int, int], fill: str) -> Image.Image:
    copy = picture.copy()
    copy.paste(fill, box)
    return copy


def test_another_mouth_is_another_photo():
    drawn = DRAWINGS["toon-a-0-close-up"]
    width, height = drawn.size
    mouth = (width * 45 // 100, height * 72 // 100, width * 55 // 100, height * 76 // 100)
    assert not alike(of(drawn), of(painted(drawn, mouth, "#a06060")))


def test_a_patch_on_a_photo_is_another_photo():
    photo = opened(ASTRONAUT)
    assert not alike(of(photo), of(painted(photo, (200, 300, 240, 340), "#d06020")))


#: The red one is (215, 50, 52): the second has its luma, the last is only a little lighter.
@pytest.mark.parametrize("wall", [(90, 110, 90), (150, 82, 57), (60, 80, 200), (232, 100, 95)])
def test_another_wall_is_another_photo(wall):
    drawn = DRAWINGS["toon-a-0-close-up"]
    pixels = np.asarray(drawn).copy()
    red = (pixels[..., 0] > 180) & (pixels[..., 1] < 80)
    assert red.mean() > 0.1
    pixels[red] = wall
    assert not alike(of(drawn), prints(pixels))


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (9, 7), (3000, 40), (2048, 1365)])
def test_prints_of_any_size_are_short_plain_text(size):
    noise = np.random.default_rng(3).integers(0, 255, (size[1], size[0], 3), np.uint8)
    text = prints(noise)
    assert len(text) <= 8192
    assert json.loads(json.dumps(text)) == text
    assert text.isascii()
    assert alike(text, text)


def test_prints_are_the_same_every_time():
    assert of(opened(ASTRONAUT)) == of(opened(ASTRONAUT))


@pytest.mark.parametrize(
    "text",
    ["", "x", "69x69:", "0x0:AAAA", "9999x9999:AAAA", "1x1:A", "4x4:" + "A" * 9000, "²x3:AAAA"],
)
def test_text_that_is_no_print_is_like_nothing(text):
    known = of(opened(ASTRONAUT))
    assert not alike(text, known)
    assert not alike(known, text)
    assert not alike(text, text)


# No promise about time is made on a machine that does other things meanwhile.
@settings(deadline=None, max_examples=40)
@given(st.integers(1, 90), st.integers(1, 90), st.randoms(use_true_random=False))
def test_any_two_pictures_can_be_compared(width, height, rng):
    pixels = rng.randbytes(width * height * 3)
    drawn = of(Image.frombytes("RGB", (width, height), pixels))
    flat = of(Image.new("RGB", (width, height), (rng.randrange(256),) * 3))
    assert alike(drawn, flat) == alike(flat, drawn)
    assert not alike(drawn, KNOWN)


@settings(deadline=None)
@given(st.integers(1, 1300), st.integers(1, 40), st.booleans(), st.binary(min_size=1, max_size=8))
def test_what_has_the_form_of_a_print_can_be_compared(width, height, is_tall, repeated):
    size = (height, width) if is_tall else (width, height)
    across, down = _fit(*size, _COLOUR)
    length = width * height + 2 * across * down
    data = (repeated * (length // len(repeated) + 1))[:length]
    text = f"{size[0]}x{size[1]}:{base64.b64encode(data).decode()}"
    assert alike(text, KNOWN) == alike(KNOWN, text)
