"""The file that web UIs read: its layers' names, its token's place, its notes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from diffusers import (
    UNet2DConditionModel,
)
from safetensors.torch import load

from storage.interchange import Ground, as_stability
from tests.trainer.leaving import CARD, MADE, learned
from tests.trainer.test_adapters import header
from trainer.base import Base
from trainer.export import export, ground_of
from trainer.kohya import embedding, single_file
from trainer.rack import Rack
from trainer.wardrobe import UNET_TARGETS


@pytest.fixture(params=["sd", "xl"])
def kind(request: pytest.FixtureRequest) -> Any:
    return request.param


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
