"""Stable Diffusion XL against its stock pipeline: what it reads, what it is told, what it draws."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import StableDiffusionXLPipeline

from trainer.base import Base
from trainer.canvas import new_sampler
from trainer.generate import generate
from trainer.loading import BaseUnsupported, load_base
from trainer.pixels import as_pictures
from trainer.request import Request
from trainer.seeds import stream

CPU = torch.device("cpu")
LONG = "a portrait of a man " + "wearing a very long red scarf " * 20


@pytest.fixture(scope="session")
def stock(xl_folder: Path) -> StableDiffusionXLPipeline:
    made = StableDiffusionXLPipeline.from_pretrained(xl_folder, add_watermarker=False)
    made.set_progress_bar_config(disable=True)
    return made


def test_its_family_and_sizes_are_read_from_its_folder(xl: Base) -> None:
    assert (xl.family, xl.resolution, xl.latent_side) == ("sdxl", 32, 8)
    assert xl.prediction_type == "epsilon"


def test_prompts_are_encoded_as_the_stock_pipeline_does(
    xl: Base, stock: StableDiffusionXLPipeline
) -> None:
    prompts = ["a photo of a man", "a dog in the snow, smiling"]
    states, without, pooled, pooled_without = stock.encode_prompt(
        prompts, device=CPU, do_classifier_free_guidance=True
    )
    ours = xl.encode_prompts(prompts)
    assert torch.equal(ours.states, states)
    assert ours.pooled is not None
    assert torch.equal(ours.pooled, pooled)
    empty = xl.encode_prompts(["", ""])
    assert empty.pooled is not None
    assert torch.equal(empty.states, without)
    assert torch.equal(empty.pooled, pooled_without)


def test_a_prompt_reads_the_same_beside_an_empty_one(xl: Base) -> None:
    alone, [_, beside] = xl.encode_prompts(["a man"]), xl.encode_prompts(["", "a man"]).states
    assert torch.allclose(alone.states[0], beside, atol=1e-6)


def test_a_negative_that_says_something_is_encoded_as_the_stock_pipeline_does(
    xl: Base, stock: StableDiffusionXLPipeline
) -> None:
    _, theirs, _, pooled = stock.encode_prompt(
        "a man", device=CPU, negative_prompt="blurred", do_classifier_free_guidance=True
    )
    ours = xl.encode_prompts(["blurred"])
    assert torch.equal(ours.states, theirs)
    assert ours.pooled is not None
    assert torch.equal(ours.pooled, pooled)


def test_sizes_are_told_in_the_stock_pipelines_order(
    xl: Base, stock: StableDiffusionXLPipeline
) -> None:
    told = []

    def note(_module: object, _inputs: object, named: dict[str, dict[str, torch.Tensor]]) -> None:
        told.append(named["added_cond_kwargs"]["time_ids"])

    handle = xl.unet.register_forward_pre_hook(note, with_kwargs=True)
    words = xl.encode_prompts(["a man", "a dog"])
    with torch.no_grad():
        xl.predict(torch.zeros(2, 4, 8, 8), torch.tensor([5, 6]), words)
        xl.predict(torch.zeros(2, 4, 8, 8), torch.tensor([5, 6]), words, torch.tensor([640.0, 96]))
    handle.remove()

    def theirs(side: int) -> torch.Tensor:
        return stock._get_add_time_ids(
            (side, side),
            (0, 0),
            (32, 32),
            torch.float32,
            stock.text_encoder_2.config.projection_dim,
        )

    assert torch.equal(told[0], torch.cat([theirs(32), theirs(32)]))
    assert torch.equal(told[1], torch.cat([theirs(640), theirs(96)]))


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # diffusers' own, under numpy 2
@pytest.mark.parametrize("negative", ["", "blurred, dark"])
def test_a_picture_is_the_stock_pipelines(
    xl: Base, stock: StableDiffusionXLPipeline, negative: str
) -> None:
    request = Request("a man in the snow", negative, seed=5, steps=4, guidance=5.0)
    drawn = []
    decode = xl.vae.decoder.register_forward_pre_hook(lambda _module, given: drawn.append(given[0]))
    [ours] = generate(xl, [request])
    decode.remove()
    sampler = new_sampler(xl, 4)
    mine, stock.scheduler = stock.scheduler, sampler
    noise = torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(5))
    theirs = stock(
        request.prompt,
        negative_prompt=negative or None,
        num_inference_steps=4,
        guidance_scale=5.0,
        latents=noise,
        height=32,
        width=32,
        output_type="latent",
    ).images
    stock.scheduler = mine
    with torch.no_grad():
        before = xl.vae.post_quant_conv(theirs / xl.vae.config.scaling_factor)
    # untrained, it has numbers up to a hundred
    assert (drawn[0] - before).abs().max() < 1e-4 * before.abs().max()
    [picture] = as_pictures(xl.decode_latents(theirs))
    assert np.abs(np.asarray(ours, float) - np.asarray(picture, float)).max() <= 1


def test_a_long_prompt_is_never_cut_in_either_encoder(xl: Base) -> None:
    assert xl.count_chunks(LONG) == 2
    whole, changed = xl.encode_prompts([LONG]), xl.encode_prompts([LONG + "smiling"])
    assert whole.states.shape == (1, 2 * 77, 32 + 48)
    assert torch.equal(whole.states[:, :77], changed.states[:, :77])
    for encoder in (slice(0, 32), slice(32, 80)):
        assert not torch.equal(whole.states[:, 77:, encoder], changed.states[:, 77:, encoder])
    assert whole.pooled is not None
    assert whole.pooled.shape == (1, 24)
    [picture] = generate(xl, [Request(LONG, steps=2)])
    assert picture.size == (32, 32)


def test_what_a_picture_was_told_shows_in_the_answer(xl: Base) -> None:
    noise = torch.randn((1, 4, 8, 8), generator=stream("noise"))
    words = xl.encode_prompts(["a man"])
    with torch.no_grad():
        own = xl.predict(noise, torch.tensor([500]), words)
        small = xl.predict(noise, torch.tensor([500]), words, torch.tensor([8.0]))
        same = xl.predict(noise, torch.tensor([500]), words, torch.tensor([32.0]))
    assert torch.equal(own, same)
    assert not torch.equal(own, small)


def test_a_refiner_is_refused_with_a_sentence(xl_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "refiner"
    shutil.copytree(xl_folder, folder)
    index = json.loads((folder / "model_index.json").read_text())
    for part in ("text_encoder", "tokenizer"):
        shutil.rmtree(folder / part)
        index[part] = [None, None]
    (folder / "model_index.json").write_text(json.dumps(index))
    with pytest.raises(BaseUnsupported, match="refines"):
        load_base(str(folder))
