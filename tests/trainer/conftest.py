"""A pipeline folder with random weights, small enough to be made once for each run of the tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionPipeline
from PIL import Image
from transformers import CLIPTokenizer

import trainer
from trainer.base import Base, load_base
from trainer.dataset import Dataset, TrainingPhoto, build_dataset
from trainer.tiny.recipe.autoencoder import new_autoencoder
from trainer.tiny.recipe.denoiser import new_scheduler, new_text_encoder, new_unet

TOKENIZER = Path(trainer.__file__).parent / "tiny" / "model" / "tokenizer"
WIDTH = 32


def new_nano() -> StableDiffusionPipeline:
    """The shape of the bundled base, smaller: 32 px pictures, 8 x 8 latents."""
    return StableDiffusionPipeline(
        vae=new_autoencoder(side=32, channels=(16, 16, 16), groups=8),
        text_encoder=new_text_encoder(WIDTH, layers=2, heads=2),
        tokenizer=CLIPTokenizer.from_pretrained(TOKENIZER, model_max_length=77),
        unet=new_unet(side=8, width=WIDTH, channels=(32, 64), heads=(2, 4)),
        scheduler=new_scheduler(),
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
