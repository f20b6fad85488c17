"""Distil the few-step adapter: `python -m trainer.tiny.recipe.distil DATA MODEL OUT --minutes 40`.

Latent consistency distillation into a LoRA (Luo et al. 2023, arXiv 2311.05556), in the settings of
diffusers' example (examples/consistency_distillation, `train_lcm_distill_lora_sd_wds.py`): a
pseudo-Huber loss, 50 DDIM timesteps, low-rank additions in attention, feed-forward and
convolutions. OUT becomes a file that stock diffusers loads with `load_lora_weights`. A run that
finds OUT goes on from it.

The base's guidance is distilled in, at the one value that `defaults.py` draws with. The data are
some of what the base's own denoiser learned from.
"""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path
from typing import Any

import torch
from diffusers import LCMScheduler, StableDiffusionPipeline
from peft import LoraConfig, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file

from trainer.base import Base
from trainer.defaults import guidance_for
from trainer.loading import load_base
from trainer.tiny.recipe.autoencoder import as_batch, pixels
from trainer.tiny.recipe.denoiser import Captions

RANK = 16
#: the layers that the published LCM-LoRAs have
TARGETS = (
    "to_q", "to_k", "to_v", "to_out.0", "proj_in", "proj_out", "ff.net.0.proj", "ff.net.2",
    "conv1", "conv2", "conv_shortcut", "downsamplers.0.conv", "upsamplers.0.conv", "time_emb_proj",
)  # fmt: skip
#: how many timesteps the teacher's way is cut into
TIMES = 50
#: of the pseudo-Huber loss
HUBER = 0.001
#: renders that are used: those that the base's autoencoder and denoiser never saw stay out
SEEN = slice(256, 12_256)


@torch.no_grad()
def latents_of(base: Base, data: Path) -> torch.Tensor:
    """Mean latents of the pictures that are used, n x 4 x 16 x 16, scaled."""
    everything = pixels(data)[SEEN]
    parts = [
        base.encode_pixels(as_batch(everything[start : start + 128], "cpu"))[0]
        for start in range(0, len(everything), 128)
    ]
    return torch.cat(parts)


class Ways:
    """The base's noise schedule, by timestep."""

    def __init__(self, base: Base) -> None:
        self.lcm = LCMScheduler.from_config(base.scheduler.config)
        kept = self.lcm.alphas_cumprod
        self.signal, self.noise = kept.sqrt(), (1 - kept).sqrt()

    def clean(self, noisy: torch.Tensor, said: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
        """What v-prediction takes the clean latents for."""
        return _wide(self.signal[at]) * noisy - _wide(self.noise[at]) * said

    def unclean(self, noisy: torch.Tensor, said: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
        """What v-prediction takes the noise for."""
        return _wide(self.signal[at]) * said + _wide(self.noise[at]) * noisy

    def consistent(self, noisy: torch.Tensor, said: torch.Tensor, at: torch.Tensor) -> torch.Tensor:
        """The consistency function's value: the noisy latents themselves at timestep 0."""
        skip, out = self.lcm.get_scalings_for_boundary_condition_discrete(at)
        return _wide(skip) * noisy + _wide(out) * self.clean(noisy, said, at)


def _wide(values: torch.Tensor) -> torch.Tensor:
    return values.view(-1, 1, 1, 1)


def distil(data: Path, model: Path, out: Path, minutes: float, batch: int, rate: float) -> None:
    torch.manual_seed(int(time.time()))
    base = load_base(str(model))
    latents, captions, ways = latents_of(base, data), Captions(data, int(time.time())), Ways(base)
    unet, guidance = base.unet, guidance_for(base)
    unet.add_adapter(LoraConfig(r=RANK, lora_alpha=RANK, target_modules=list(TARGETS)))
    if out.exists():
        known = load_file(out)
        set_peft_model_state_dict(
            unet, {k.removeprefix("unet."): v.float() for k, v in known.items()}
        )
    weights = [p for p in unet.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0)
    stride = len(ways.signal) // TIMES
    empty = base.encode_prompts([""]).states
    began = last = time.monotonic()
    step, recent = 0, 0.0
    while (spent := (time.monotonic() - began) / 60 / minutes) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 100) * 0.5 * (1 + math.cos(math.pi * spent))
        chosen = torch.randint(len(latents), (batch,))
        clean = latents[chosen]
        words = base.encode_prompts([captions.of(SEEN.start + int(i)) for i in chosen]).states
        nearer = torch.randint(TIMES, (batch,)) * stride - 1
        farther, is_end = nearer + stride, nearer < 0
        nearer = nearer.clamp(min=0)
        noisy = ways.lcm.add_noise(clean, torch.randn_like(clean), farther)
        with torch.no_grad():
            unet.disable_adapters()
            said = unet(noisy, farther, words).sample
            free = unet(noisy, farther, empty.expand_as(words)).sample
            said = free + guidance * (said - free)
            unet.enable_adapters()
            # one DDIM step of the guided teacher (Song et al. 2021, arXiv 2010.02502, eq. 12)
            guess, rest = ways.clean(noisy, said, farther), ways.unclean(noisy, said, farther)
            stepped = _wide(ways.signal[nearer]) * guess + _wide(ways.noise[nearer]) * rest
            aim = ways.consistent(stepped, unet(stepped, nearer, words).sample, nearer)
            aim = torch.where(_wide(is_end), guess, aim)
        made = ways.consistent(noisy, unet(noisy, farther, words).sample, farther)
        loss = (((made - aim) ** 2 + HUBER**2).sqrt() - HUBER).mean()
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        step += 1
        recent += (loss.item() - recent) * max(0.01, 1 / step)
        if time.monotonic() - last > 120:
            last = time.monotonic()
            save(unet, out)
            print(f"{spent:5.1%} step {step} loss {recent:.4f}", flush=True)
    save(unet, out)
    print(f"done: {step} steps of {batch}, loss {recent:.4f}", flush=True)


def save(unet: Any, out: Path) -> None:
    layers = {k: v.half().contiguous() for k, v in get_peft_model_state_dict(unet).items()}
    StableDiffusionPipeline.save_lora_weights(
        out.parent, unet_lora_layers=layers, weight_name=out.name, safe_serialization=True
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=40)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=1e-3)
    args = parser.parse_args()
    distil(args.data, args.model, args.out, args.minutes, args.batch, args.rate)
