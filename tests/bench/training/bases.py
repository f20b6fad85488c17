"""Bases with random weights: they cost what trained ones of their shape cost, and nothing is
downloaded.

`MIDSIZE` has the proportions of Stable Diffusion 1.5 at a fifth of its width and half the side of
its latents, small enough for two cores; its heads are as many fewer, so that each is about as wide.
`SD15` is the real shape.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import AutoencoderKL, DDPMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from trainer.loading import BUNDLED

#: the layout of Stable Diffusion 1.x, whatever its widths
DOWN = ("CrossAttnDownBlock2D",) * 3 + ("DownBlock2D",)
UP = ("UpBlock2D",) + ("CrossAttnUpBlock2D",) * 3
SEED = 0


@dataclass(frozen=True)
class Shape:
    """`unet`, `heads` and `vae` by level, `vae_groups` of its norms, `words` the width of the text
    encoder of `text_layers` layers; `latent_side` an eighth of the pictures' side.
    """

    latent_side: int
    unet: tuple[int, int, int, int]
    heads: int
    vae: tuple[int, int, int, int]
    vae_groups: int
    words: int
    text_layers: int
    text_heads: int


MIDSIZE = Shape(
    latent_side=32,
    unet=(64, 128, 256, 256),
    heads=2,
    vae=(26, 54, 104, 104),
    vae_groups=2,
    words=128,
    text_layers=4,
    text_heads=2,
)
SD15 = Shape(
    latent_side=64,
    unet=(320, 640, 1280, 1280),
    heads=8,
    vae=(128, 256, 512, 512),
    vae_groups=32,
    words=768,
    text_layers=12,
    text_heads=12,
)


def save_base(shape: Shape, folder: Path, dtype: torch.dtype = torch.float32) -> Path:
    """Write a base of `shape` to `folder` in diffusers' format, the same one each time."""
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings(action="ignore"):
        torch.manual_seed(SEED)
        pipe = StableDiffusionPipeline(
            vae=_vae(shape),
            text_encoder=_text_encoder(shape),
            tokenizer=CLIPTokenizer.from_pretrained(BUNDLED / "tokenizer"),
            unet=_unet(shape),
            scheduler=DDPMScheduler(
                beta_start=0.00085,
                beta_end=0.012,
                beta_schedule="scaled_linear",
                clip_sample=False,
                steps_offset=1,
            ),
            safety_checker=None,
            feature_extractor=None,
            requires_safety_checker=False,
        )
        pipe.to(dtype=dtype).save_pretrained(folder)
    return folder


def _unet(shape: Shape) -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=shape.latent_side,
        block_out_channels=shape.unet,
        down_block_types=DOWN,
        up_block_types=UP,
        # the number of heads, whatever its name says
        attention_head_dim=shape.heads,
        cross_attention_dim=shape.words,
    )


def _vae(shape: Shape) -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=shape.vae,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=2,
        norm_num_groups=shape.vae_groups,
        sample_size=shape.latent_side * 8,
    )


def _text_encoder(shape: Shape) -> CLIPTextModel:
    return CLIPTextModel(
        CLIPTextConfig(
            hidden_size=shape.words,
            intermediate_size=4 * shape.words,
            num_hidden_layers=shape.text_layers,
            num_attention_heads=shape.text_heads,
            projection_dim=shape.words,
            vocab_size=49408,
            bos_token_id=49406,
            eos_token_id=49407,
            pad_token_id=49407,
        )
    )
