"""Put the trained parts together: `python -m trainer.tiny.recipe.assemble WORK OUT`.

Writes a StableDiffusionPipeline folder in float16 safetensors, as `from_pretrained` reads it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import torch
from diffusers import StableDiffusionPipeline
from safetensors.torch import load_file

from trainer.tiny.recipe.autoencoder import new_autoencoder
from trainer.tiny.recipe.denoiser import (
    new_scheduler,
    new_text_encoder,
    new_unet,
    scaling_factor,
)
from trainer.tiny.recipe.tokenizer import new_tokenizer


def assemble(work: Path) -> StableDiffusionPipeline:
    """The pipeline of the parts in `work`, in float32."""
    vae, unet, text = new_autoencoder(), new_unet(), new_text_encoder()
    vae.load_state_dict(load_file(work / "autoencoder.safetensors"))
    unet.load_state_dict(load_file(work / "unet.safetensors"))
    text.load_state_dict(load_file(work / "text_encoder.safetensors"))
    latents = load_file(work / "latents.safetensors")["latents"]
    vae.register_to_config(scaling_factor=round(scaling_factor(latents), 5))
    return StableDiffusionPipeline(
        vae=vae,
        unet=unet,
        text_encoder=text,
        tokenizer=new_tokenizer(work / "tokenizer"),
        scheduler=new_scheduler(),
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("work", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    assemble(args.work).to(dtype=torch.float16).save_pretrained(args.out, safe_serialization=True)
