"""What one step compares: the subject's photos and its class, at noise of every level."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch.nn.functional import mse_loss

from trainer.base import Base
from trainer.dataset import Dataset, Examples, pick
from trainer.plan import Plan
from trainer.seeds import stream
from trainer.words import Words


@dataclass(frozen=True)
class Batch:
    """n examples of a step. `target` is what the UNet is to say to `noisy`, `weight` how much of
    its error counts in the loss that is minimised, `share` in the two that are shown (2 x n).
    `caption` is a row of the dataset's captions. `from_base`: the target is the bare base's answer.
    """

    noisy: torch.Tensor
    timesteps: torch.Tensor
    target: torch.Tensor
    sides: torch.Tensor
    caption: torch.Tensor
    weight: torch.Tensor
    share: torch.Tensor
    from_base: tuple[bool, ...]

    def __len__(self) -> int:
        return len(self.noisy)

    @property
    def asks_base(self) -> bool:
        """Whether the bare base has to say what some of the targets are."""
        return any(self.from_base)

    def parts(self, count: int) -> Iterator[Batch]:
        """The same in `count` smaller ones, for a device that cannot hold it at once. They are
        views: a target that is set in one of them is set here."""
        size = -(-len(self) // count)
        for start in range(0, len(self), size):
            cut = slice(start, start + size)
            yield Batch(
                noisy=self.noisy[cut],
                timesteps=self.timesteps[cut],
                target=self.target[cut],
                sides=self.sides[cut],
                caption=self.caption[cut],
                weight=self.weight[cut],
                share=self.share[:, cut],
                from_base=self.from_base[cut],
            )


def draw_batch(base: Base, dataset: Dataset, plan: Plan, step: int) -> Batch:
    """The examples of `step` (from 0), a pure function of its arguments."""
    generator = stream("step", plan.seed, step)
    count = plan.batch_size
    # while a token is being learned nothing else changes, so nothing can harm the class
    keeper = dataset.keeper if step >= plan.token_steps else None
    drawn = [_drawn(dataset.instance, plan, step, generator)]
    if keeper is not None:
        drawn.append(_drawn(keeper, plan, step, generator))
    latents, captions, sides = (torch.cat(parts) for parts in zip(*drawn, strict=True))
    noise = torch.randn(latents.shape, generator=generator).to(base.device)
    if plan.noise_offset:
        # https://www.crosslabs.org/blog/diffusion-with-offset-noise
        apart = stream("offset", plan.seed, step)
        offset = torch.randn((*latents.shape[:2], 1, 1), generator=apart)
        noise = noise + plan.noise_offset * offset.to(base.device)
    # each example has its own noise level, class images too
    levels = int(base.scheduler.config.num_train_timesteps)
    timesteps = torch.randint(levels, (len(latents),), generator=generator).to(base.device)
    # diffusers keeps the schedule where it was used last: on the device, and reading it from there
    # would wait for the step before
    alphas = base.scheduler.alphas_cumprod.to(base.device)[timesteps]
    each = loss_weights(alphas, base.prediction_type, plan.min_snr_gamma)
    noisy, target = base.noised(latents, noise, timesteps)
    is_instance = torch.arange(len(latents), device=base.device) < count
    share = torch.stack([is_instance * each, ~is_instance * each]) / count
    return Batch(
        noisy=noisy,
        timesteps=timesteps,
        target=target,
        sides=sides,
        caption=captions,
        weight=share[0] + plan.prior_weight * share[1],
        share=share,
        from_base=tuple(dataset.prior is None and n >= count for n in range(len(latents))),
    )


def _drawn(
    examples: Examples, plan: Plan, step: int, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    rows = pick(plan.seed, step, len(examples), plan.batch_size)
    return *examples.draw(rows, generator), examples.sides_of(rows)


@torch.no_grad()
def ask_base(base: Base, batch: Batch, words: Words) -> None:
    """Where the bare base knows the answer, that is the target. The base must wear nothing."""
    asked = torch.tensor([n for n, is_asked in enumerate(batch.from_base) if is_asked])
    asked = asked.to(base.device)
    with rounded(base):
        batch.target[asked] = base.predict(
            batch.noisy[asked],
            batch.timesteps[asked],
            words.pick(batch.caption[asked]),
            batch.sides[asked],
        )


def losses(base: Base, batch: Batch, words: Words) -> tuple[torch.Tensor, torch.Tensor]:
    """What is minimised, and the instance and the prior loss, of what the base wears. `words` has a
    row for each example."""
    with rounded(base):
        predicted = base.predict(batch.noisy, batch.timesteps, words, batch.sides)
    errors = mse_loss(predicted, batch.target, reduction="none").mean(dim=(1, 2, 3))
    return batch.weight @ errors, batch.share @ errors.detach()


def rounded(base: Base) -> torch.autocast:
    """Question and answer are rounded in the same places: weights of 32 bits need autocast on a
    base of 16, and a base that was asked without it would differ by more than drift."""
    return torch.autocast(base.device.type, base.dtype, enabled=base.dtype != torch.float32)


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
