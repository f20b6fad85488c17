"""Train the UNet and the text encoder together:
`python -m trainer.tiny.recipe.denoiser DATA WORK --minutes 60`.

WORK already holds `autoencoder.safetensors`. Latents are computed once. v-prediction with zero
terminal SNR (Lin et al. 2024, arXiv 2305.08891), so that plain black and plain white backgrounds
are reachable; 10 % empty captions for classifier-free guidance; EMA weights are what is kept.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.training_utils import EMAModel
from safetensors.torch import load_file, save_file
from transformers import CLIPTextConfig, CLIPTextModel

from trainer.tiny import world
from trainer.tiny.captions import caption
from trainer.tiny.recipe.autoencoder import as_batch, new_autoencoder, pixels
from trainer.tiny.recipe.tokenizer import new_tokenizer

WIDTH = 128


def new_unet(
    side: int = 16,
    width: int = WIDTH,
    channels: tuple[int, ...] = (64, 128, 192),
    heads: tuple[int, ...] = (2, 4, 4),
) -> UNet2DConditionModel:
    """Cross-attention to words of that width everywhere but at the lowest resolution. As it
    stands: 8.8 million parameters on a 16 x 16 latent, attention at 16, 8 and (middle) 4."""
    attending = len(channels) - 1
    return UNet2DConditionModel(
        sample_size=side,
        in_channels=4,
        out_channels=4,
        layers_per_block=1,
        block_out_channels=channels,
        down_block_types=(*("CrossAttnDownBlock2D",) * attending, "DownBlock2D"),
        up_block_types=("UpBlock2D", *("CrossAttnUpBlock2D",) * attending),
        cross_attention_dim=width,
        attention_head_dim=heads,  # diffusers reads this as the number of heads
        norm_num_groups=16,
    )


def new_text_encoder(width: int = WIDTH, layers: int = 4, heads: int = 4) -> CLIPTextModel:
    """CLIP's shape, 128 wide and 4 deep, with CLIP's whole vocabulary."""
    return CLIPTextModel(
        CLIPTextConfig(
            vocab_size=49408,
            hidden_size=width,
            intermediate_size=4 * width,
            num_hidden_layers=layers,
            num_attention_heads=heads,
            max_position_embeddings=77,
            projection_dim=width,
            bos_token_id=49406,
            eos_token_id=49407,
            pad_token_id=49407,
        )
    )


def new_scheduler() -> DDPMScheduler:
    return DDPMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        steps_offset=1,  # else the pipeline class sets it, with a warning
    )


class Captions:
    """A fresh caption for a picture each time it is asked for."""

    def __init__(self, data: Path, seed: int) -> None:
        self.people = []
        for line in (data / "labels.jsonl").read_text().splitlines():
            words = json.loads(line)
            scene = world.Scene(*(words.pop(k) for k in ("expression", "framing", "background")))
            self.people.append((world.Look(**words), scene))
        self.rng = random.Random(seed)

    def of(self, index: int) -> str:
        if self.rng.random() < 0.1:
            return ""
        keep = 0.8 if self.rng.random() < 0.8 else 0.3
        return caption(*self.people[index], self.rng, keep)


@torch.no_grad()
def all_latents(data: Path, work: Path, device: str) -> torch.Tensor:
    """Mean latents of every picture, count x 4 x 16 x 16 in float16, before scaling."""
    cached = work / "latents.safetensors"
    if cached.exists():
        return load_file(cached)["latents"].to(device)
    vae = new_autoencoder().to(device, memory_format=torch.channels_last).eval()
    vae.load_state_dict(load_file(work / "autoencoder.safetensors"))
    everything = pixels(data)
    parts = []
    for start in range(0, len(everything), 128):
        batch = as_batch(everything[start : start + 128], device)
        with torch.autocast(device, torch.bfloat16):
            parts.append(vae.encode(batch).latent_dist.mean.half().contiguous())
    latents = torch.cat(parts)
    save_file({"latents": latents.cpu()}, cached)
    return latents


def scaling_factor(latents: torch.Tensor) -> float:
    """What brings the latents to unit variance, as AutoencoderKL's config wants it."""
    return 1 / latents[:4096].float().std().item()


def train(data: Path, work: Path, minutes: float, batch: int, rate: float, device: str) -> None:
    torch.manual_seed(0)
    latents = all_latents(data, work, device)
    latents = latents * scaling_factor(latents)
    captions = Captions(data, 0)
    tokenizer = new_tokenizer(work / "tokenizer")
    unet = new_unet().to(device, memory_format=torch.channels_last)
    text = new_text_encoder().to(device)
    parts: dict[str, Any] = {"unet": unet, "text_encoder": text}
    for name, model in parts.items():
        if (work / f"{name}.safetensors").exists():
            model.load_state_dict(load_file(work / f"{name}.safetensors"))
    averages = {name: EMAModel(model.parameters(), decay=0.999) for name, model in parts.items()}
    weights = [p for model in parts.values() for p in model.parameters()]
    optimizer = torch.optim.AdamW(weights, lr=rate, weight_decay=0.0, betas=(0.9, 0.99))
    scheduler = new_scheduler()
    rng = np.random.default_rng(int(time.time()))
    began = last = time.monotonic()
    step, recent = 0, 0.0
    while (spent := (time.monotonic() - began) / 60 / minutes) < 1:
        for group in optimizer.param_groups:
            cosine = 0.5 * (1 + math.cos(math.pi * spent))
            group["lr"] = rate * min(1, (step + 1) / 200) * (0.01 + 0.99 * cosine)
        chosen = rng.integers(256, len(latents), batch)
        clean = (
            latents[torch.from_numpy(chosen)].float().contiguous(memory_format=torch.channels_last)
        )
        tokens = tokenizer(
            [captions.of(int(i)) for i in chosen],
            padding="max_length",
            truncation=True,
            max_length=77,
            return_tensors="pt",
        ).input_ids.to(device)
        noise = torch.randn_like(clean)
        steps = torch.randint(0, 1000, (batch,), device=device)
        noisy = scheduler.add_noise(clean, noise, steps)
        target = scheduler.get_velocity(clean, noise, steps)
        with torch.autocast(device, torch.bfloat16):
            words = text(tokens).last_hidden_state
            predicted = unet(noisy, steps, words).sample
        loss = F.mse_loss(predicted.float(), target)
        optimizer.zero_grad()
        torch.autograd.backward(loss)
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        for name, model in parts.items():
            averages[name].step(model.parameters())
        step += 1
        recent += (loss.item() - recent) * max(0.01, 1 / step)
        if time.monotonic() - last > 150:
            last = time.monotonic()
            save(parts, averages, work)
            print(f"{spent:5.1%} step {step} loss {recent:.4f}", flush=True)
    save(parts, averages, work)
    print(f"done: {step} steps of {batch}, loss {recent:.4f}", flush=True)


def save(parts: dict[str, Any], averages: dict[str, EMAModel], work: Path) -> None:
    for name, model in parts.items():
        averages[name].store(model.parameters())
        averages[name].copy_to(model.parameters())
        target = work / f"{name}.safetensors"
        state = {key: value.contiguous() for key, value in model.state_dict().items()}
        save_file(state, target.with_suffix(".partial"))
        target.with_suffix(".partial").replace(target)
        averages[name].restore(model.parameters())


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("work", type=Path)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--rate", type=float, default=8e-4)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    train(args.data, args.work, args.minutes, args.batch, args.rate, args.device)
