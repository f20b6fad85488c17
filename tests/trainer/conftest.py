"""A pipeline folder with random weights, small enough to be made once for each run of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import AutoencoderKL, DDPMScheduler, StableDiffusionPipeline, UNet2DConditionModel
from PIL import Image
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

import trainer
from trainer.base import Base, load_base
from trainer.dataset import Dataset, TrainingPhoto, build_dataset

TOKENIZER = Path(trainer.__file__).parent / "tiny" / "model" / "tokenizer"
WIDTH = 32


def new_nano() -> StableDiffusionPipeline:
    """The shape of the bundled base, smaller: 32 px pictures, 8 x 8 latents."""
    unet = UNet2DConditionModel(
        sample_size=8,
        layers_per_block=1,
        block_out_channels=(32, 64),
        down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
        cross_attention_dim=WIDTH,
        attention_head_dim=(2, 4),
        norm_num_groups=16,
    )
    vae = AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(16, 16, 16),
        layers_per_block=1,
        norm_num_groups=8,
        sample_size=32,
        mid_block_add_attention=False,
    )
    text_encoder = CLIPTextModel(
        CLIPTextConfig(
            vocab_size=49408,
            hidden_size=WIDTH,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            projection_dim=WIDTH,
            bos_token_id=49406,
            eos_token_id=49407,
            pad_token_id=49407,
        )
    )
    scheduler = DDPMScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        clip_sample=False,
        steps_offset=1,  # else the pipeline class mends it with a warning
    )
    return StableDiffusionPipeline(
        vae=vae,
        text_encoder=text_encoder,
        tokenizer=CLIPTokenizer.from_pretrained(TOKENIZER, model_max_length=77),
        unet=unet,
        scheduler=scheduler,
        safety_checker=None,
        feature_extractor=None,
        requires_safety_checker=False,
    )


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Threads that wait for each other on a busy machine make small tensors ten times slower."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def nano_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base") / "nano"
    with torch.random.fork_rng():
        torch.manual_seed(0)
        new_nano().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def resident(nano_folder: Path) -> Base:
    return load_base(str(nano_folder), torch.device("cpu"))


@pytest.fixture
def base(resident: Base) -> Iterator[Base]:
    """The resident nano base; every test must leave it as it found it."""
    yield resident
    for sha256 in [name.removeprefix("kept_") for name in resident.wardrobe._kept]:
        resident.wardrobe.forget(sha256)
    assert not any("lora" in name for name, _ in resident.unet.named_modules())


def picture(seed: int, side: int = 32) -> Image.Image:
    """Coloured blocks: something to learn that is not noise."""
    blocks = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(blocks).resize((side, side), Image.Resampling.NEAREST)


@pytest.fixture
def dataset(base: Base) -> Dataset:
    return build_dataset(
        base,
        [TrainingPhoto(picture(seed), "a photo of tkn man") for seed in range(3)],
        [TrainingPhoto(picture(seed), "a picture of a man") for seed in range(10, 14)],
    )
