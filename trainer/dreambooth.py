"""DreamBooth as a generator of steps: it trains an adapter, and may be paused between any two.

Ruiz et al. 2023 (arXiv 2208.12242): the subject's photos under a rare token, and pictures of its
class under the class word alone so that the class does not drift. Here only a LoRA (arXiv
2106.09685) on the shared UNet learns. Between two yields the UNet is bare and may serve anybody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import nn
from torch.nn.functional import mse_loss

from trainer.base import Base
from trainer.checkpoint import Checkpoint
from trainer.dataset import Dataset, pick
from trainer.plan import Plan
from trainer.seeds import stream

#: the name under which the wardrobe holds the adapter that is being trained;
#: `training` itself is an attribute of every torch module
TRAINING = "in_training"
#: how often the loss is looked at for NaN; each look makes a GPU wait
LOOK_EVERY = 25
#: gradients longer than this are shortened to it, as in the diffusers example
LONGEST_GRADIENT = 1.0


class StepPassed(RuntimeError):
    """A checkpoint can be taken only before the next step begins."""


class TrainingDiverged(RuntimeError):
    """The loss is no longer a number; a lower learning rate helps."""


@dataclass(frozen=True)
class Progress:
    """`step` of `total` is done; it took `seconds` to issue (a GPU may still be computing it).

    `losses` holds the instance loss and the prior loss (zero without class images), still on the
    device: reading one of the properties waits for it.
    """

    step: int
    total: int
    seconds: float
    losses: torch.Tensor
    prior_weight: float
    checkpoint: Callable[[], Checkpoint]

    @property
    def instance_loss(self) -> float:
        return float(self.losses[0])

    @property
    def prior_loss(self) -> float:
        return float(self.losses[1])

    @property
    def loss(self) -> float:
        """What the optimiser minimises."""
        return self.instance_loss + self.prior_weight * self.prior_loss


def train(
    base: Base, dataset: Dataset, plan: Plan, resume: Checkpoint | None = None
) -> Iterator[Progress]:
    """Yield once for each step; `Progress.checkpoint()` copies the state after that step.

    The caller must exhaust or `close()` the generator (`contextlib.closing`): that takes the
    adapter off the base, as an exception does. On the CPU the same arguments give the same
    weights bit for bit, with or without a stop in between.

    Raises `PlanOutOfBounds`, `CheckpointMismatch` and `TrainingDiverged`.
    """
    plan.validate()
    examples = (len(dataset.instance), len(dataset.prior or ()))
    if resume is not None:
        resume.require(plan, examples)
    weights = resume.weights if resume else first_weights(base, plan)
    parameters = base.wardrobe.put_on(TRAINING, weights, torch.float32)
    try:
        optimizer = _new_optimizer(parameters, plan, resume)
        # float16 gradients underflow without it; bfloat16 and float32 do not need it
        scaler = torch.amp.GradScaler(base.device.type, enabled=base.dtype == torch.float16)
        learned = list(parameters.values())
        run = _Run(plan, examples, parameters, optimizer, resume.step if resume else 0)
        for step in range(run.step, plan.steps):
            began = time.perf_counter()
            with base.wardrobe.wearing(TRAINING, training=True):
                losses = _losses(base, dataset, plan, step)
                loss = scaler.scale(losses[0] + plan.prior_weight * losses[1])
                torch.autograd.backward(loss)
                scaler.unscale_(optimizer)
                nn.utils.clip_grad_norm_(learned, LONGEST_GRADIENT)
                scaler.step(optimizer)
                scaler.update()
                optimizer.zero_grad()
            losses = losses.detach()
            done = run.step = step + 1
            if (done % LOOK_EVERY == 0 or done == plan.steps) and not losses.isfinite().all():
                raise TrainingDiverged(f"The loss was no longer a number at step {done}.")

            yield Progress(
                step=done,
                total=plan.steps,
                seconds=time.perf_counter() - began,
                losses=losses,
                prior_weight=plan.prior_weight,
                checkpoint=partial(run.checkpoint, done),
            )
    finally:
        base.wardrobe.take_off(TRAINING)


def first_weights(base: Base, plan: Plan) -> dict[str, torch.Tensor]:
    """An adapter that changes nothing yet: A normal with deviation 1/rank, B zero."""
    generator = stream("adapter", plan.seed)
    return {
        key: torch.randn(shape, generator=generator) / plan.rank
        if key.endswith("lora_A.weight")
        else torch.zeros(shape)
        for key, shape in sorted(base.wardrobe.shapes(plan.rank).items())
    }


def loss_weights(
    alphas_cumprod: torch.Tensor, prediction_type: str, gamma: float | None
) -> torch.Tensor:
    """min-SNR weights (Hang et al. 2023, arXiv 2303.09556), one for each entry.

    With snr = a / (1 - a): min(snr, gamma) / snr for epsilon, min(snr, gamma) / (snr + 1) for
    v-prediction. Both are finite at snr 0, the last step of a zero-terminal-SNR schedule.
    """
    if gamma is None:
        return torch.ones_like(alphas_cumprod)
    snr = alphas_cumprod / (1 - alphas_cumprod)
    if prediction_type == "v_prediction":
        return snr.clamp(max=gamma) / (snr + 1)
    return gamma / snr.clamp(min=gamma)


def _losses(base: Base, dataset: Dataset, plan: Plan, step: int) -> torch.Tensor:
    """Instance and prior loss of a step, from one forward pass over both."""
    generator = stream("step", plan.seed, step)
    count = plan.batch_size
    rows = pick(plan.seed, step, len(dataset.instance), count)
    latents, words = dataset.instance.draw(rows, generator)
    if dataset.prior is not None:
        rows = pick(plan.seed, step, len(dataset.prior), count)
        more_latents, more_words = dataset.prior.draw(rows, generator)
        latents, words = torch.cat([latents, more_latents]), torch.cat([words, more_words])
    noise = torch.randn(latents.shape, generator=generator).to(base.device)
    # each example has its own noise level, class images too
    levels = int(base.scheduler.config.num_train_timesteps)
    drawn = torch.randint(levels, (len(latents),), generator=generator)
    each = loss_weights(
        base.scheduler.alphas_cumprod.cpu()[drawn], base.prediction_type, plan.min_snr_gamma
    ).to(base.device)
    timesteps = drawn.to(base.device)
    noisy = base.scheduler.add_noise(latents, noise, timesteps)
    target = noise
    if base.prediction_type == "v_prediction":
        target = base.scheduler.get_velocity(latents, noise, timesteps)
    with torch.autocast(base.device.type, base.dtype, enabled=base.dtype != torch.float32):
        predicted = base.unet(noisy.to(base.dtype), timesteps, words).sample
    errors = mse_loss(predicted.float(), target, reduction="none").mean(dim=(1, 2, 3)) * each
    prior = errors[count:].mean() if dataset.prior is not None else errors.new_zeros(())
    return torch.stack([errors[:count].mean(), prior])


def _new_optimizer(
    parameters: dict[str, nn.Parameter], plan: Plan, resume: Checkpoint | None
) -> torch.optim.AdamW:
    optimizer = torch.optim.AdamW(parameters.values(), lr=plan.learning_rate, fused=True)
    if resume is None:
        return optimizer
    for name, parameter in parameters.items():
        first, second = resume.moments[name]
        optimizer.state[parameter] = {
            "step": torch.tensor(float(resume.step), device=parameter.device),
            "exp_avg": first.to(parameter.device, copy=True),
            "exp_avg_sq": second.to(parameter.device, copy=True),
        }
    return optimizer


@dataclass
class _Run:
    """What a checkpoint is copied from; `step` moves with the training."""

    plan: Plan
    examples: tuple[int, int]
    parameters: dict[str, nn.Parameter]
    optimizer: torch.optim.AdamW
    step: int

    def checkpoint(self, step: int) -> Checkpoint:
        """The state after `step`; raises `StepPassed` when a later step has changed it."""
        if step != self.step:
            raise StepPassed(f"Step {step} is past; the training is at step {self.step}.")

        def copy(value: torch.Tensor) -> torch.Tensor:
            return value.detach().to("cpu", copy=True)

        states = {name: self.optimizer.state[p] for name, p in self.parameters.items()}
        return Checkpoint(
            step=step,
            plan=self.plan,
            examples=self.examples,
            weights={name: copy(parameter) for name, parameter in self.parameters.items()},
            moments={
                name: (copy(state["exp_avg"]), copy(state["exp_avg_sq"]))
                for name, state in states.items()
            },
        )
