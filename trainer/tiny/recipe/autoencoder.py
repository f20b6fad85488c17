"""Train the autoencoder: `python -m trainer.tiny.recipe.autoencoder DATA OUT --minutes 25`.

Loss: L1 + MSE + 2 x MSE on 4 x 4 pooled pictures (colour) + 1e-6 x KL. The budget is time, so
the same command fits any machine; it saves every few minutes and resumes from what it saved.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from diffusers import AutoencoderKL
from diffusers.training_utils import EMAModel
from safetensors.torch import load_file, save_file

SIZE = 64


def pixels(data: Path) -> np.ndarray:
    """All pictures as uint8, count x 64 x 64 x 3, read from disk as needed."""
    flat = np.memmap(data / "pixels.u8", dtype=np.uint8, mode="r")
    return flat.reshape(-1, SIZE, SIZE, 3)


def as_batch(pictures: np.ndarray, device: str) -> torch.Tensor:
    """Float pictures in -1 to 1, n x 3 x 64 x 64, channels last in memory."""
    batch = torch.from_numpy(np.ascontiguousarray(pictures)).to(device).permute(0, 3, 1, 2)
    return (batch.float() / 127.5 - 1).contiguous(memory_format=torch.channels_last)


def new_autoencoder(
    side: int = SIZE, channels: tuple[int, int, int] = (32, 64, 64), groups: int = 16
) -> AutoencoderKL:
    """4 x smaller in each direction: 64 px become a 16 x 16 latent of 4 channels."""
    return AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=channels,
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=groups,
        sample_size=side,
        mid_block_add_attention=False,
    )


@torch.no_grad()
def psnr(vae: AutoencoderKL, pictures: np.ndarray, device: str) -> float:
    """Mean peak signal-to-noise ratio in dB of reconstructions through the latent's mean."""
    scores = []
    for start in range(0, len(pictures), 64):
        batch = as_batch(pictures[start : start + 64], device)
        back = vae.decode(vae.encode(batch).latent_dist.mean).sample.clamp(-1, 1)
        error = ((back - batch) / 2).pow(2).mean(dim=(1, 2, 3))
        scores.append(-10 * torch.log10(error))
    return torch.cat(scores).mean().item()


def train(data: Path, out: Path, minutes: float, batch: int, rate: float, device: str) -> None:
    torch.manual_seed(0)
    everything = pixels(data)
    held_out, everything = everything[:256], everything[256:]
    vae = new_autoencoder().to(device, memory_format=torch.channels_last)
    out.mkdir(parents=True, exist_ok=True)
    saved = out / "autoencoder.safetensors"
    if saved.exists():
        vae.load_state_dict(load_file(saved))
    average = EMAModel(vae.parameters(), decay=0.998)
    optimizer = torch.optim.AdamW(vae.parameters(), lr=rate, weight_decay=0.0, betas=(0.9, 0.99))
    rng = np.random.default_rng(0)
    began = last = time.monotonic()
    step = 0
    while (spent := (time.monotonic() - began) / 60 / minutes) < 1:
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1, (step + 1) / 100) * (0.02 + 0.98 * (1 - spent) ** 1.0)
        chosen = rng.integers(0, len(everything), batch)
        target = as_batch(everything[np.sort(chosen)], device)
        with torch.autocast(device, torch.bfloat16):
            latent = vae.encode(target).latent_dist
            drawn = vae.decode(latent.sample()).sample
        drawn = drawn.float()
        loss = (
            F.l1_loss(drawn, target)
            + F.mse_loss(drawn, target)
            + 2 * F.mse_loss(F.avg_pool2d(drawn, 4), F.avg_pool2d(target, 4))
            + 1e-6 * latent.kl().float().mean()
        )
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(vae.parameters(), 1.0)
        optimizer.step()
        average.step(vae.parameters())
        step += 1
        if time.monotonic() - last > 150:
            last = time.monotonic()
            save(vae, average, saved, held_out, device, step, spent, loss.item())
    save(vae, average, saved, held_out, device, step, 1.0, loss.item())


def save(
    vae: AutoencoderKL,
    average: EMAModel,
    saved: Path,
    held_out: np.ndarray,
    device: str,
    step: int,
    spent: float,
    loss: float,
) -> None:
    average.store(vae.parameters())
    average.copy_to(vae.parameters())
    quality = psnr(vae, held_out, device)
    weights = {name: value.contiguous() for name, value in vae.state_dict().items()}
    save_file(weights, saved.with_suffix(".partial"))
    saved.with_suffix(".partial").replace(saved)
    average.restore(vae.parameters())
    print(f"{spent:5.1%} step {step} loss {loss:.4f} PSNR {quality:.2f} dB", flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--minutes", type=float, default=25)
    parser.add_argument("--batch", type=int, default=24)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    args = parser.parse_args()
    train(args.data, args.out, args.minutes, args.batch, args.rate, args.device)
