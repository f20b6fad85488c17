"""What leaves Darkroom draws elsewhere as it does here: in stock diffusers, and through its reader
of the layout that web UIs share."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from diffusers import (
    StableDiffusionPipeline,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import load, load_file

from tests.trainer.test_adapters import header
from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter
from trainer.base import Base, BaseUnavailable
from trainer.dataset import Called
from trainer.dreambooth import first_weights
from trainer.export import EMBEDDING, LORA, export, ground_of, stock_file
from trainer.generate import Request, generate, new_sampler
from trainer.kohya import Ground, as_stability, embedding, single_file
from trainer.pixels import as_pictures
from trainer.plan import METHODS, Method, Plan
from trainer.rack import Rack
from trainer.seeds import stream
from trainer.wardrobe import UNET_TARGETS

PROMPT = "a photo of a tkn man in the snow"
MADE = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CARD = {"photos": 8, "class_images": 24, "learning_rate": 0.002, "why": "best"}
CPU = torch.device("cpu")

Stock = StableDiffusionPipeline | StableDiffusionXLPipeline


def learned(base: Base, method: Method, class_word: str = "man") -> LoadedAdapter:
    """An adapter as if it had learned much: every tensor shows."""
    plan = Plan(rank=4, method=method)
    generator = stream("interchange")
    weights = {}
    for key, value in first_weights(base, plan, Called("tkn", class_word)).items():
        moved = torch.randn(value.shape, generator=generator)
        by = 0.02 if method == "full" else 0.3
        weights[key] = value + by * moved
    origin = Origin("tkn", class_word, base.id, base.weights_hash, 6, 7, 4, 4)
    return load_adapter(pack_adapter(weights, origin))


@pytest.fixture(params=["sd", "xl"])
def base(request: pytest.FixtureRequest) -> Iterator[Base]:
    chosen: Base = request.getfixturevalue({"sd": "resident", "xl": "resident_xl"}[request.param])
    yield chosen
    for sha256 in list(chosen.wardrobe.kept):
        chosen.wardrobe.forget(sha256)


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


def test_layers_are_called_as_kohya_calls_them(base: Base) -> None:
    adapter = learned(base, "lora-text")
    names = {
        key.partition(".")[0] for key in load(single_file(adapter, ground_of(adapter), {}, MADE))
    }
    if base.family == "sdxl":
        wanted = {
            "lora_unet_input_blocks_3_1_transformer_blocks_1_attn2_to_out_0",
            "lora_unet_middle_block_1_transformer_blocks_0_ff_net_0_proj",
            "lora_unet_output_blocks_1_1_transformer_blocks_0_ff_net_2",
            "lora_te1_text_model_encoder_layers_0_self_attn_q_proj",
            "lora_te2_text_model_encoder_layers_2_self_attn_out_proj",
        }
    else:
        wanted = {
            "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q",
            "lora_unet_mid_block_attentions_0_transformer_blocks_0_ff_net_0_proj",
            "lora_unet_up_blocks_1_attentions_1_transformer_blocks_0_attn2_to_out_0",
            "lora_te_text_model_encoder_layers_1_self_attn_v_proj",
        }
    assert wanted <= names
    assert {name.split("_")[1] for name in names} <= {"unet", "te", "te1", "te2"}


def test_the_real_xls_layers_lie_where_stability_put_them() -> None:
    """Its UNet on the meta device: 560 attention layers in 11 places (sd-scripts,
    networks/lora.py and library/sdxl_original_unet.py)."""
    with torch.device("meta"):
        unet = UNet2DConditionModel(
            sample_size=128,
            block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        )
    shapes = Rack(unet, UNET_TARGETS).shapes(4)
    layers = {as_stability(key.rpartition(".lora_")[0], 2) for key in shapes}
    assert len(layers) == len(shapes) / 2 == 70 * 10
    places = {".".join(name.split(".")[:3]) for name in layers}
    assert places == {
        *(f"input_blocks.{n}.1" for n in (4, 5, 7, 8)),
        "middle_block.1.transformer_blocks",
        *(f"output_blocks.{n}.1" for n in range(6)),
    }
    assert "output_blocks.5.1.transformer_blocks.1.attn2.to_k" in layers
    assert "output_blocks.5.1.transformer_blocks.2.attn2.to_k" not in layers


def test_what_is_no_attention_layer_has_no_place() -> None:
    with pytest.raises(ValueError, match="no such layer"):
        as_stability("conv_in", 2)


def test_a_learned_token_is_where_web_uis_look(base: Base) -> None:
    adapter = learned(base, "pivotal", "polar bear")
    bundle = {
        key: value
        for key, value in load(single_file(adapter, ground_of(adapter), {}, MADE)).items()
        if key.startswith("bundle_emb")
    }
    data = embedding(adapter)
    assert data is not None
    alone = load(data)
    first = adapter.weights["token.text_encoder"]
    assert first.shape == (2, 32)
    if base.family == "sdxl":
        assert bundle.keys() == {"bundle_emb.tkn.clip_l", "bundle_emb.tkn.clip_g"}
        assert alone.keys() == {"clip_l", "clip_g"}
        assert torch.equal(alone["clip_g"], adapter.weights["token.text_encoder_2"])
        assert torch.equal(alone["clip_l"], first)
    else:
        assert bundle.keys() == {"bundle_emb.tkn.string_to_param.*"}
        assert torch.equal(alone["tkn"], first)
    for told, key in zip(sorted(bundle), sorted(alone), strict=True):
        assert torch.equal(bundle[told], alone[key])
    assert embedding(learned(base, "lora")) is None


def test_the_notes_say_what_web_uis_ask(base: Base, tmp_path: Path) -> None:
    export(learned(base, "lora"), CARD, MADE, tmp_path)
    notes = header((tmp_path / "lora" / "tkn.safetensors").read_bytes())
    assert notes["ss_network_module"] == "networks.lora"
    assert (notes["ss_network_dim"], notes["ss_network_alpha"]) == ("4", "4.0")
    assert notes["modelspec.trigger_phrase"] == "tkn man"
    assert json.loads(notes["ss_tag_frequency"]) == {"darkroom": {"tkn man": 8}}
    assert notes["modelspec.resolution"] == "32x32"
    assert notes["modelspec.date"] == "2026-11-23T12:00:00+00:00"
    assert (notes["ss_num_train_images"], notes["ss_num_reg_images"]) == ("8", "24")
    assert "ss_min_snr_gamma" not in notes
    if base.family == "sdxl":
        assert notes["ss_base_model_version"] == "sdxl_base_v1-0"
        assert notes["modelspec.architecture"] == "stable-diffusion-xl-v1-base/lora"
        assert notes["modelspec.prediction_type"] == "epsilon"
    else:  # nano predicts velocity, which sd_v1 does not
        assert notes["ss_base_model_version"] == "sd_v1_v"
        assert notes["modelspec.architecture"] == "stable-diffusion-v1/lora"
        assert notes["modelspec.prediction_type"] == "v"
    card = json.loads((tmp_path / "tkn.json").read_text())
    assert card == CARD


@pytest.mark.parametrize(
    ("ground", "version", "architecture"),
    [
        (Ground("sd1", "epsilon", 512), "sd_v1", "stable-diffusion-v1/lora"),
        (Ground("sd2", "epsilon", 512), "sd_v2", "stable-diffusion-v2-512/lora"),
        (Ground("sd2", "v_prediction", 768), "sd_v2_v", "stable-diffusion-v2-768-v/lora"),
        (Ground("sdxl"), "sdxl_base_v1-0", "stable-diffusion-xl-v1-base/lora"),
        (Ground("tiny", "v_prediction", 64), None, None),
    ],
)
def test_bases_have_the_names_that_sd_scripts_gives_them(
    resident_xl: Base, ground: Ground, version: str | None, architecture: str | None
) -> None:
    notes = header(single_file(learned(resident_xl, "lora"), ground, {}, MADE))
    assert notes.get("ss_base_model_version") == version
    assert notes.get("modelspec.architecture") == architecture
    assert ("modelspec.prediction_type" in notes) == (ground.prediction_type is not None)


@pytest.mark.parametrize(
    ("width", "family"), [(768, "sd1"), (1024, "sd2"), (2048, "sdxl"), (96, "sd1")]
)
def test_a_base_that_is_elsewhere_is_known_by_its_width(
    resident: Base, width: int, family: str
) -> None:
    adapter = learned(resident, "lora")
    weights = {
        key: torch.zeros(4, width) if key.endswith("attn2.to_k.lora_A.weight") else value
        for key, value in adapter.weights.items()
    }
    gone = replace(adapter.origin, base="/nowhere/at/all")
    assert ground_of(replace(adapter, weights=weights, origin=gone)) == Ground(family)


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
