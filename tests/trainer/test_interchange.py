"""What leaves Darkroom draws elsewhere as it does here: in stock diffusers, and through its reader
of the layout that web UIs share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
)
from safetensors.torch import load, load_file

from tests.trainer.leaving import CARD, MADE, PROMPT, learned
from trainer.adapters import LoadedAdapter, pack_adapter
from trainer.base import Base
from trainer.canvas import new_sampler
from trainer.export import EMBEDDING, LORA, export, ground_of, stock_file
from trainer.generate import generate
from trainer.kohya import single_file
from trainer.loading import BaseUnavailable
from trainer.pixels import as_pictures
from trainer.plan import METHODS, Method
from trainer.request import Request
from trainer.seeds import stream

CPU = torch.device("cpu")

Stock = StableDiffusionPipeline | StableDiffusionXLPipeline


@pytest.fixture(params=["sd", "xl"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


def new_stock(base: Base, folder: str | Path | None = None) -> Stock:
    kind: Any = StableDiffusionXLPipeline if base.family == "sdxl" else StableDiffusionPipeline
    without = {} if base.family == "sdxl" else {"safety_checker": None}
    stock: Stock = kind.from_pretrained(folder or base.id, **without)
    stock.set_progress_bar_config(disable=True)
    return stock


@torch.no_grad()
def theirs(stock: Stock, prompt: str = PROMPT) -> torch.Tensor:
    """What the stock pipeline's own parts say, as its call would ask them."""
    noise = torch.randn((1, 4, 8, 8), generator=stream("noise"))
    added = None
    if isinstance(stock, StableDiffusionXLPipeline):
        states, _, pooled, _ = stock.encode_prompt(
            prompt, device=CPU, do_classifier_free_guidance=False
        )
        sizes = torch.tensor([[32.0, 32, 0, 0, 32, 32]])
        added = {"text_embeds": pooled, "time_ids": sizes}
    else:
        states, _ = stock.encode_prompt(prompt, CPU, 1, False)
    answer: torch.Tensor = stock.unet(noise, 500, states, added_cond_kwargs=added).sample
    return answer


@torch.no_grad()
def ours(base: Base, adapter: LoadedAdapter | None, prompt: str = PROMPT) -> torch.Tensor:
    noise = torch.randn((1, 4, 8, 8), generator=stream("noise"))
    name = base.wardrobe.keep(adapter) if adapter else None
    with base.wardrobe.wearing(name):
        return base.predict(noise, torch.tensor([500]), base.encode_prompts([prompt]))


def teach(stock: Stock, file: Path) -> None:
    """Have a stock pipeline read a learned token."""
    if isinstance(stock, StableDiffusionXLPipeline):
        rows = load_file(file)
        for clip, of in (("clip_l", ""), ("clip_g", "_2")):
            stock.load_textual_inversion(
                rows[clip],
                token="tkn",
                text_encoder=getattr(stock, f"text_encoder{of}"),
                tokenizer=getattr(stock, f"tokenizer{of}"),
            )
    else:
        stock.load_textual_inversion(file)


def assert_same(base: Base, adapter: LoadedAdapter, answer: torch.Tensor) -> None:
    assert not torch.allclose(answer, ours(base, None), atol=1e-2)
    assert torch.allclose(answer, ours(base, adapter), atol=1e-5)


@pytest.mark.parametrize("method", ["lora", "lora-text"])
def test_stock_diffusers_reads_the_adapters_own_file(
    base: Base, tmp_path: Path, method: Method
) -> None:
    adapter = learned(base, method)
    path = tmp_path / "tkn.safetensors"
    path.write_bytes(pack_adapter(adapter.weights, adapter.origin))
    stock = new_stock(base)
    assert torch.allclose(theirs(stock), ours(base, None), atol=1e-6)
    stock.load_lora_weights(path)
    assert_same(base, adapter, theirs(stock))


def test_stock_diffusers_passes_over_a_learned_token_in_it(base: Base, tmp_path: Path) -> None:
    adapter = learned(base, "pivotal")
    path = tmp_path / "tkn.safetensors"
    path.write_bytes(pack_adapter(adapter.weights, adapter.origin))
    stock = new_stock(base)
    stock.load_lora_weights(path)
    plain = "a photo of a man in the snow"
    assert torch.allclose(theirs(stock, plain), ours(base, adapter, plain), atol=1e-5)


@pytest.mark.parametrize("class_word", ["man", "polar bear"])
@pytest.mark.parametrize("method", ["lora", "lora-text", "pivotal"])
def test_stock_diffusers_reads_the_exported_folder(
    base: Base, tmp_path: Path, method: Method, class_word: str
) -> None:
    adapter = learned(base, method, class_word)
    export(adapter, CARD, MADE, tmp_path)
    folder = tmp_path / "diffusers" / "tkn"
    stock = new_stock(base)
    stock.load_lora_weights(folder)
    assert (folder / EMBEDDING).exists() == (method == "pivotal")
    if method == "pivotal":
        assert not torch.allclose(theirs(stock), ours(base, adapter), atol=1e-3)
        teach(stock, folder / EMBEDDING)
    assert_same(base, adapter, theirs(stock))


@pytest.mark.filterwarnings("ignore:__array__ implementation")  # diffusers' own, under numpy 2
@pytest.mark.parametrize("method", ["lora", "pivotal"])
def test_an_exported_adapter_draws_the_same_picture(
    base: Base, tmp_path: Path, method: Method
) -> None:
    adapter = learned(base, method)
    export(adapter, CARD, MADE, tmp_path)
    [mine] = generate(base, [Request(PROMPT, seed=3, steps=3, guidance=5.0, adapter=adapter)])
    stock = new_stock(base)
    stock.load_lora_weights(tmp_path / "diffusers" / "tkn")
    if method == "pivotal":
        teach(stock, tmp_path / "embeddings" / "tkn.safetensors")
    stock.scheduler = new_sampler(base, 3)
    latents = stock(
        PROMPT,
        num_inference_steps=3,
        guidance_scale=5.0,
        latents=torch.randn((1, 4, 8, 8), generator=torch.Generator().manual_seed(3)),
        height=32,
        width=32,
        output_type="latent",
    ).images
    [stocks] = as_pictures(base.decode_latents(latents))
    assert np.abs(np.asarray(mine, float) - np.asarray(stocks, float)).max() <= 1


@pytest.mark.parametrize("method", ["lora", "lora-text", "pivotal"])
def test_the_web_uis_file_says_the_same_through_diffusers_reader_of_it(
    base: Base, tmp_path: Path, method: Method
) -> None:
    adapter = learned(base, method)
    export(adapter, CARD, MADE, tmp_path)
    tensors = load_file(tmp_path / "lora" / "tkn.safetensors")
    assert {value.dtype for value in tensors.values()} == {torch.float16}
    # diffusers knows no tokens in a LoRA's file
    lora = {key: value for key, value in tensors.items() if not key.startswith("bundle_emb.")}
    assert (len(lora) < len(tensors)) == (method == "pivotal")
    stock = new_stock(base)
    stock.load_lora_weights(lora)
    if method == "pivotal":
        teach(stock, tmp_path / "embeddings" / "tkn.safetensors")
    assert_same(base, adapter, theirs(stock))


def test_half_an_alpha_is_half_an_adapter(base: Base) -> None:
    """The alphas in the file count: a reader that passed over them would not show it at full."""
    adapter = learned(base, "lora")
    tensors = load(single_file(adapter, ground_of(adapter), CARD, MADE))
    for key in [key for key in tensors if key.endswith(".alpha")]:
        assert tensors[key] == 4
        tensors[key] /= 2
    stock = new_stock(base)
    stock.load_lora_weights(tensors)
    with base.wardrobe.wearing(base.wardrobe.keep(adapter), 0.5), torch.no_grad():
        noise = torch.randn((1, 4, 8, 8), generator=stream("noise"))
        half = base.predict(noise, torch.tensor([500]), base.encode_prompts([PROMPT]))
    assert torch.allclose(theirs(stock), half, atol=1e-5)


def test_a_full_fine_tune_leaves_as_a_pipeline_of_its_own(base: Base, tmp_path: Path) -> None:
    adapter = learned(base, "full")
    written = export(adapter, CARD, MADE, tmp_path)
    folder = tmp_path / "diffusers" / "tkn"
    assert written == [tmp_path / "tkn.json", folder]
    assert not list(tmp_path.rglob("*.part"))
    assert not (tmp_path / "lora").exists()
    assert_same(base, adapter, theirs(new_stock(base, folder)))
    export(adapter, CARD, MADE, tmp_path)  # again
    assert_same(base, adapter, theirs(new_stock(base, folder)))


def test_a_full_fine_tune_needs_its_base(resident: Base, tmp_path: Path) -> None:
    adapter = learned(resident, "full")
    gone = replace(adapter, origin=replace(adapter.origin, base=str(tmp_path / "gone")))
    with pytest.raises(BaseUnavailable, match="could not be found"):
        export(gone, CARD, MADE, tmp_path)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_adapter_is_exported_as_the_same_files(
    resident: Base, tmp_path: Path, method: Method
) -> None:
    adapter = learned(resident, method)
    before, after = tmp_path / "before", tmp_path / "after"
    for folder in (before, after):
        export(adapter, CARD, MADE, folder)

    def files(folder: Path) -> dict[str, Any]:
        return {
            str(path.relative_to(folder)): load_file(path)
            if path.suffix == ".safetensors"
            else path.read_bytes()
            for path in folder.rglob("*")
            if path.is_file()
        }

    one, other = files(before), files(after)
    assert one.keys() == other.keys()
    for name, content in one.items():
        if isinstance(content, dict):
            assert all(torch.equal(value, other[name][key]) for key, value in content.items())
        else:
            assert content == other[name]


def test_the_stock_file_holds_no_key_that_older_readers_do_not_know(resident_xl: Base) -> None:
    keys = load(stock_file(learned(resident_xl, "lora-text"))).keys()
    assert {key.partition(".")[0] for key in keys} == {"unet", "text_encoder", "text_encoder_2"}
    assert all(".text_model." in key for key in keys if not key.startswith("unet."))
    assert LORA == "pytorch_lora_weights.safetensors"
