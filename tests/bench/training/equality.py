"""That the speed is not bought: with the same weights, latents, noise and noise levels the example
and our trainer report the same losses, and what we keep of a picture is what its VAE gives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from tests.bench.training.contenders import DEFAULT, FLAGS, Ours
from tests.bench.training.example import Drawn, Example
from tests.bench.training.material import Material

STEPS = 10


@dataclass
class Heard:
    """What our trainer used: its first LoRA weights and each step's draws."""

    weights: dict[str, torch.Tensor] = field(default_factory=dict)
    draws: list[Drawn] = field(default_factory=list)


@contextmanager
def listening(ours: Ours) -> Iterator[Heard]:
    """Hear the LoRA's weights at the first forward pass, and all that goes into `add_noise`."""
    heard = Heard()
    scheduler: Any = ours.base.scheduler
    adding = scheduler.add_noise

    def add_noise(
        latents: torch.Tensor, noise: torch.Tensor, timesteps: torch.Tensor
    ) -> torch.Tensor:
        heard.draws.append(Drawn(latents.clone(), noise.clone(), timesteps.clone()))
        return adding(latents, noise, timesteps)

    def weights(unet: Any, _inputs: Any) -> None:
        if not heard.weights:
            heard.weights = {
                name: parameter.detach().clone()
                for name, parameter in unet.named_parameters()
                if parameter.requires_grad
            }

    hook = ours.unet.register_forward_pre_hook(weights)
    scheduler.add_noise = add_noise
    try:
        yield heard
    finally:
        del scheduler.add_noise
        hook.remove()


def losses(folder: Path, material: Material, ours: Ours) -> list[tuple[float, float]]:
    """The first losses, ours and the example's, which is fed what ours drew."""
    with listening(ours) as heard, closing(ours.steps()) as steps:
        mine = [next(steps).loss for _ in range(STEPS)]
    example = Example(
        folder, material, ours.plan, FLAGS[DEFAULT], device=ours.base.device, weights=heard.weights
    )
    theirs = example.steps(heard.draws)
    return [(loss, next(theirs)) for loss in mine]


def largest_difference(pairs: list[tuple[float, float]]) -> float:
    """Relative to the example's."""
    return max(abs(mine - theirs) / abs(theirs) for mine, theirs in pairs)


def latent_difference(ours: Ours, example: Example) -> float:
    """The largest difference, of any photo's latent mean that the example computes in a step to the
    one that we keep, relative to the deviation of the latents that are drawn.
    """
    kept = ours.dataset.instance.mean
    deviation = (kept.var() + ours.dataset.instance.std.square().mean()).sqrt()
    worst = 0.0
    pictures = example.loader.dataset
    for number in range(len(pictures)):
        pixels = pictures[number]["instance_images"][None].to(kept.device, example.dtype)
        with torch.no_grad():
            mean = example.vae.encode(pixels).latent_dist.mean.float() * example.scaling
        nearest = (kept - mean).abs().flatten(1).amax(dim=1).min()
        worst = max(worst, float(nearest / deviation))
    return worst
