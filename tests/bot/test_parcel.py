"""Pictures are made to fit where they go, and still say that no camera made them."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pyexiv2
import pytest
from PIL import Image
from sd_parsers import ParserManager

from bot.parcel import fitted
from trainer.provenance import FROM_A_PHOTO, marked_png

TEXT = "zwx man, smiling 男\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, Seed: 1"


def png(side: int, *, seed: int = 0) -> bytes:
    """Of noise, so that it is large, with all that a trainer writes into it."""
    noise = np.random.default_rng(seed).integers(0, 255, (side, 2 * side, 3), np.uint8)
    return marked_png(Image.fromarray(noise), TEXT, FROM_A_PHOTO)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_what_fits_is_handed_over_as_it_is() -> None:
    files = [("darkroom-1-0.png", png(64)), ("darkroom-1-1.png", png(32))]
    assert fitted(files, sum(len(data) for _, data in files)) == files


@pytest.mark.parametrize("share", [0.9, 0.5, 0.1, 0.02])
def test_what_does_not_fit_becomes_a_webp_with_the_same_mark(share: float, tmp_path: Path) -> None:
    large = png(256)
    room = round(share * len(large))
    [(name, data)] = fitted([("darkroom-1-0.png", large)], room)
    assert name == "darkroom-1-0.webp"
    assert len(data) <= room
    small = opened(data)
    assert small.format == "WEBP"
    assert small.width / small.height == pytest.approx(2, rel=0.02)
    assert small.width == 512 or share < 0.5  # it is not made smaller before it must be
    path = tmp_path / name
    path.write_bytes(data)
    with pyexiv2.Image(str(path)) as image:
        assert image.read_xmp()["Xmp.iptcExt.DigitalSourceType"] == FROM_A_PHOTO
    found = ParserManager().parse(str(path))
    assert found is not None
    assert [one.value for one in found.prompts] == ["zwx man, smiling 男"]


def test_the_files_of_one_message_count_together_and_keep_their_order() -> None:
    large = [("a.png", png(256, seed=1)), ("b.png", png(16)), ("c.png", png(256, seed=2))]
    room = round(1.3 * len(large[0][1]))
    made = fitted(large, room)
    assert sum(len(data) for _, data in made) <= room
    assert [name.split(".")[0] for name, _ in made] == ["a", "b", "c"]
    assert made[1] == large[1]


def test_no_room_is_too_small_for_something_to_be_handed_over() -> None:
    [(_, data)] = fitted([("darkroom-1-0.png", png(256))], 1)
    assert min(opened(data).size) >= 48
