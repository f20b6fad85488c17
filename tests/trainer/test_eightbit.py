"""Averages in 8 bits: nearly the same steps, resumed bit for bit, never done twice."""

from __future__ import annotations

from collections import Counter
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.trainer.lessons import PLAN, assert_same, run, untouched
from trainer.base import Base
from trainer.checkpoint import Checkpoint, pack_checkpoint, unpack_checkpoint
from trainer.dataset import Dataset
from trainer.dreambooth import train
from trainer.eightbit import AdamW8bit, Rounded
from trainer.fit import Fit
from trainer.seeds import stream

FULL = replace(PLAN, method="full", learning_rate=1e-3)


def test_averages_that_do_not_fit_are_kept_in_8_bits_and_nothing_else_is_given_up(
    base: Base, alone: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(torch.optim.AdamW, "step", full)
    with untouched(base):
        steps = list(train(base, alone, FULL))
    assert {tuple(progress.fit.names) for progress in steps} == {("8-bit",)}


def test_8_bits_learn_nearly_the_same(base: Base, alone: Dataset) -> None:
    exact, rounded_off = (
        list(train(base, alone, FULL, fit=Fit(eight_bit=is_small)))[-1].checkpoint()
        for is_small in (False, True)
    )
    first = run(base, alone, replace(FULL, steps=1))
    assert exact.counts == rounded_off.counts
    for key, value in exact.weights.items():
        learned = (value - first.weights[key]).norm()
        assert (value - rounded_off.weights[key]).norm() < 0.15 * learned, key
    dtypes = Counter(
        value.dtype for kept in rounded_off.moments.values() for value in kept.values()
    )
    assert dtypes[torch.uint8] > 20


def test_in_8_bits_too_a_resumed_training_continues_bit_for_bit(base: Base, alone: Dataset) -> None:
    def eight(resume: Checkpoint | None = None, until: int = FULL.steps) -> Checkpoint:
        with closing(train(base, alone, FULL, resume, fit=Fit(eight_bit=True))) as steps:
            for progress in steps:
                if progress.step == until:
                    return unpack_checkpoint(pack_checkpoint(progress.checkpoint()))
        raise AssertionError(until)

    saved = eight(until=3)
    assert saved.fit.eight_bit
    assert_same(eight(saved), eight())


def test_what_was_averaged_so_far_is_taken_along_into_8_bits(
    base: Base, alone: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = run(base, alone, FULL)
    step = torch.optim.AdamW.step
    tries = 0

    def fail_in_the_fourth(self: Any, *given: Any, **named: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 4:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return step(self, *given, **named)

    monkeypatch.setattr(torch.optim.AdamW, "step", fail_in_the_fourth)
    steps = list(train(base, alone, FULL))
    assert [progress.fit.names for progress in steps] == [[]] * 3 + [["8-bit"]] * 3
    saved = steps[-1].checkpoint()
    assert set(saved.counts.values()) == {6}
    for key, value in expected.weights.items():
        assert torch.allclose(saved.weights[key], value, atol=5e-4), key


def test_a_step_in_8_bits_is_never_done_twice(
    base: Base, alone: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It moves one weight after the other: what broke off has moved some."""

    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(AdamW8bit, "_move", full)
    with untouched(base), pytest.raises(torch.OutOfMemoryError):
        next(train(base, alone, FULL, fit=Fit(eight_bit=True)))


def test_steps_in_8_bits_are_never_much_longer_than_in_32() -> None:
    """Where gradients side by side differ by decades, an average that is rounded to nothing would
    make a step thousands of times too long."""
    generator = stream("gradients")
    start = torch.randn(64, 512, generator=generator) * 0.02
    size = 10 ** (torch.randn(start.shape, generator=generator) - 3)
    moved: dict[type, list[torch.Tensor]] = {torch.optim.AdamW: [], AdamW8bit: []}
    parameters = {kind: torch.nn.Parameter(start.clone()) for kind in moved}
    optimizers = {
        kind: kind([{"params": [value], "lr": 1e-4}]) for kind, value in parameters.items()
    }
    for _ in range(100):
        gradient = (0.3 + torch.randn(start.shape, generator=generator)) * size
        for kind, value in parameters.items():
            before = value.detach().clone()
            value.grad = gradient.clone()
            optimizers[kind].step()
            moved[kind].append(value.detach() - before)
    exact, rounded_off = (torch.stack(each) for each in moved.values())
    assert rounded_off.abs().max() < 4 * exact.abs().max()
    assert (rounded_off - exact).norm() < 0.35 * exact.norm()


@pytest.mark.parametrize("is_signed", [True, False])
def test_what_is_rounded_comes_back_nearly_the_same(is_signed: bool) -> None:
    value = torch.randn(33, 200, generator=stream("rounded"))
    value = value if is_signed else value.abs()
    value[0] = 0
    kept = Rounded(value, is_signed=is_signed)
    assert torch.equal(kept.load(), torch.zeros_like(value))
    kept.store(value)
    back = kept.load()
    assert back.shape == value.shape
    assert (back - value).norm() < 0.02 * value.norm()
    assert back[0].abs().max() < 1e-5
    assert kept.codes.dtype == torch.uint8
    assert kept.codes.numel() + 4 * kept.scale.numel() < 0.27 * 4 * value.numel()
    if not is_signed:
        assert (back[1:] > 0).all()
