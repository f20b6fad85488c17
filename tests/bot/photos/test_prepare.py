"""Files that become pictures to be worked on, in the process that reads strangers' files."""

from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image, ImageDraw

from bot.photos import prepared
from bot.photos.areas import AREAS
from bot.photos.darkbox import Examiner
from bot.photos.errors import PhotoRefused
from bot.photos.mask import REASONS, MaskRefused, from_png
from bot.photos.prepare import prepare
from bot.photos.prepared import Prepared
from bot.photos.wire import WireBroken
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened, quarters


def with_a_hole(picture: Image.Image) -> Image.Image:
    """See-through in an ellipse in the upper left."""
    seen = picture.convert("RGBA")
    alpha = Image.new("L", seen.size, 255)
    ImageDraw.Draw(alpha).ellipse((10, 5, 40, 30), fill=0)
    seen.putalpha(alpha)
    return seen


def black_and_white(size: tuple[int, int]) -> Image.Image:
    """White in the right half."""
    mask = Image.new("L", size)
    mask.paste(255, (size[0] // 2, 0, *size))
    return mask


async def test_the_answer_is_the_one_of_prepare() -> None:
    async with Examiner() as examiner:
        for where in (*AREAS, None):
            answer = await examiner.prepare(ASTRONAUT, min_side=64, where=where)
            assert answer == prepare(ASTRONAUT, min_side=64, where=where)
        refused = {
            "too_small": examiner.prepare(ASTRONAUT, min_side=600),
            "not_a_picture": examiner.prepare(b"text" * 100, min_side=64),
            "too_many_bytes": examiner.prepare(bytes(21 * 1024 * 1024), min_side=64),
        }
        for reason, asked in refused.items():
            with pytest.raises(PhotoRefused) as caught:
                await asked
            assert caught.value.reason == reason
        with pytest.raises(MaskRefused, match="opaque"):
            await examiner.prepare(ASTRONAUT, min_side=64, where="transparent")
        # and the child is well
        assert await examiner.prepare(ASTRONAUT, min_side=64) == prepare(ASTRONAUT, min_side=64)
        assert (await examiner.examine(ASTRONAUT, kind="person", declared=None, resolution=64)).cuts


def test_a_picture_is_upright_and_has_no_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010E] = "secret"
    made = prepare(encoded(quarters(96, 64), "JPEG", exif=exif), min_side=32)
    assert (made.width, made.height, made.mask) == (64, 96, None)
    assert b"secret" not in made.picture
    red, green, _ = opened(made.picture).getpixel((50, 10))
    assert (red > 200, green < 60) == (True, True)


@pytest.mark.parametrize("name", ["PNG", "WEBP", "AVIF"])
def test_what_is_see_through_may_change(name: str) -> None:
    made = prepare(encoded(with_a_hole(quarters()), name), min_side=32, where="transparent")
    assert made.mask
    mask = from_png(made.mask)
    assert mask.shape == (64, 96)
    assert mask[17, 25] == 255
    assert mask[2, 2] == mask[60, 90] == 0
    assert 0.08 < (mask > 0).mean() < 0.12


def test_what_is_see_through_is_turned_with_its_picture() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    turned = encoded(with_a_hole(quarters()), "PNG", exif=exif)
    made = prepare(turned, min_side=32, where="transparent")
    assert made.mask
    mask = from_png(made.mask)
    assert mask.shape == (96, 64)
    assert mask[25, 64 - 17] == 255
    assert mask[90, 5] == 0


def test_a_palette_with_a_clear_colour_is_see_through_too() -> None:
    picture = quarters().quantize(8)
    data = encoded(picture, "PNG", transparency=picture.getpixel((5, 5)))
    made = prepare(data, min_side=32, where="transparent")
    assert made.mask
    assert from_png(made.mask)[10, 10] == 255
    assert from_png(made.mask)[60, 90] == 0


@pytest.mark.parametrize("size", [(96, 64), (48, 32), (300, 300)])
def test_a_mask_of_ones_own_is_laid_over_the_picture(size: tuple[int, int]) -> None:
    drawn = encoded(black_and_white(size), "PNG")
    made = prepare(encoded(quarters(), "PNG"), min_side=32, where="mask", mask=drawn)
    assert made.mask
    mask = from_png(made.mask)
    assert mask.shape == (64, 96)
    assert mask[:, 50:].all()
    assert not mask[:, :46].any()


@pytest.mark.parametrize(
    ("mask", "reason"),
    [
        (b"no picture at all", "unreadable"),
        (encoded(Image.new("L", (96, 64)), "PNG"), "empty"),
        (encoded(Image.new("L", (96, 64), 255), "PNG"), "full"),
    ],
)
def test_a_mask_that_is_none_is_refused(mask: bytes, reason: str) -> None:
    with pytest.raises(MaskRefused) as caught:
        prepare(encoded(quarters(), "PNG"), min_side=32, where="mask", mask=mask)
    assert caught.value.reason == reason


def test_how_explicit_a_picture_looks_is_told_and_not_judged(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for score in (0.1, 0.99):
        monkeypatch.setattr("bot.photos.prepare.nsfw_anywhere", lambda _, score=score: score)
        assert prepare(ASTRONAUT, min_side=64).nsfw == score


def honest() -> Prepared:
    return prepare(ASTRONAUT, min_side=64, where="face")


def test_an_answer_comes_back_as_it_was() -> None:
    assert prepared.from_answer(*prepared.to_answer(honest())) == honest()
    for reason in REASONS:
        with pytest.raises(MaskRefused) as caught:
            prepared.from_answer(*prepared.to_answer(MaskRefused(reason)))
        assert caught.value.reason == reason


@pytest.mark.parametrize(
    "change",
    [
        {"width": 513},
        {"height": -1},
        {"width": "512"},
        {"picture": 10},
        {"picture": True},
        {"nsfw": None},
        {"no_mask": "because"},
        {"no_mask": ["empty"]},
        {"refused": "because", "facts": {}},
    ],
)
def test_no_answer_of_another_shape_is_believed(change: dict[str, object]) -> None:
    head, body = prepared.to_answer(honest())
    with pytest.raises(WireBroken):
        prepared.from_answer(head | change, body)


def test_no_picture_is_believed_to_be_smaller_than_it_says() -> None:
    head, body = prepared.to_answer(honest())
    large = body[:16] + struct.pack(">II", 60_000, 60_000) + body[24:]
    for said in (head, head | {"width": 60_000, "height": 60_000}):
        with pytest.raises(WireBroken):
            prepared.from_answer(said, large)
    with pytest.raises(WireBroken):
        prepared.from_answer(head, body[: head["picture"]] * 2)  # a mask in colours


def test_both_of_a_prepared_picture_are_of_one_size() -> None:
    made = honest()
    assert made.mask
    assert np.asarray(opened(made.picture)).shape[:2] == from_png(made.mask).shape
