from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
import torch
from diffusers import DDPMScheduler
from torch import nn

from tests.trainer.test_wardrobe import answer, loaded
from trainer.base import Base
from trainer.checkpoint import (
    Checkpoint,
    CheckpointDamaged,
    CheckpointMismatch,
    pack_checkpoint,
    unpack_checkpoint,
)
from trainer.dataset import Dataset, pick
from trainer.dreambooth import StepPassed, TrainingDiverged, first_weights, train
from trainer.generate import generate
from trainer.loss import loss_weights
from trainer.plan import Plan, PlanOutOfBounds
from trainer.request import Request
from trainer.seeds import stream

PLAN = Plan(steps=6, learning_rate=1e-3, rank=4, batch_size=2, seed=7)


def run(base: Base, dataset: Dataset, plan: Plan, resume: Checkpoint | None = None) -> Checkpoint:
    last = None
    for progress in train(base, dataset, plan, resume):
        last = progress
    assert last is not None
    return last.checkpoint()


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.weights.keys() == other.weights.keys()
    assert all(torch.equal(value, other.weights[key]) for key, value in one.weights.items())


def test_the_same_seed_gives_the_same_adapter_bit_for_bit(base: Base, dataset: Dataset) -> None:
    torch.manual_seed(1)
    first = run(base, dataset, PLAN)
    torch.manual_seed(2)
    assert_same(run(base, dataset, PLAN), first)
    other = run(base, dataset, replace(PLAN, seed=8))
    assert not all(torch.equal(other.weights[key], first.weights[key]) for key in first.weights)


def test_torchs_global_generator_is_left_alone(base: Base, dataset: Dataset) -> None:
    before = torch.random.get_rng_state()
    run(base, dataset, replace(PLAN, steps=1))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_a_resumed_training_continues_bit_for_bit(base: Base, dataset: Dataset) -> None:
    whole = run(base, dataset, PLAN)
    with closing(train(base, dataset, PLAN)) as steps:
        for progress in steps:
            if progress.step == 3:
                saved = pack_checkpoint(progress.checkpoint())
                break
    resumed = unpack_checkpoint(saved)
    assert resumed.step == 3
    assert_same(run(base, dataset, PLAN, resumed), whole)


def test_serving_between_two_steps_changes_neither_side(base: Base, dataset: Dataset) -> None:
    alone = run(base, dataset, PLAN)
    request = Request("a man", seed=3, steps=2)
    adapted = replace(request, adapter=loaded(base, 1))
    [plain, dressed] = generate(base, [request, adapted])
    base.wardrobe.forget(loaded(base, 1).sha256)
    for progress in train(base, dataset, PLAN):
        # from step 2 on the trained adapter would show, were it active
        [now_plain, now_dressed] = generate(base, [request, adapted])
        assert now_plain.tobytes() == plain.tobytes()
        assert now_dressed.tobytes() == dressed.tobytes()
        if progress.step % 2:
            base.wardrobe.forget(loaded(base, 1).sha256)
    assert_same(progress.checkpoint(), alone)


def test_closing_midway_leaves_the_base_untouched(base: Base, dataset: Dataset) -> None:
    bare = answer(base)
    steps = train(base, dataset, PLAN)
    next(steps)
    next(steps)
    assert torch.equal(answer(base), bare)
    steps.close()
    assert torch.equal(answer(base), bare)
    assert not any("lora" in name for name, _ in base.unet.named_modules())


def test_an_error_inside_a_step_leaves_the_base_untouched(base: Base, dataset: Dataset) -> None:
    def fail(*_: Any) -> None:
        raise MemoryError

    bare = answer(base)
    steps = train(base, dataset, PLAN)
    next(steps)
    handle = base.unet.mid_block.register_forward_pre_hook(fail)
    with pytest.raises(MemoryError):
        next(steps)
    handle.remove()
    assert torch.equal(answer(base), bare)
    assert not any("lora" in name for name, _ in base.unet.named_modules())


def test_a_step_calls_neither_the_vae_nor_the_text_encoder(base: Base, dataset: Dataset) -> None:
    calls = {"vae": 0, "text": 0, "unet": 0}

    def counts(name: str) -> Any:
        def hook(*_: Any) -> None:
            calls[name] += 1

        return hook

    parts: dict[str, list[nn.Module]] = {
        "vae": [base.vae.encoder, base.vae.decoder, base.vae.quant_conv],
        "text": list(base.text_encoders.values()),
        "unet": [base.unet],
    }
    handles = [m.register_forward_hook(counts(name)) for name in parts for m in parts[name]]
    run(base, dataset, PLAN)
    for handle in handles:
        handle.remove()
    assert calls == {"vae": 0, "text": 0, "unet": PLAN.steps}


def test_training_lowers_the_loss_of_what_it_sees(base: Base, dataset: Dataset) -> None:
    plan = Plan(steps=60, learning_rate=5e-3, rank=8, batch_size=4)
    losses = [progress.instance_loss for progress in train(base, dataset, plan)]
    assert sum(losses[-15:]) < 0.95 * sum(losses[:15])


def test_the_losses_add_up_with_the_priors_weight(base: Base, dataset: Dataset) -> None:
    with closing(train(base, dataset, replace(PLAN, prior_weight=0.5))) as steps:
        progress = next(iter(steps))
    assert progress.prior_loss > 0
    assert progress.loss == pytest.approx(progress.instance_loss + 0.5 * progress.prior_loss)
    assert (progress.step, progress.total) == (1, PLAN.steps)


def test_the_prior_takes_part_in_what_is_learned(base: Base, dataset: Dataset) -> None:
    with_prior = run(base, dataset, replace(PLAN, steps=2))
    without = run(base, Dataset(dataset.instance, None), replace(PLAN, steps=2))
    key = next(key for key in without.weights if "lora_B" in key)
    assert not torch.equal(with_prior.weights[key], without.weights[key])
    weightless = run(base, dataset, replace(PLAN, steps=2, prior_weight=0.0))
    assert not torch.equal(with_prior.weights[key], weightless.weights[key])


def test_an_untrained_adapter_changes_nothing(base: Base) -> None:
    bare = answer(base)
    base.wardrobe.put_on("new", first_weights(base, PLAN))
    with base.wardrobe.wearing("new"):
        assert torch.equal(answer(base), bare)
    base.wardrobe.take_off("new")


def test_min_snr_weights_are_those_of_the_paper() -> None:
    alphas = torch.tensor([0.99, 0.5, 0.2, 0.0])
    snr = [99.0, 1.0, 0.25, 0.0]
    expected = [min(s, 5.0) / (s + 1) for s in snr]
    assert loss_weights(alphas, "v_prediction", 5.0).tolist() == pytest.approx(expected, rel=1e-4)
    expected = [5 / 99, 1.0, 1.0, 1.0]
    assert loss_weights(alphas, "epsilon", 5.0).tolist() == pytest.approx(expected, rel=1e-4)
    assert loss_weights(alphas, "epsilon", None).tolist() == [1.0] * 4


def test_a_loss_that_is_no_number_ends_the_training(base: Base, dataset: Dataset) -> None:
    broken = replace(dataset.instance, mean=dataset.instance.mean * float("nan"))
    with pytest.raises(TrainingDiverged):
        run(base, Dataset(broken, None), PLAN)


def test_a_checkpoint_of_a_past_step_is_refused(base: Base, dataset: Dataset) -> None:
    with closing(train(base, dataset, PLAN)) as steps:
        first = next(iter(steps))
        next(iter(steps))
        with pytest.raises(StepPassed):
            first.checkpoint()


def test_a_checkpoint_of_another_training_is_refused(base: Base, dataset: Dataset) -> None:
    saved = run(base, dataset, replace(PLAN, steps=1))
    with pytest.raises(CheckpointMismatch):
        next(iter(train(base, dataset, replace(PLAN, rank=8), saved)))
    with pytest.raises(CheckpointMismatch):
        next(iter(train(base, Dataset(dataset.instance, None), PLAN, saved)))
    assert run(base, dataset, replace(PLAN, steps=2), saved).step == 2


def test_a_damaged_checkpoint_says_so(base: Base, dataset: Dataset) -> None:
    data = pack_checkpoint(run(base, dataset, replace(PLAN, steps=1)))
    for broken in (b"", data[:100], data[:-1], b"\x80\x04pickle"):
        with pytest.raises(CheckpointDamaged):
            unpack_checkpoint(broken)


@pytest.mark.parametrize(
    ("setting", "value", "said"),
    [
        ("steps", 0, "Iterations must be from 1 to 10000, not 0."),
        ("learning_rate", 1.0, "learning rate"),
        ("learning_rate", float("nan"), "learning rate"),
        ("rank", 129, "rank"),
        ("prior_weight", -1.0, "class images"),
        ("batch_size", 0, "batch size"),
        ("seed", -1, "seed"),
        ("min_snr_gamma", 0.0, "gamma"),
    ],
)
def test_a_setting_out_of_bounds_is_named(setting: str, value: float, said: str) -> None:
    Plan().validate()
    with pytest.raises(PlanOutOfBounds, match=said):
        replace(Plan(), **{setting: value}).validate()


@pytest.mark.parametrize("prediction_type", ["epsilon", "v_prediction"])
def test_the_losses_are_those_of_the_paper(
    base: Base, dataset: Dataset, prediction_type: str
) -> None:
    scheduler = DDPMScheduler.from_config(base.scheduler.config, prediction_type=prediction_type)
    with closing(train(replace(base, scheduler=scheduler), dataset, PLAN)) as steps:
        first = next(iter(steps))
    assert dataset.prior is not None
    generator = stream("step", PLAN.seed, 0)
    mine, words = dataset.instance.draw(pick(PLAN.seed, 0, len(dataset.instance), 2), generator)
    theirs, class_words = dataset.prior.draw(pick(PLAN.seed, 0, len(dataset.prior), 2), generator)
    latents = torch.cat([mine, theirs])
    noise = torch.randn(latents.shape, generator=generator)
    timesteps = torch.randint(1000, (4,), generator=generator)
    alphas = scheduler.alphas_cumprod[timesteps].view(-1, 1, 1, 1)
    noisy = alphas.sqrt() * latents + (1 - alphas).sqrt() * noise
    velocity = alphas.sqrt() * noise - (1 - alphas).sqrt() * latents
    target = noise if prediction_type == "epsilon" else velocity
    with torch.no_grad():
        states = dataset.instance.words.states[torch.cat([words, class_words])]
        predicted = base.unet(noisy, timesteps, states).sample
    errors = (predicted - target).square().mean(dim=(1, 2, 3))
    assert first.instance_loss == pytest.approx(errors[:2].mean().item(), rel=1e-4)
    assert first.prior_loss == pytest.approx(errors[2:].mean().item(), rel=1e-4)
