"""Every method on both kinds of base: it learns what it should, and resumes bit for bit."""

from __future__ import annotations

from contextlib import closing
from typing import Any

import pytest
import torch

from tests.trainer.lessons import (
    BRISK,
    adapter_of,
    answer,
    assert_same,
    error_of,
    plan_of,
    rounded,
    run,
    stopped,
    untouched,
)
from tests.trainer.pictures import CALLED, photos
from trainer.base import Base
from trainer.dataset import Dataset, build_dataset
from trainer.dreambooth import TRAINING, first_weights, train
from trainer.generate import generate
from trainer.loss import draw_batch, losses
from trainer.plan import METHODS, Method
from trainer.request import Request
from trainer.wardrobe import TOKEN, WHOLE


@pytest.fixture(params=["sd", "xl"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_it_learns_what_it_is_shown(base: Base, alone: Dataset, method: Method) -> None:
    plan = plan_of(method, steps=30, batch_size=4, learning_rate=BRISK[method], token_share=0.2)
    before = error_of(base, alone, plan, None)
    base.wardrobe.put_on("after", run(base, alone, plan).weights, torch.float32, word="tkn")
    after = error_of(base, alone, plan, "after")
    base.wardrobe.take_off("after")
    assert after < 0.98 * before


def test_a_token_alone_learns_too(base: Base, alone: Dataset) -> None:
    plan = plan_of("pivotal", steps=40, batch_size=4, token_share=0.9, token_learning_rate=0.02)
    saved = stopped(base, alone, plan, plan.token_steps)
    untrained = first_weights(base, plan, CALLED)
    for key, value in saved.weights.items():
        assert torch.equal(value, untrained[key]) != key.startswith(TOKEN), key
    before = error_of(base, alone, plan, None)
    base.wardrobe.put_on("after", saved.weights, torch.float32, word="tkn")
    after = error_of(base, alone, plan, "after")
    base.wardrobe.take_off("after")
    assert after < before


def test_a_tokens_rows_start_as_the_class_word_and_keep_its_length(
    base: Base, alone: Dataset
) -> None:
    saved = run(base, alone, plan_of("pivotal"))
    for name, encoder in base.text_encoders.items():
        ids = base.tokenizers[name]("man", add_special_tokens=False).input_ids
        own = encoder.get_input_embeddings().weight[ids]
        learned = saved.weights[TOKEN + name]
        assert learned.shape == own.shape
        assert not torch.allclose(learned, own, atol=1e-4)
        assert torch.allclose(learned.norm(dim=1), own.norm(dim=1), rtol=1e-5)


def test_what_learns_is_what_the_method_says(base: Base, dataset: Dataset, method: Method) -> None:
    plan = plan_of(method)
    before, saved = first_weights(base, plan, CALLED), run(base, dataset, plan)
    assert before.keys() == saved.weights.keys()
    # LoRA's A stands still while its B is zero, one step
    still = {key for key, value in before.items() if torch.equal(value, saved.weights[key])}
    # of XL's first text encoder the last layer's answer is read by nobody
    unread = {key for key in before if key.startswith("text_encoder.encoder.layers.1.")}
    assert still == (unread if base.family == "sdxl" else set())
    parts = {key.split(".")[0] for key in before}
    assert (
        parts
        == {
            "lora": {"unet"},
            "lora-text": {"unet", *base.text_encoders},
            "pivotal": {"unet", "token"},
            "full": {"whole"},
        }[method]
    )
    if method == "full":
        own = {WHOLE + key for key, _ in base.unet.named_parameters()}
        assert saved.weights.keys() == own


def test_the_warm_up_is_each_phases_own(base: Base, alone: Dataset) -> None:
    """With a warm-up as long as the training every step is a share of the full one's."""
    slow = plan_of("pivotal", warm_up=1000)
    first = {key: value.clone() for key, value in first_weights(base, slow, CALLED).items()}
    saved = run(base, alone, slow)
    brisk = run(base, alone, plan_of("pivotal"))
    for key in saved.weights:
        if key.endswith("lora_B.weight"):  # the same three first steps of 1000, not of 4 to 6
            moved, full = (one.weights[key] - first[key] for one in (saved, brisk))
            assert moved.norm() < 0.004 * full.norm()


def test_it_goes_on_from_an_adapter(base: Base, dataset: Dataset, method: Method) -> None:
    begun = run(base, dataset, plan_of(method))
    plan = plan_of(method, steps=1, seed=8, token_share=0.0)
    with closing(train(base, dataset, plan, start=begun.weights)) as steps:
        first = next(iter(steps))
    batch = draw_batch(base, dataset, plan, 0)
    base.wardrobe.put_on("begun", begun.weights, torch.float32, word="tkn")
    with base.wardrobe.wearing("begun"), torch.no_grad():
        captions = [dataset.instance.captions[row] for row in batch.caption.tolist()]
        _, told = losses(base, batch, base.encode_prompts(captions))
    base.wardrobe.take_off("begun")
    assert first.instance_loss == pytest.approx(float(told[0]), rel=1e-5)


@pytest.mark.parametrize(
    ("method", "at"),
    [
        *((method, 3) for method in METHODS),
        ("pivotal", 1),  # in the token's phase, of which 3 is the end
        ("pivotal", 4),
    ],
)
def test_a_resumed_training_continues_bit_for_bit(
    base: Base, alone: Dataset, method: Method, at: int
) -> None:
    plan = plan_of(method)
    assert_same(run(base, alone, plan, stopped(base, alone, plan, at)), run(base, alone, plan))


@pytest.mark.parametrize(
    ("kind", "dtype", "method"),
    [
        *(("sd", torch.bfloat16, method) for method in METHODS),
        ("sd", torch.float16, "lora"),
        ("sd", torch.float16, "full"),
        ("xl", torch.bfloat16, "pivotal"),
    ],
)
def test_a_base_of_16_bits_learns_in_32(base: Base, dtype: torch.dtype, method: Method) -> None:
    half = rounded(base, dtype)
    made = build_dataset(half, photos(), called=CALLED)
    steps = train(half, made, plan_of(method, token_share=0.5))
    with untouched(half), closing(steps):
        bare = answer(half)
        prior = []
        for progress in steps:
            prior.append(progress.prior_loss)
            assert progress.losses.isfinite().all()
            assert all(value.dtype == torch.float32 for value in progress.weights().values())
            with half.wardrobe.wearing(TRAINING):  # as the judge asks
                assert answer(half, "a photo of tkn man").isfinite().all()
            assert torch.equal(answer(half), bare)
        saved = progress.checkpoint()
    untrained = 3 if method == "pivotal" else 0
    assert prior[untrained] < 1e-6
    assert prior[-1] > 1e-6
    [drawn] = generate(half, [Request("a tkn man", steps=2, adapter=adapter_of(half, saved))])
    assert drawn.size == (32, 32)
