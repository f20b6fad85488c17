"""When memory runs out: the step is done again, smaller, and what is learned is the same.

A hook stands for the card: it raises torch's own error when more examples, or more kept
activations, go through the UNet than it has room for, as a real one does in the middle of a step.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import torch

from tests.trainer.lessons import PLAN, answer, assert_same, rounded, run, stopped, untouched
from tests.trainer.pictures import CALLED, photos
from trainer.base import Base
from trainer.checkpoint import Checkpoint
from trainer.dataset import Dataset, build_dataset
from trainer.dreambooth import TRAINING, Progress, train
from trainer.fit import Fit, is_out_of_memory
from trainer.optimizer import Optimizer
from trainer.plan import METHODS, Method, Plan
from trainer.rack import Rack


@contextmanager
def room_for(base: Base, fits: Callable[[int, bool], bool]) -> Iterator[list[tuple[int, bool]]]:
    """The UNet's middle runs out of memory unless so many examples, with or without gradients to
    keep activations for, fit; the list is what came through."""
    through: list[tuple[int, bool]] = []

    def limit(_module: Any, given: tuple[torch.Tensor, ...]) -> None:
        keeps = torch.is_grad_enabled() and not base.unet.down_blocks[0].gradient_checkpointing
        if not fits(len(given[0]), keeps):
            raise torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2 GiB.")
        through.append((len(given[0]), keeps))

    handle = base.unet.mid_block.register_forward_pre_hook(limit)
    try:
        yield through
    finally:
        handle.remove()


def assert_close(one: Checkpoint, other: Checkpoint) -> None:
    """The same but for the order of sums, which AdamW's first steps blow up where a gradient is
    nearly nothing."""
    for key, value in one.weights.items():
        moved = (value - other.weights[key]).norm()
        assert moved < 0.02 * value.norm() + 1e-4, (key, moved, value.norm())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    ("fits", "names"),
    [
        (lambda _count, keeps: not keeps, ["checkpointing"]),
        (lambda count, _keeps: count <= 2, ["checkpointing", "smaller-parts"]),
        (lambda count, keeps: count <= 1 and not keeps, ["checkpointing", "smaller-parts"]),
    ],
    ids=["no activations", "two examples", "one example"],
)
def test_a_smaller_fit_learns_the_same(
    base: Base,
    alone: Dataset,
    method: Method,
    fits: Callable[[int, bool], bool],
    names: list[str],
) -> None:
    plan = replace(PLAN, method=method, steps=3, token_share=0.0)
    expected = list(train(base, alone, plan))
    with untouched(base), room_for(base, fits) as through:
        steps = list(train(base, alone, plan))
    assert all(fits(*one) for one in through)
    assert steps[0].fit.names == steps[-1].fit.names == names
    for mine, theirs in zip(steps, expected, strict=True):
        assert torch.allclose(mine.losses, theirs.losses, rtol=2e-3)
    tight = steps[-1].checkpoint()
    assert_close(tight, expected[-1].checkpoint())
    assert tight.fit == steps[-1].fit


def test_memory_that_runs_out_midway_costs_no_step(base: Base, alone: Dataset) -> None:
    """As when somebody's picture takes the room: from step 4 on only two examples fit."""
    room = 99

    def limited() -> Iterator[Progress]:
        nonlocal room
        for progress in train(base, alone, PLAN):
            room = 2 if progress.step >= 3 else 99
            yield progress

    with room_for(base, lambda count, _keeps: count <= room):
        fits = [(progress.step, progress.fit.names) for progress in limited()]
    small = ["checkpointing", "smaller-parts"]
    assert fits == [(1, []), (2, []), (3, []), (4, small), (5, small), (6, small)]


def test_a_resumed_training_starts_in_the_fit_it_had(base: Base, alone: Dataset) -> None:
    with room_for(base, lambda count, _keeps: count <= 2):
        saved = stopped(base, alone, PLAN, 3)
        assert saved.fit == Fit(checkpointing=True, parts=2)
        whole = run(base, alone, PLAN)
    assert_same(run(base, alone, PLAN, saved), whole)


@pytest.mark.parametrize("method", METHODS)
def test_where_nothing_is_small_enough_the_base_is_left_bare(
    base: Base, alone: Dataset, method: Method
) -> None:
    plan = replace(PLAN, method=method)
    with untouched(base):
        with room_for(base, lambda *_: False):
            steps = train(base, alone, plan)
            with pytest.raises(torch.OutOfMemoryError) as caught:
                next(steps)
        assert is_out_of_memory(caught.value)
        assert TRAINING not in base.wardrobe
        run(base, alone, replace(plan, steps=1))  # and it can be used


def test_no_room_for_the_adapter_itself_leaves_the_base_bare(
    base: Base, alone: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise torch.OutOfMemoryError("CUDA out of memory.")

    hang = Rack.hang

    def hang_then_fail(self: Rack, *given: Any) -> Any:
        hang(self, *given)
        full()

    # while its layers are hung up, and where AdamW is made
    for place, name, failing in ((Rack, "hang", hang_then_fail), (Optimizer, "_new", full)):
        with untouched(base), monkeypatch.context() as patch:
            patch.setattr(place, name, failing)
            with pytest.raises(torch.OutOfMemoryError):
                next(train(base, alone, PLAN))
        assert TRAINING not in base.wardrobe


def test_nothing_of_a_failed_step_stays_alive(base: Base, alone: Dataset) -> None:
    """Were one kept, the smaller step would find the memory of the large one still taken."""
    seen: list[weakref.ref[torch.Tensor]] = []
    alive: list[int] = []

    def note(_module: Any, given: tuple[torch.Tensor, ...], made: Any) -> None:
        seen.extend(weakref.ref(one) for one in (*given, made) if isinstance(one, torch.Tensor))

    def limit(_module: Any, given: tuple[torch.Tensor, ...]) -> None:
        if len(given[0]) > 1:
            raise torch.OutOfMemoryError("CUDA out of memory.")

    def count(_module: Any, _given: Any) -> None:
        if not seen:
            return
        alive.append(sum(one() is not None for one in seen))
        seen.clear()

    handles = [
        # what went through before the error, and what is left of it when the next try begins
        base.unet.conv_in.register_forward_pre_hook(count),
        base.unet.down_blocks[0].resnets[0].register_forward_hook(note),
        base.unet.mid_block.register_forward_pre_hook(limit),
    ]
    gc.disable()  # it is not to happen by luck
    try:
        with closing(train(base, alone, replace(PLAN, prior_weight=0.0))) as steps:
            next(steps)
    finally:
        gc.enable()
        for handle in handles:
            handle.remove()
    assert alive[:3] == [0, 0, 0]


def test_a_step_that_has_no_room_for_its_averages_is_not_counted(
    base: Base, alone: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AdamW makes its averages in the first step, after the gradients: all of that is done again,
    and what it had begun is dropped."""
    expected = run(base, alone, PLAN)
    inner = torch.optim.AdamW
    init = inner._init_group
    tries = 0

    def begun(self: Any, group: Any, *given: Any) -> Any:
        nonlocal tries
        done = init(self, group, *given)
        tries += 1
        if tries == 1:
            state = self.state[group["params"][-1]]
            del state["exp_avg_sq"]  # half of it was there
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return done

    monkeypatch.setattr(inner, "_init_group", begun)
    steps = list(train(base, alone, PLAN))
    monkeypatch.undo()
    assert tries > 1
    assert steps[0].fit.names == ["checkpointing"]
    saved = steps[-1].checkpoint()
    assert set(saved.counts.values()) == {PLAN.steps}
    assert_close(saved, expected)


def test_gradients_of_16_bits_survive_it_too(base: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scaler that has seen half a step refuses to see it again."""
    half = rounded(base, torch.float16)
    made = build_dataset(half, photos(), called=CALLED)
    step = torch.optim.AdamW.step
    tries = 0

    def fail_once(self: Any, *given: Any, **named: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 2:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return step(self, *given, **named)

    monkeypatch.setattr(torch.optim.AdamW, "step", fail_once)
    steps = list(train(half, made, PLAN))
    assert [progress.fit.names for progress in steps[:2]] == [[], ["checkpointing"]]
    assert all(progress.losses.isfinite().all() for progress in steps)


def test_what_is_given_up_and_in_which_order() -> None:
    plan = Plan(batch_size=2)
    fits, fit = [], Fit().smaller(plan)
    while fit is not None:
        fits.append(fit)
        fit = fit.smaller(plan)
    assert fits == [Fit(True, 1), Fit(True, 2), Fit(True, 4)]
    last = Fit(True, 4).smaller(replace(plan, method="full"))
    assert last == Fit(True, 4, True)
    assert last.smaller(replace(plan, method="full")) is None
    assert Fit(True, 4, True).names == ["checkpointing", "smaller-parts", "8-bit"]
    assert Fit().names == []


def test_what_torch_says_when_memory_runs_out_is_understood() -> None:
    with pytest.raises(RuntimeError) as caught:
        torch.empty(2**50)
    assert is_out_of_memory(caught.value)
    assert is_out_of_memory(MemoryError())
    assert is_out_of_memory(RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"))
    assert not is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not is_out_of_memory(ValueError("can't allocate memory"))


def test_bare_answers_are_the_same_after_all_that(base: Base, alone: Dataset) -> None:
    bare = answer(base)
    with room_for(base, lambda count, keeps: count <= 1 and not keeps):
        for _ in train(base, alone, replace(PLAN, steps=2)):
            pass
    assert torch.equal(answer(base), bare)
