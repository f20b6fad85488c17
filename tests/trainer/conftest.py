"""A pipeline folder with random weights, small enough to be made once for each run of the tests."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import torch
from diffusers import (
    DiffusionPipeline,
    EulerDiscreteScheduler,
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, CLIPTokenizer

import trainer
from storage import gallery
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.tables import Worker as WorkerRow
from tests.trainer.pictures import CALLED, class_pictures, photos
from tests.trainer.serving import Watched
from trainer.base import Base
from trainer.dataset import Dataset, build_dataset
from trainer.loading import load_base
from trainer.plan import METHODS, Method
from trainer.settings import TrainerSettings
from trainer.studio import Studio
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


def new_nano_xl() -> StableDiffusionXLPipeline:
    """Stable Diffusion XL's shape as small as that: two text encoders of different widths, the
    second with a projection and another padding, and a UNet that is told sizes."""
    first, second = 32, 48
    return StableDiffusionXLPipeline(
        vae=new_autoencoder(side=32, channels=(16, 16, 16), groups=8),
        text_encoder=new_text_encoder(first, layers=2, heads=2),
        text_encoder_2=CLIPTextModelWithProjection(
            CLIPTextConfig(
                vocab_size=49408,
                hidden_size=second,
                intermediate_size=2 * second,
                num_hidden_layers=3,
                num_attention_heads=2,
                projection_dim=24,
                bos_token_id=49406,
                eos_token_id=49407,
                pad_token_id=1,
            )
        ),
        tokenizer=CLIPTokenizer.from_pretrained(TOKENIZER, model_max_length=77),
        tokenizer_2=CLIPTokenizer.from_pretrained(TOKENIZER, model_max_length=77, pad_token="!"),
        unet=UNet2DConditionModel(
            sample_size=8,
            layers_per_block=1,
            block_out_channels=(32, 64),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=first + second,
            transformer_layers_per_block=(1, 2),
            attention_head_dim=(2, 4),
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=8,
            projection_class_embeddings_input_dim=24 + 6 * 8,
            norm_num_groups=16,
        ),
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
        ),
        force_zeros_for_empty_prompt=True,
        add_watermarker=False,
    )


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Threads that wait for each other on a busy machine make small tensors ten times slower."""
    torch.set_num_threads(1)


def _saved(folder: Path, new: Callable[[], DiffusionPipeline], seed: int) -> Path:
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        new().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def nano_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _saved(tmp_path_factory.mktemp("base") / "nano", new_nano, 0)


@pytest.fixture(scope="session")
def xl_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _saved(tmp_path_factory.mktemp("base") / "nano-xl", new_nano_xl, 1)


@pytest.fixture(scope="session")
def resident(nano_folder: Path) -> Base:
    return load_base(str(nano_folder), torch.device("cpu"))


@pytest.fixture(scope="session")
def resident_xl(xl_folder: Path) -> Base:
    return load_base(str(xl_folder), torch.device("cpu"))


@pytest.fixture
def sd(resident: Base) -> Iterator[Base]:
    """The resident nano base; every test must leave it as it found it."""
    yield from undressed(resident)


@pytest.fixture
def xl(resident_xl: Base) -> Iterator[Base]:
    """The same of Stable Diffusion XL's kind."""
    yield from undressed(resident_xl)


@pytest.fixture
def kind() -> str:
    """`sd` or `xl`, for `base`; files of tests on both have a `kind` of their own."""
    return "sd"


@pytest.fixture
def base(request: pytest.FixtureRequest, kind: str) -> Base:
    chosen: Base = request.getfixturevalue(kind)
    return chosen


@pytest.fixture(params=METHODS)
def method(request: pytest.FixtureRequest) -> Method:
    chosen: Method = request.param
    return chosen


def undressed(base: Base) -> Iterator[Base]:
    yield base
    for sha256 in list(base.wardrobe.kept):
        base.wardrobe.forget(sha256)
    for part in (base.unet, *base.text_encoders.values()):
        assert not any("lora" in name for name, _ in part.named_modules())
        assert not any(value.requires_grad for value in part.parameters())


@pytest.fixture
def dataset(base: Base) -> Dataset:
    return build_dataset(base, photos(), class_pictures(), called=CALLED)


@pytest.fixture
def alone(base: Base) -> Dataset:
    """Without class images: the base itself keeps the class."""
    return build_dataset(base, photos(), called=CALLED)


@pytest.fixture
async def worker(database: Database, blobs: FolderBlobs, base: Base) -> AsyncIterator[Watched]:
    row = WorkerRow(base=base.id, base_hash=base.weights_hash, device="cpu")
    studio = Studio(database, blobs, base)
    yield Watched(studio, TrainerSettings(lease_s=3), await gallery.check_in(database, row))
    studio.close()
