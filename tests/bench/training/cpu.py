"""The measurement of one base on the CPU: equality, counts, FLOPs, and times in turns."""

from __future__ import annotations

from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

import torch

from tests.bench.training.contenders import BEST_FLAGS, CACHED, DEFAULT, OURS, contender
from tests.bench.training.counting import counted, flops
from tests.bench.training.equality import largest_difference, latent_difference, losses
from tests.bench.training.example import forget_accelerate
from tests.bench.training.material import prepare
from tests.bench.training.timing import Spent, in_turns, speedups
from trainer.loading import load_base
from trainer.plan import Plan

CPU = torch.device("cpu")
NAMES = (DEFAULT, BEST_FLAGS, CACHED, OURS)
#: The batch of the example's instructions, one photo and one picture of the class, and its own
#: default rank: at a fifth of the width it weighs as much as rank 16 to 20 does at the full one.
PLAN = Plan(steps=10_000, rank=4, batch_size=1)
COUNTED_STEPS = 5
WARM_UP = 2


def measure_base(
    base: Path, folder: Path, *, repetitions: int, steps: int
) -> tuple[dict[str, float], list[dict[str, Spent]]]:
    """Figures, and the seconds of a step of each contender in each repetition."""
    forget_accelerate()
    material = prepare(folder, load_base(str(base), CPU).resolution)
    contenders: dict[str, Any] = {
        name: contender(name, base, material, PLAN, CPU) for name in NAMES
    }
    figures: dict[str, float] = {}
    with ExitStack() as stack:
        running = {
            name: stack.enter_context(closing(found.steps())) for name, found in contenders.items()
        }
        for name, found in contenders.items():
            # the first step also reads ahead
            next(running[name])
            figures |= _counts(found, running[name], "" if name == OURS else f"_{name}")
        rounds = in_turns(
            running, warm_up=WARM_UP, repetitions=repetitions, steps=steps, device=CPU
        )
    ours = contenders[OURS]
    return {
        **speedups(rounds, OURS, "cpu"),
        **{f"{name}_wall": value for name, value in speedups(rounds, OURS, "wall").items()},
        **figures,
        "loss_difference": largest_difference(losses(base, material, ours)),
        "latent_difference": latent_difference(ours, contenders[DEFAULT]),
    }, rounds


def _counts(found: Any, steps: Any, suffix: str) -> dict[str, float]:
    with counted(found) as calls:
        for _ in range(COUNTED_STEPS):
            next(steps)
    each = calls.per_step(COUNTED_STEPS)
    each["gflop"] = flops(lambda: next(steps)) / 1e9
    return {f"{what}_per_step{suffix}": value for what, value in each.items()}


def proportions(folder: Path) -> dict[str, float]:
    """FLOPs for one picture: those of a UNet pass, and of the other parts as shares of it. In
    Stable Diffusion 1.5 the shares are 1.39 and 0.017.
    """
    base = load_base(str(folder), CPU)
    pixels = torch.zeros(1, 3, base.resolution, base.resolution)
    words = base.encode_prompts(["a photo"])
    latents = torch.zeros(1, base.unet.config.in_channels, base.latent_side, base.latent_side)
    with torch.no_grad():
        unet = flops(lambda: base.predict(latents, torch.tensor([500]), words))
        encode = flops(lambda: base.encode_pixels(pixels))
        text = flops(lambda: base.encode_prompts(["a photo"]))
    return {
        "unet_gflop": unet / 1e9,
        "vae_encode_share": encode / unet,
        "text_encoder_share": text / unet,
    }
