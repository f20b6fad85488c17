"""An adapter as files for other tools: stock diffusers, and the web UIs people have at home.

    FOLDER/lora/TOKEN.safetensors        A1111, Forge, ComfyUI and all that read kohya's layout
    FOLDER/embeddings/TOKEN.safetensors  the learned token, where there is one, for the same
    FOLDER/diffusers/TOKEN/              for `load_lora_weights` and `load_textual_inversion`; of a
                                         full fine-tune a whole pipeline, for `from_pretrained`
    FOLDER/TOKEN.json                    the report card

Web UIs call an embedding by its file's name, so that there, too, the token is written as it is.
"""

from __future__ import annotations

import json
import shutil
import warnings
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    DDPMScheduler,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save

from storage.interchange import XL_WIDTH, Ground, as_ever, family_of
from trainer.adapters import LoadedAdapter
from trainer.kohya import embedding, half, single_file
from trainer.loading import BUNDLED, fetch
from trainer.wardrobe import TOKEN, WHOLE

#: names that diffusers looks for in a folder
LORA, EMBEDDING = "pytorch_lora_weights.safetensors", "learned_embeds.safetensors"
UNET = "diffusion_pytorch_model.safetensors"
#: of a base's folder everything else is needed nowhere: other precisions, pickles, pictures
_COPIED = (".json", ".txt", ".model")


def export(
    adapter: LoadedAdapter, card: Mapping[str, Any], made: datetime, folder: Path
) -> list[Path]:
    """Write everything that `adapter`, made then, can be had as; the paths. Files of the same names
    are replaced. Raises `BaseUnavailable` where a full fine-tune's base cannot be had.
    """
    token = adapter.origin.token
    stock = folder / "diffusers" / token
    written = [_write(folder / f"{token}.json", json.dumps(card, indent=2).encode() + b"\n")]
    if any(key.startswith(WHOLE) for key in adapter.weights):
        _write_pipeline(adapter, stock)
        return [*written, stock]
    ground = ground_of(adapter)
    name = f"{token}.safetensors"
    written += [
        _write(folder / "lora" / name, single_file(adapter, ground, card, made)),
        _write(stock / LORA, stock_file(adapter)),
    ]
    learned = embedding(adapter)
    if learned is not None:
        written += [
            _write(folder / "embeddings" / name, learned),
            _write(stock / EMBEDDING, learned),
        ]
    return written


def ground_of(adapter: LoadedAdapter) -> Ground:
    """What the adapter's base is: by its settings where they lie on this machine, else by the width
    of the text that the adapter reads."""
    base_id = adapter.origin.base
    place = BUNDLED if base_id == "tiny" else base_id
    here: dict[str, Any] = {"local_files_only": True}
    try:
        with warnings.catch_warnings(action="ignore"):
            kind = StableDiffusionPipeline.load_config(place, **here).get("_class_name", "")
            unet = UNet2DConditionModel.load_config(place, subfolder="unet", **here)
            vae = AutoencoderKL.load_config(place, subfolder="vae", **here)
            scheduler = DDPMScheduler.load_config(place, subfolder="scheduler", **here)
    except (OSError, ValueError):
        reads = "attn2.to_k.lora_A.weight"
        width = next((v.shape[1] for key, v in adapter.weights.items() if key.endswith(reads)), 0)
        return Ground(family_of(base_id, is_xl=width == XL_WIDTH, width=width))
    return Ground(
        family_of(base_id, is_xl="XL" in kind, width=unet["cross_attention_dim"]),
        scheduler.get("prediction_type", "epsilon"),
        unet["sample_size"] * 2 ** (len(vae["block_out_channels"]) - 1),
    )


def stock_file(adapter: LoadedAdapter) -> bytes:
    """The LoRA alone in diffusers' layout. Layers of a text encoder have the names they had before
    transformers 5, which every diffusers reads."""
    tensors: dict[str, torch.Tensor] = {}
    for key, value in adapter.weights.items():
        if key.startswith(TOKEN):
            continue
        network, _, path = key.partition(".")
        tensors[f"{network}.{path if network == 'unet' else as_ever(path)}"] = half(value)
    return save(tensors, {"format": "pt"})


def _write_pipeline(adapter: LoadedAdapter, folder: Path) -> None:
    """The base with another UNet, as diffusers keeps a pipeline. Its index comes last: without it
    no folder is one."""
    base, _, _ = fetch(adapter.origin.base)
    index = json.loads((base / "model_index.json").read_text())
    shutil.rmtree(folder, ignore_errors=True)
    for name, kind in index.items():
        if not isinstance(kind, list):
            continue
        if not (base / name).is_dir():  # as the safety checker, which nobody loaded
            index[name] = [None, None]
            continue
        for path in sorted((base / name).iterdir()):
            # `model.fp16.safetensors` is a second copy of `model.safetensors`
            is_weights = path.name.endswith(".safetensors") and path.name.count(".") == 1
            if path.suffix in _COPIED or (is_weights and name != "unet"):
                _write(folder / name / path.name, path.read_bytes())
    weights = {key.removeprefix(WHOLE): half(value) for key, value in adapter.weights.items()}
    _write(folder / "unet" / UNET, save(weights, {"format": "pt"}))
    _write(folder / "model_index.json", json.dumps(index, indent=2).encode() + b"\n")


def _write(path: Path, data: bytes) -> Path:
    """Write a file that is never half there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(data)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return path
