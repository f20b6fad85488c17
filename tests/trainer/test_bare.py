"""A training leaves no trace on the base and costs others nothing, whatever the method."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import torch
from torch import nn

from tests.trainer.lessons import (
    LONG,
    adapter_of,
    answer,
    assert_same,
    plan_of,
    run,
    untouched,
)
from tests.trainer.pictures import CALLED, photos
from tests.trainer.test_wardrobe import loaded
from trainer.base import Base
from trainer.dataset import Dataset, build_dataset
from trainer.dreambooth import train
from trainer.fit import Fit
from trainer.generate import generate
from trainer.plan import Method
from trainer.request import Request


@pytest.fixture(params=["sd", "xl"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def test_the_base_is_left_as_it_was(base: Base, dataset: Dataset, method: Method) -> None:
    with untouched(base):
        run(base, dataset, plan_of(method))


def test_the_base_is_left_as_it_was_midway(base: Base, alone: Dataset, method: Method) -> None:
    small = Fit(checkpointing=True, parts=2)
    with untouched(base):
        bare = answer(base)
        steps = train(base, alone, plan_of(method), fit=small)
        for _ in range(4):
            next(steps)
            assert torch.equal(answer(base), bare)
            assert not any(m.gradient_checkpointing for m in checkpointing(base))
        steps.close()


def checkpointing(base: Base) -> list[Any]:
    return [module for module in base.unet.modules() if hasattr(module, "gradient_checkpointing")]


def test_the_base_is_left_as_it_was_by_an_error(base: Base, alone: Dataset, method: Method) -> None:
    def fail(*_: Any) -> None:
        raise ZeroDivisionError

    with untouched(base):
        steps = train(base, alone, plan_of(method), fit=Fit(checkpointing=True))
        next(steps)
        handle = base.unet.mid_block.register_forward_pre_hook(fail)
        with pytest.raises(ZeroDivisionError):
            next(steps)
        handle.remove()


def test_others_are_served_between_two_steps(base: Base, alone: Dataset, method: Method) -> None:
    plan = plan_of(method)
    expected = run(base, alone, plan)
    theirs = adapter_of(base, run(base, alone, plan_of(method, seed=5, steps=2)))
    requests = [
        Request("a tkn man", seed=3, steps=2),
        Request("a tkn man", seed=3, steps=2, adapter=theirs),
        Request("a man", seed=3, steps=2, adapter=loaded(base, 1)),
    ]
    before = [picture.tobytes() for picture in generate(base, requests)]
    for progress in train(base, alone, plan):
        assert [drawn.tobytes() for drawn in generate(base, requests)] == before
        if progress.step % 2:
            base.wardrobe.forget(theirs.sha256)
    assert_same(progress.checkpoint(), expected)


def test_an_adapter_that_was_saved_draws_what_was_learned(
    base: Base, alone: Dataset, method: Method
) -> None:
    saved = run(base, alone, plan_of(method, learning_rate=1e-2))
    prompt = "a photo of tkn man"
    bare = answer(base, prompt)
    base.wardrobe.put_on("learned", saved.weights, torch.float32, word="tkn")
    with base.wardrobe.wearing("learned"):
        learned = answer(base, prompt)
    base.wardrobe.take_off("learned")
    with base.wardrobe.wearing(base.wardrobe.keep(adapter_of(base, saved))):
        kept = answer(base, prompt)
    moved = (learned - bare).norm()
    assert moved > 1e-2
    assert (kept - learned).norm() < 0.05 * moved  # float16


def test_a_step_reads_and_encodes_nothing_that_stands_still(
    base: Base, alone: Dataset, method: Method
) -> None:
    calls: Counter[str] = Counter()

    def counts(name: str) -> Any:
        def hook(*_: Any) -> None:
            calls[name] += 1

        return hook

    parts: dict[str, list[nn.Module]] = {
        "vae": [base.vae.encoder, base.vae.decoder],
        "text": list(base.text_encoders.values()),
        "unet": [base.unet],
    }
    handles = [m.register_forward_hook(counts(name)) for name in parts for m in parts[name]]
    seen = []
    for _ in train(base, alone, plan_of(method)):
        seen.append((calls["vae"], calls["text"], calls["unet"]))
        calls.clear()
    for handle in handles:
        handle.remove()
    encoders = len(base.text_encoders)
    # one for the step, one for the base's own answer to the class
    still, reading = (0, 0, 2), (0, encoders, 2)
    assert (
        seen
        == {
            "lora": [still] * 6,
            "full": [still] * 6,
            "lora-text": [reading] * 6,
            # once more with the token as it came out
            "pivotal": [(0, encoders, 1)] * 3 + [reading] + [still] * 2,
        }[method]
    )


def test_long_captions_are_learned_whole(base: Base, method: Method) -> None:
    made = build_dataset(base, photos(LONG), called=CALLED)
    assert made.instance.words.states.shape[1] == 2 * 77
    saved = run(base, made, plan_of(method, steps=2))
    assert all(value.isfinite().all() for value in saved.weights.values())
