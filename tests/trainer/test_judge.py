"""Measuring a training: what it says, and that nothing notices."""

from __future__ import annotations

from contextlib import closing
from dataclasses import asdict, replace

import pytest
import torch

from tests.trainer.lessons import rounded
from tests.trainer.pictures import picture
from trainer import base as bases
from trainer.base import Base
from trainer.dataset import Called, Dataset, TrainingPhoto, build_dataset
from trainer.dreambooth import TRAINING, train
from trainer.judge import FARTHEST, LEVELS, NEAREST, SHARE, Judge, Mark, extent
from trainer.plan import METHODS, Method, Plan
from trainer.questions import EACH

PLAN = Plan(steps=6, learning_rate=5e-3, rank=4, batch_size=2, seed=3)
MEASURES = ("held_out", "train", "drift", "leak", "sensitivity", "diversity")


def _photos(*seeds: int) -> list[TrainingPhoto]:
    return [TrainingPhoto(picture(seed), "a photo of tkn man") for seed in seeds]


def _dataset(base: Base, *, held_out: bool = True, class_pictures: bool = True) -> Dataset:
    return build_dataset(
        base,
        _photos(0, 1, 2),
        [TrainingPhoto(picture(seed), "a picture of a man") for seed in range(10, 14)]
        if class_pictures
        else [],
        held_out=_photos(3, 4) if held_out else [],
        called=Called("tkn", "man"),
    )


def _marks(base: Base, dataset: Dataset, plan: Plan = PLAN, every: int = 1) -> list[Mark]:
    judge = Judge(base, dataset, plan)
    with closing(train(base, dataset, plan)) as steps:
        return [judge.look(done.step) for done in steps if done.step % every == 0]


def test_the_same_training_is_judged_the_same_whatever_else_draws_numbers(base: Base) -> None:
    dataset = _dataset(base)
    first = _marks(base, dataset)
    torch.manual_seed(123)
    before = torch.get_rng_state()
    assert _marks(base, dataset) == first
    assert torch.equal(torch.get_rng_state(), before)
    assert len({asdict(mark)["held_out"] for mark in first}) == len(first)


def test_a_look_changes_nothing_in_the_training(base: Base) -> None:
    dataset = _dataset(base)

    def learned(judge: Judge | None) -> dict[str, torch.Tensor]:
        with closing(train(base, dataset, PLAN)) as steps:
            for progress in steps:
                if judge is not None:
                    judge.look(progress.step)
            return progress.weights()

    alone, watched = learned(None), learned(Judge(base, dataset, PLAN))
    assert all(torch.equal(alone[key], watched[key]) for key in alone)


def test_the_base_is_bare_after_a_look(base: Base) -> None:
    dataset = _dataset(base)
    noisy, words = torch.ones(1, 4, 8, 8), base.encode_prompts(["a man"])

    @torch.no_grad()
    def said() -> torch.Tensor:
        return base.predict(noisy, torch.tensor([500]), words)

    before = said()
    judge = Judge(base, dataset, PLAN)
    assert torch.equal(said(), before)
    with closing(train(base, dataset, PLAN)) as steps:
        for progress in steps:
            judge.look(progress.step)
            assert torch.equal(said(), before)
            assert not any(p.requires_grad for p in base.unet.parameters())


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_what_changes_nothing_is_judged_as_the_base(base: Base, dtype: torch.dtype) -> None:
    """An adapter begins as nothing at all; of a base of 16 bits, too."""
    base = rounded(base, dtype)
    dataset = _dataset(base)
    plan = replace(PLAN, learning_rate=1e-7, steps=1)
    (mark,) = _marks(base, dataset, plan)
    for name in ("held_out", "train", "sensitivity", "diversity"):
        assert getattr(mark, name) == pytest.approx(1.0, abs=1e-3)
    assert mark.drift == pytest.approx(0.0, abs=1e-6)


@torch.no_grad()
def test_losses_are_those_of_what_is_worn_level_by_level(base: Base) -> None:
    """Counted again here, one question at a time."""
    dataset = _dataset(base)
    judge = Judge(base, dataset, PLAN)
    asked, rows = judge._questions, range(*judge._rows["train"].indices(len(judge._questions)))

    def error(row: int) -> float:
        words = judge._words.pick(asked.prompt[row : row + 1])
        said = base.predict(asked.noisy[row : row + 1], asked.timesteps[row : row + 1], words)
        return float(((said - asked.target[row : row + 1]) ** 2).mean())

    with torch.enable_grad(), closing(train(base, dataset, PLAN)) as steps:
        mark = judge.look([next(steps).step for _ in range(4)][-1])
        with base.wardrobe.wearing(TRAINING), torch.no_grad():
            now = [error(row) for row in rows]
    before = [error(row) for row in rows]
    ratios = [sum(now[n : n + EACH]) / sum(before[n : n + EACH]) for n in range(0, len(now), EACH)]
    assert len(ratios) == judge.levels
    assert mark.train == pytest.approx(sum(ratios) / len(ratios), rel=1e-4)


@pytest.mark.parametrize("class_pictures", [True, False])
@pytest.mark.parametrize("method", METHODS)
def test_every_method_is_judged(base: Base, method: Method, *, class_pictures: bool) -> None:
    dataset = _dataset(base, class_pictures=class_pictures)
    plan = replace(PLAN, method=method, token_share=0.5, token_learning_rate=0.1)
    marks = _marks(base, dataset, plan)
    assert [mark.step for mark in marks] == list(range(1, plan.steps + 1))
    for mark in marks:
        assert all(isinstance(asdict(mark)[name], float) for name in MEASURES)
        assert mark.face is None
    if method == "pivotal":
        # a token that is learned is seen before anything else moves, and harms no class
        token = [mark for mark in marks if mark.step <= plan.token_steps]
        assert all(mark.drift == 0 and mark.leak == 0 for mark in token)
        assert len({mark.train for mark in token}) == len(token)


def test_without_photos_to_spare_the_rest_is_still_judged(base: Base) -> None:
    for mark in _marks(base, _dataset(base, held_out=False)):
        assert mark.held_out is None
        assert all(asdict(mark)[name] is not None for name in MEASURES[1:])


def test_a_lora_is_judged_without_the_text_encoder(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = _dataset(base)
    judge = Judge(base, dataset, PLAN)
    with closing(train(base, dataset, PLAN)) as steps:
        progress = next(steps)
        calls = []
        monkeypatch.setattr(bases.Base, "encode", lambda *_: calls.append(1))
        judge.look(progress.step)
    assert not calls


def test_learning_lowers_the_loss_of_its_photos_and_harm_to_the_class_shows(base: Base) -> None:
    dataset = _dataset(base, class_pictures=False)
    plan = replace(PLAN, steps=40, batch_size=4)
    kept, harmed = (
        _marks(base, dataset, replace(plan, prior_weight=weight), every=plan.steps)[0]
        for weight in (1.0, 0.0)
    )
    assert kept.train is not None
    assert kept.train < 1
    assert (harmed.drift or 0) > (kept.drift or 0)


def test_a_dataset_without_a_name_for_its_subject_is_refused(base: Base) -> None:
    dataset = build_dataset(base, _photos(0))
    with pytest.raises(ValueError, match="known what it is of"):
        Judge(base, dataset, PLAN)


def test_memory_that_runs_out_makes_the_groups_smaller(
    base: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = _dataset(base)
    expected = _marks(base, dataset)
    predict = bases.Base.predict

    def small(self: Base, noisy: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        if len(noisy) > 1 and not torch.is_grad_enabled():
            raise torch.OutOfMemoryError
        return predict(self, noisy, *rest)

    monkeypatch.setattr(bases.Base, "predict", small)
    for mark, wanted in zip(_marks(base, dataset), expected, strict=True):
        for name in MEASURES:
            assert getattr(mark, name) == pytest.approx(getattr(wanted, name), rel=1e-3)
    assert TRAINING not in base.wardrobe


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("batch", [1, 4])
@pytest.mark.parametrize("steps", [200, 400, 800, 1500])
def test_looking_costs_a_small_share_of_the_run(method: Method, batch: int, steps: int) -> None:
    plan = Plan(steps=steps, batch_size=batch, method=method)
    for each in (6, 8):
        levels, units, every = extent(plan, each, by_base=False)
        assert LEVELS[0] <= levels <= LEVELS[1]
        assert NEAREST <= every <= FARTHEST
        work = steps * batch * 2 * (3.0 if method == "full" else 2.2)
        looks = -(-steps // every) + 1  # the bare base's is one more
        # runs too short for that are still looked at a few times
        assert looks * units <= max(SHARE * 1.15 * work, 5 * units)
