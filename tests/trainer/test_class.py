"""What keeps the class as it was, and how much each example counts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.trainer.lessons import (
    BRISK,
    answer,
    plan_of,
    run,
)
from trainer.base import Base
from trainer.dataset import Dataset
from trainer.dreambooth import train
from trainer.loss import ask_base, draw_batch, loss_weights
from trainer.plan import Method


@pytest.fixture(params=["sd", "xl"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_without_class_images_the_base_is_asked(base: Base, alone: Dataset, method: Method) -> None:
    plan = plan_of(method, token_share=0.0)
    with closing(train(base, alone, plan)) as steps:
        first = next(steps)
        assert first.prior_loss < 1e-12  # it was asked in another batch
        assert first.instance_loss > 0.1
        for progress in steps:
            last = progress
        assert last.prior_loss > 1e-7


def test_the_bases_answer_is_to_the_class_words(base: Base, alone: Dataset) -> None:
    batch = draw_batch(base, alone, plan_of("lora"), 0)
    assert batch.from_base == (False, False, True, True)
    said = {alone.instance.captions[row] for row in batch.caption[2:].tolist()}
    assert said == {"a photo of man"}
    noise = batch.target.clone()
    ask_base(base, batch, alone.instance.words)
    assert torch.equal(batch.target[:2], noise[:2])
    with torch.no_grad():
        theirs = base.predict(
            batch.noisy[2:],
            batch.timesteps[2:],
            base.encode_prompts(["a photo of man"] * 2),
            batch.sides[2:],
        )
    assert torch.allclose(batch.target[2:], theirs, atol=1e-5)


def test_nothing_keeps_the_class_while_a_token_is_learned(base: Base, alone: Dataset) -> None:
    told = [progress.prior_loss for progress in train(base, alone, plan_of("pivotal"))]
    assert told[:3] == [0, 0, 0]
    assert told[4] > 0


@pytest.mark.parametrize("kind", ["sd"])
def test_the_base_keeps_the_class_closer_than_nothing_does(
    base: Base, alone: Dataset, method: Method
) -> None:
    prompt, bare = "a photo of man", answer(base, "a photo of man")
    moved = {}
    for weight in (0.0, 10.0):
        plan = plan_of(method, steps=20, learning_rate=BRISK[method], prior_weight=weight)
        base.wardrobe.put_on("after", run(base, alone, plan).weights, torch.float32, word="tkn")
        with base.wardrobe.wearing("after"):
            moved[weight] = float((answer(base, prompt) - bare).norm())
        base.wardrobe.take_off("after")
    assert moved[10.0] < 0.7 * moved[0.0]


@pytest.mark.parametrize("gamma", [None, 0.5, 5.0])
def test_every_example_has_the_weight_of_its_own_noise(
    base: Base, dataset: Dataset, gamma: float | None
) -> None:
    """The examples' known defect: the weights of all 2n examples on the n of the subject."""
    plan = plan_of("lora", prior_weight=0.5, min_snr_gamma=gamma)
    batch = draw_batch(base, dataset, plan, 3)
    alphas = base.scheduler.alphas_cumprod[batch.timesteps]
    each = loss_weights(alphas, base.prediction_type, gamma)
    assert torch.allclose(batch.weight, each * torch.tensor([1, 1, 0.5, 0.5]) / 2)
    with closing(train(base, dataset, replace(plan, steps=4))) as steps:
        for progress in steps:
            last = progress
    assert last.loss == pytest.approx(last.instance_loss + 0.5 * last.prior_loss)
    if gamma == 0.5:
        assert not torch.allclose(each, torch.ones(4))


def test_noise_has_no_offset_unless_asked(base: Base, dataset: Dataset) -> None:
    scheduler = base.scheduler
    plain, same, offset = (
        draw_batch(base, dataset, plan_of("lora", noise_offset=by), 0) for by in (0.0, 0.0, 0.2)
    )
    assert torch.equal(plain.noisy, same.noisy)
    assert not torch.equal(plain.noisy, offset.noisy)
    assert torch.equal(plain.timesteps, offset.timesteps)
    # one number for each picture and channel
    alphas = scheduler.alphas_cumprod[plain.timesteps].view(-1, 1, 1, 1)
    added = (offset.noisy - plain.noisy) / (1 - alphas).sqrt()
    assert torch.allclose(added, added.mean(dim=(2, 3), keepdim=True).expand_as(added), atol=1e-3)
    assert added.std() > 0.05
