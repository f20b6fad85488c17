from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image

from tests.trainer.pictures import picture
from tests.trainer.test_wardrobe import answer, loaded
from trainer.base import Base
from trainer.canvas import new_sampler
from trainer.generate import PictureFailed, generate, warm
from trainer.request import Request
from trainer.safety import is_blank
from trainer.wardrobe import AdapterMismatch

LONG = "a man " + "in a very red scarf " * 30
REQUEST = Request("a man", "blurry", seed=5, steps=4, guidance=5.0)


def distance(one: Image.Image, other: Image.Image) -> float:
    """The largest difference of any channel, of 255."""
    return float(np.abs(np.asarray(one, dtype=int) - np.asarray(other, dtype=int)).max())


@pytest.mark.filterwarnings("ignore:__array__ implementation")
def test_pictures_are_those_of_the_stock_pipeline(base: Base, nano_folder: Any) -> None:
    stock = StableDiffusionPipeline.from_pretrained(nano_folder, safety_checker=None)
    stock.scheduler = new_sampler(base, REQUEST.steps)
    stock.set_progress_bar_config(disable=True)
    theirs = stock(
        REQUEST.prompt,
        negative_prompt=REQUEST.negative,
        num_inference_steps=REQUEST.steps,
        guidance_scale=REQUEST.guidance,
        generator=torch.Generator().manual_seed(REQUEST.seed),
    ).images[0]
    [ours] = generate(base, [REQUEST])
    assert ours.size == (32, 32)
    assert distance(ours, theirs) <= 1


def test_company_in_the_batch_changes_no_picture(base: Base) -> None:
    requests = [
        REQUEST,
        replace(REQUEST, adapter=loaded(base, 1)),
        replace(REQUEST, prompt=LONG),
        replace(REQUEST, seed=6, guidance=1.0),
        replace(REQUEST, adapter=loaded(base, 2), scale=0.5),
        replace(REQUEST, adapter=loaded(base, 1), prompt="a woman"),
        replace(REQUEST, steps=3),
        replace(REQUEST, adapter=loaded(base, 2)),
    ]
    together = generate(base, requests)
    for request, drawn in zip(requests, together, strict=True):
        [alone] = generate(base, [request])
        assert distance(alone, drawn) <= 1
    assert len({drawn.tobytes() for drawn in together}) == len(requests)


def test_more_requests_than_fit_in_one_call_are_all_drawn(base: Base) -> None:
    requests = [replace(REQUEST, seed=seed, steps=1) for seed in range(10)]
    assert len({drawn.tobytes() for drawn in generate(base, requests)}) == 10
    assert generate(base, []) == []


def test_progress_counts_the_steps_of_every_picture(base: Base) -> None:
    seen: list[tuple[int, int]] = []
    requests = [REQUEST, replace(REQUEST, steps=2), replace(REQUEST, seed=9)]
    generate(base, requests, lambda done, total: seen.append((done, total)))
    # three pictures, one of which is done after two calls
    assert seen == [(3, 10), (6, 10), (8, 10), (10, 10)]


def test_a_cancelled_drawing_leaves_the_base_bare(base: Base) -> None:
    def cancel(_done: int, _total: int) -> None:
        raise InterruptedError

    bare = answer(base)
    with pytest.raises(InterruptedError):
        generate(base, [replace(REQUEST, adapter=loaded(base, 1))], cancel)
    assert torch.equal(answer(base), bare)


def test_an_adapter_of_another_base_is_refused(base: Base) -> None:
    adapter = loaded(base, 1)
    foreign = replace(adapter, origin=replace(adapter.origin, base_hash="0" * 64))
    with pytest.raises(AdapterMismatch):
        generate(base, [replace(REQUEST, adapter=foreign)])


def test_numbers_that_overflow_are_no_picture(base: Base) -> None:
    adapter = loaded(base, 1)
    huge = {key: value * 1e30 for key, value in adapter.weights.items()}
    broken = replace(adapter, weights=huge)
    with pytest.raises(PictureFailed) as failure:
        generate(base, [REQUEST, replace(REQUEST, adapter=broken)])
    assert failure.value.failed == [1]


def test_the_sampler_is_right_for_a_known_answer(base: Base) -> None:
    # data N(mean, 0.5^2): the best v-prediction is known in closed form at every noise level
    mean, deviation = -1.5, 0.5
    sampler = new_sampler(base, 25)
    alphas = base.scheduler.alphas_cumprod.double()
    noise = torch.Generator().manual_seed(0)
    sample = torch.randn(4000, generator=noise, dtype=torch.float64)
    for timestep in sampler.timesteps:
        alpha, sigma = alphas[timestep].sqrt(), (1 - alphas[timestep]).sqrt()
        gain = deviation**2 * alpha / (alpha**2 * deviation**2 + sigma**2)
        clean = mean + gain * (sample - alpha * mean)
        velocity = alpha * (sample - alpha * clean) / sigma - sigma * clean
        sample = sampler.step(velocity, timestep, sample).prev_sample
    assert sample.mean().item() == pytest.approx(mean, abs=0.03)
    assert sample.std().item() == pytest.approx(deviation, abs=0.05)


def test_a_flat_picture_is_blank_and_another_is_not() -> None:
    assert is_blank(Image.new("RGB", (32, 32)))
    assert is_blank(Image.new("RGB", (32, 32), (200, 30, 60)))
    assert not is_blank(picture(0))


def test_a_warm_base_is_bare_and_draws_the_same(base: Base) -> None:
    [before] = generate(base, [REQUEST])
    warm(base)
    [after] = generate(base, [REQUEST])
    assert before.tobytes() == after.tobytes()
