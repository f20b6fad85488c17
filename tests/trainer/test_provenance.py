"""What a picture's file says of itself, as readers that are not ours read it."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pyexiv2
import pytest
from PIL import Image
from sd_parsers import ParserManager

from tests.trainer.pictures import picture
from trainer.base import Base
from trainer.provenance import ALONE, marked_png, parameters_text, source_type
from trainer.request import Request, Start

REQUEST = Request("tkn man, smiling", "blurry, crowd", seed=1, steps=20, guidance=6.5)


def test_the_parameters_are_in_the_form_that_web_uis_write(base: Base) -> None:
    assert parameters_text(REQUEST, replace(base, id="tiny")) == (
        "tkn man, smiling\nNegative prompt: blurry, crowd\n"
        "Steps: 20, Sampler: DPM++ 2M, CFG scale: 6.5, Seed: 1, Size: 32x32, Model: tiny"
    )


def test_another_reader_finds_prompt_sampler_and_seed(base: Base) -> None:
    png = marked_png(picture(0), parameters_text(REQUEST, base))
    found = ParserManager().parse(io.BytesIO(png))
    assert found is not None
    assert [prompt.value for prompt in found.prompts] == [REQUEST.prompt]
    assert [prompt.value for prompt in found.negative_prompts] == [REQUEST.negative]
    (sampler,) = found.samplers
    assert sampler.name == "DPM++ 2M"
    assert {name: str(value) for name, value in sampler.parameters.items()} == {
        "steps": "20",
        "cfg_scale": "6.5",
        "seed": "1",
    }


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (None, "trainedAlgorithmicMedia"),
        (Start(picture(0), 0.5, drawn=True), "trainedAlgorithmicMedia"),
        (Start(picture(0), 0.5, drawn=False), "compositeWithTrainedAlgorithmicMedia"),
    ],
)
def test_another_reader_finds_the_mark_that_no_camera_made_it(
    start: Start | None, expected: str, tmp_path: Path
) -> None:
    request = replace(REQUEST, start=start)
    path = tmp_path / "picture.png"
    path.write_bytes(marked_png(picture(0), "a man", source_type(request)))
    with pyexiv2.Image(str(path)) as image:
        found = image.read_xmp()
    assert found["Xmp.iptcExt.DigitalSourceType"] == (
        f"http://cv.iptc.org/newscodes/digitalsourcetype/{expected}"
    )
    assert found["Xmp.xmp.CreatorTool"] == "Darkroom"


def test_what_is_written_into_the_file_changes_no_pixel_and_no_letter() -> None:
    read = Image.open(io.BytesIO(marked_png(picture(0), "ein Mann 男", ALONE)))
    assert read.info["parameters"] == "ein Mann 男"
    assert read.tobytes() == picture(0).tobytes()
