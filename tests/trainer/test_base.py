from __future__ import annotations

import json
import shutil
from pathlib import Path

import huggingface_hub.constants
import pytest
import torch
from diffusers import StableDiffusionPipeline

from tests.trainer.pictures import picture
from trainer.adapters import Origin, load_adapter, pack_adapter
from trainer.base import Base
from trainer.dataset import TrainingPhoto, build_dataset
from trainer.dreambooth import train
from trainer.generate import generate
from trainer.loading import BUNDLED, BaseUnavailable, BaseUnsupported, load_base
from trainer.pixels import as_pixels
from trainer.plan import Plan
from trainer.request import Request
from trainer.safety import is_blank

LONG = "a photo of tkn man " + "wearing a very long red scarf " * 20


@pytest.fixture(scope="session")
def stock(nano_folder: Path) -> StableDiffusionPipeline:
    return StableDiffusionPipeline.from_pretrained(nano_folder, safety_checker=None)


def test_the_facts_of_a_base_are_read_from_its_folder(base: Base) -> None:
    assert (base.resolution, base.latent_side) == (32, 8)
    assert base.prediction_type == "v_prediction"
    assert base.dtype == torch.float32
    assert not any(p.requires_grad for p in base.unet.parameters())
    assert not base.unet.training


def test_short_prompts_are_encoded_as_stock_diffusers_does(
    base: Base, stock: StableDiffusionPipeline
) -> None:
    prompts = ["a photo of tkn man", ""]
    theirs, _ = stock.encode_prompt(prompts, torch.device("cpu"), 1, False)
    assert torch.equal(base.encode_prompts(prompts).states, theirs)


def test_a_long_prompt_is_never_cut(base: Base) -> None:
    chunks = base.count_chunks(LONG)
    assert chunks == 2
    whole = base.encode_prompts([LONG]).states
    assert whole.shape == (1, chunks * 77, 32)
    changed = base.encode_prompts([LONG + "smiling"]).states
    assert torch.equal(whole[:, :77], changed[:, :77])
    assert not torch.equal(whole[:, 77:], changed[:, 77:])


def test_a_batch_is_padded_to_the_longest_prompt(base: Base) -> None:
    both = base.encode_prompts([LONG, "a man"]).states
    assert both.shape[1] == 2 * 77
    assert torch.allclose(both[1, :77], base.encode_prompts(["a man"]).states[0], atol=1e-5)
    assert torch.allclose(both[1, 77:], base.encode_prompts([""]).states[0], atol=1e-5)


def test_75_tokens_fill_one_window_and_76_two(base: Base) -> None:
    assert base.count_chunks("man " * 75) == 1
    assert base.count_chunks("man " * 76) == 2


def test_latents_carry_the_scaling_factor(base: Base) -> None:
    pixels = as_pixels([picture(0)], base.resolution)
    mean, std = base.encode_pixels(pixels)
    assert mean.shape == std.shape == (1, 4, 8, 8)
    raw = base.vae.encode(pixels).latent_dist
    assert torch.allclose(mean, raw.mean * base.vae.config.scaling_factor)
    drawn = base.decode_latents(mean)
    assert torch.allclose(drawn, base.vae.decode(raw.mean).sample, atol=1e-5)


def test_the_hash_follows_the_weights_and_not_the_place(
    base: Base, nano_folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "elsewhere"
    shutil.copytree(nano_folder, copy)
    (copy / "unet" / "diffusion_pytorch_model.fp16.safetensors").write_bytes(b"not loaded")
    assert load_base(str(copy)).weights_hash == base.weights_hash
    weights = copy / "vae" / "diffusion_pytorch_model.safetensors"
    data = bytearray(weights.read_bytes())
    data[-1] ^= 1
    weights.write_bytes(data)
    assert load_base(str(copy)).weights_hash != base.weights_hash


def test_pickled_weights_are_refused_with_a_sentence(nano_folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "pickled"
    shutil.copytree(nano_folder, copy)
    weights = copy / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    with pytest.raises(BaseUnavailable, match="safetensors"):
        load_base(str(copy))


def test_another_kind_of_pipeline_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    index = {"_class_name": "FluxPipeline", "_diffusers_version": "0.42.1"}
    (tmp_path / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(BaseUnsupported, match="FluxPipeline"):
        load_base(str(tmp_path))


def test_an_unknown_id_without_network_gives_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(BaseUnavailable, match="could not be found"):
        load_base("nobody/no-such-base")


@pytest.mark.skipif(not (BUNDLED / "unet").is_dir(), reason="the bundled base is not built here")
def test_the_bundled_base_trains_and_draws() -> None:
    tiny = load_base("tiny")
    assert (tiny.resolution, tiny.dtype) == (64, torch.float32)
    made = build_dataset(tiny, [TrainingPhoto(picture(0, 64), "a photo of a tkn man")])
    [progress] = train(tiny, made, Plan(steps=1))
    origin = Origin("tkn", "man", tiny.id, tiny.weights_hash, 1, 0, 16, 16)
    adapter = load_adapter(pack_adapter(progress.checkpoint().weights, origin))
    [drawn] = generate(tiny, [Request("a photo of a tkn man", steps=2, adapter=adapter)])
    assert drawn.size == (64, 64)
    assert not is_blank(drawn)
