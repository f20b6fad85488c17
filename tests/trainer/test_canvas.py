"""Pictures that go on from pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionImg2ImgPipeline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from tests.trainer.pictures import picture
from tests.trainer.test_easel import calls
from trainer.base import Base
from trainer.canvas import Canvas, new_sampler
from trainer.easel import Easel
from trainer.edits import Edit, start_of
from trainer.generate import generate, put_in
from trainer.pixels import as_tensor
from trainer.request import Request, Start

REQUEST = Request("a man", "blurry", seed=5, steps=6, guidance=5.0)


def apart(one: Image.Image, other: Image.Image) -> float:
    """The mean difference of any channel, of 255."""
    return float(np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).mean())


def half(size: tuple[int, int]) -> Image.Image:
    """A mask that is white on the right."""
    mask = Image.new("L", size)
    ImageDraw.Draw(mask).rectangle((size[0] // 2, 0, *size), fill=255)
    return mask


@pytest.mark.filterwarnings("ignore:__array__ implementation")
@pytest.mark.parametrize("strength", [0.35, 0.5, 0.99])
def test_a_restyled_picture_is_that_of_the_stock_pipeline(
    base: Base, nano_folder: Any, strength: float
) -> None:
    stock = StableDiffusionImg2ImgPipeline.from_pretrained(
        nano_folder, safety_checker=None, requires_safety_checker=False
    )
    stock.scheduler = new_sampler(base, REQUEST.steps)
    stock.set_progress_bar_config(disable=True)
    before, _ = base.encode_pixels(as_tensor(picture(1)))
    steps = REQUEST.steps
    # it rounds the number of steps down, and ours up
    at_least = np.nextafter(np.ceil(steps * strength) / steps, 2)
    theirs = stock(
        REQUEST.prompt,
        image=before,
        strength=min(1.0, at_least),
        num_inference_steps=steps,
        guidance_scale=REQUEST.guidance,
        negative_prompt=REQUEST.negative,
        generator=torch.Generator().manual_seed(REQUEST.seed),
        output_type="pil",
    ).images[0]
    [ours] = generate(base, [replace(REQUEST, start=Start(picture(1), strength))])
    assert apart(ours, theirs) < 0.01


def test_a_little_strength_leaves_more_of_the_picture_than_much(base: Base) -> None:
    latents, _ = base.encode_pixels(as_tensor(picture(1)))
    gone = []
    for strength in (0.2, 0.5, 0.9):
        canvas = Canvas(
            base,
            replace(REQUEST, start=Start(picture(1), strength)),
            base.encode_prompts(["", "a man"]),
        )
        gone.append(float((canvas.latents - latents).square().mean()))
        assert canvas.steps == int(np.ceil(REQUEST.steps * strength))
    assert gone == sorted(gone)
    assert gone[0] * 2 < gone[-1]


def test_of_full_strength_nothing_of_the_picture_is_left(base: Base) -> None:
    pictures = generate(
        base, [replace(REQUEST, start=Start(picture(number), 1.0)) for number in (1, 2)]
    )
    [plain] = generate(base, [REQUEST])
    assert apart(pictures[0], plain) < 0.01
    assert apart(pictures[1], plain) < 0.01


@pytest.mark.parametrize("strength", [0.4, 1.0])
def test_outside_the_mask_no_pixel_changes_and_inside_it_something_does(
    base: Base, strength: float
) -> None:
    before = picture(1)
    start = Start(before, strength, half(before.size))
    [after] = generate(base, [replace(REQUEST, start=start)])
    kept = (0, 0, 16, 32)
    assert after.crop(kept).tobytes() == before.crop(kept).tobytes()
    assert apart(after.crop((16, 0, 32, 32)), before.crop((16, 0, 32, 32))) > 10


def test_what_is_around_the_mask_is_seen_while_it_is_drawn(base: Base) -> None:
    """Another surrounding gives another inside, of the same seed and prompt."""
    inside = []
    for number in (1, 2):
        start = Start(picture(number), 1.0, half((32, 32)))
        [after] = generate(base, [replace(REQUEST, start=start)])
        inside.append(after.crop((24, 0, 32, 32)))
    assert apart(*inside) > 0.2


def test_a_wide_picture_comes_out_wide(base: Base) -> None:
    [wide] = generate(base, [replace(REQUEST, size=(64, 32))])
    assert wide.size == (64, 32)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_company_changes_none_of_them(base: Base, data: st.DataObject) -> None:
    starts = st.sampled_from(
        [
            None,
            Start(picture(1), 0.4),
            Start(picture(2), 0.8, half((32, 32))),
            Start(picture(3).resize((64, 32)), 0.6),
        ]
    )
    seeds = st.integers(0, 9)
    wishes = data.draw(st.lists(st.tuples(starts, seeds), min_size=2, max_size=4))
    requests = [replace(REQUEST, start=start, seed=seed) for start, seed in wishes]
    together = generate(base, requests)
    for request, drawn in zip(requests, together, strict=True):
        [alone] = generate(base, [request])
        assert apart(alone, drawn) < 0.05


def test_a_large_picture_goes_through_the_autoencoder_in_tiles(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[int, ...]] = []
    decoder = base.vae.decoder
    forward = decoder.forward
    monkeypatch.setattr(
        decoder, "forward", lambda z, *rest: (seen.append(tuple(z.shape[2:])), forward(z, *rest))[1]
    )
    generate(base, [replace(REQUEST, steps=1, size=(64, 64))])
    assert len(seen) > 1
    assert max(max(shape) for shape in seen) <= base.latent_side
    seen.clear()
    generate(base, [replace(REQUEST, steps=1, size=(64, 32))])
    assert seen == [(8, 16)]


def test_outside_the_mask_it_is_always_as_noisy_as_inside(base: Base) -> None:
    """The UNet is told one noise level for all of it."""
    request = replace(REQUEST, start=Start(picture(1), 1.0, half((32, 32))))
    easel = Easel(base)
    canvas = easel.add(request)
    known, _ = base.encode_pixels(as_tensor(picture(1)))
    outside: list[float] = []
    while not canvas.is_done:
        easel.step()
        outside.append(float((canvas.latents - known)[..., :4].square().mean()))
    assert outside == sorted(outside, reverse=True)
    assert outside[0] > 0.3
    assert outside[-1] == 0


def test_pictures_of_two_shapes_are_never_tried_in_one_call(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    easel = Easel(base)
    seen = calls(easel, monkeypatch)
    for size in ((32, 32), (64, 32), (32, 32)):
        easel.add(replace(REQUEST, steps=1, size=size))
    while len(easel):
        easel.step()
    assert seen == [2, 1]


@pytest.mark.parametrize("width", [5, 9, 24])
def test_a_thin_mask_is_drawn_in_wholly(width: int) -> None:
    before, part = Image.new("RGB", (512, 512), "black"), Image.new("RGB", (512, 512), "white")
    mask = Image.new("L", (512, 512))
    mask.paste(255, (100, 0, 100 + width, 512))
    after = np.asarray(put_in(before, part, mask))[:, :, 0]
    assert after[:, 100 + width // 2].min() == 255
    assert after[:, :100].max() == after[:, 100 + width :].max() == 0


def test_a_mask_of_a_larger_picture_leaves_the_rest_of_that_as_it_was(base: Base) -> None:
    before = picture(1, 50)
    mask = half((50, 50))
    start = start_of(base, Edit("inpaint", 1.0), before, mask, drawn=True)
    assert start.picture.size == (32, 32)
    [after] = generate(base, [replace(REQUEST, start=start)])
    assert after.size == (50, 50)
    kept = (0, 0, 25, 50)
    assert after.crop(kept).tobytes() == before.crop(kept).tobytes()
    assert apart(after.crop((30, 0, 50, 50)), before.crop((30, 0, 50, 50))) > 10
