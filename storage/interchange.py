"""An adapter in the layout that web UIs read: the one of kohya-ss/sd-scripts.

`lora_unet_<layer>.lora_down.weight`, `.lora_up.weight` and `.alpha`, dots of the layer's name as
underscores; `lora_te_` for a text encoder, `lora_te1_` and `lora_te2_` where there are two. For
Stable Diffusion XL sd-scripts trains on Stability's own UNet (library/sdxl_original_unet.py), so
there the UNet's layers have that one's names. Metadata as sd-scripts writes it: `ss_...`
(train_network.py), and Stability's ModelSpec (library/sai_model_spec.py).

A learned token goes along as AUTOMATIC1111/stable-diffusion-webui reads it out of a LoRA file
(extensions-builtin/Lora/networks.py): `bundle_emb.<token>.string_to_param.*`, for XL `.clip_l` and
`.clip_g`. ComfyUI reads those from a file in its folder of embeddings (comfy/sd1_clip.py), and both
read a file of nothing else, which `embedding` makes.
"""

from __future__ import annotations

import json
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

#: in an adapter's file: what it says of itself, and what the names of a learned token begin with
NOTES: Final = "darkroom"
LEARNED: Final = "lora_token."
#: of the text that Stable Diffusion XL reads
XL_WIDTH: Final = 2048
#: no header of ours is as long
_LONGEST_HEADER: Final = 16 << 20
#: how kohya names a base by its family, and Stability
_VERSIONS = {"sd1": "sd_v1", "sd2": "sd_v2", "sdxl": "sdxl_base_v1-0"}
_ARCHITECTURES = {
    "sd1": "stable-diffusion-v1",
    "sd2": "stable-diffusion-v2-512",
    "sd2 v": "stable-diffusion-v2-768-v",
    "sdxl": "stable-diffusion-xl-v1-base",
}
#: an embedding's names in files for XL
_CLIPS = {"text_encoder": "clip_l", "text_encoder_2": "clip_g"}
#: Widths of the text that Stable Diffusion 1.x and 2.x read.
_FAMILIES = {768: "sd1", 1024: "sd2"}
_LAYER = re.compile(r"(down|up)_blocks\.(\d+)\.attentions\.(\d+)\.(.+)")
_MIDDLE = re.compile(r"mid_block\.attentions\.(\d+)\.(.+)")


@dataclass(frozen=True)
class Ground:
    """What an adapter stands on. `prediction_type` and `resolution` are None where its base could
    not be looked at."""

    family: str
    prediction_type: str | None = None
    resolution: int | None = None

    @property
    def is_v(self) -> bool:
        return self.prediction_type == "v_prediction"


@dataclass(frozen=True)
class Tensor:
    """A tensor as a safetensors file has it."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


@dataclass(frozen=True)
class Packed:
    """An adapter's file, opened: what it says of itself (`trainer.adapters.Origin`), and what it
    holds."""

    origin: Mapping[str, Any]
    tensors: Mapping[str, Tensor]

    @property
    def is_whole(self) -> bool:
        """A full fine-tune, which goes with all of its base."""
        return any(key.startswith("whole.") for key in self.tensors)


def unpack(file: bytes) -> Packed:
    """Open an adapter's file. Raises ValueError for anything else."""
    try:
        (size,) = struct.unpack("<Q", file[:8])
        header = json.loads(file[8 : 8 + min(size, _LONGEST_HEADER)])
        origin = json.loads(header.pop("__metadata__")[NOTES])
        held = memoryview(file)[8 + size :]
        tensors = {}
        for name, one in header.items():
            begin, end = one["data_offsets"]
            if not 0 <= begin <= end <= len(held):
                raise ValueError(name)
            data = bytes(held[begin:end])
            tensors[name] = Tensor(one["dtype"], tuple(one["shape"]), data)
        known = ("token", "class_word", "base", "steps", "seed", "rank", "alpha")
        origin = {key: origin[key] for key in known}
    except (struct.error, KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("This is no adapter's file.") from error
    return Packed(origin, tensors)


def ground_by_width(adapter: Packed) -> Ground:
    """What the adapter's base is, as far as the width of the text that it reads tells."""
    reads = "attn2.to_k.lora_A.weight"
    width = next((t.shape[1] for key, t in adapter.tensors.items() if key.endswith(reads)), 0)
    return Ground(family_of(str(adapter.origin["base"]), is_xl=width == XL_WIDTH, width=width))


def family_of(base_id: str, *, is_xl: bool, width: int) -> str:
    """The family of a base that reads text of this width."""
    if base_id == "tiny":
        return "tiny"
    return "sdxl" if is_xl else _FAMILIES.get(width, "sd1")


def single_file(adapter: Packed, ground: Ground, card: Mapping[str, Any], made: datetime) -> bytes:
    """The LoRA, its learned token and its metadata in one safetensors file."""
    tensors: dict[str, Tensor] = {}
    end = ".lora_A.weight"
    layers = [key.removesuffix(end) for key in adapter.tensors if key.endswith(end)]
    alpha = Tensor("F16", (), struct.pack("<e", float(adapter.origin["alpha"])))
    above = _layers_of_a_block(layers)
    for layer in layers:
        name = _named(layer, ground, above)
        tensors[f"{name}.lora_down.weight"] = adapter.tensors[f"{layer}.lora_A.weight"]
        tensors[f"{name}.lora_up.weight"] = adapter.tensors[f"{layer}.lora_B.weight"]
        tensors[f"{name}.alpha"] = alpha
    learned = _embeddings(adapter)
    for name, rows in learned.items():
        as_said = name if len(learned) > 1 else "string_to_param.*"
        tensors[f"bundle_emb.{adapter.origin['token']}.{as_said}"] = rows
    return _pack(tensors, _metadata(adapter.origin, ground, card, made))


def embedding(adapter: Packed) -> bytes | None:
    """The learned token as a file of its own, None where there is none. With one text encoder it
    is named by the token, which diffusers takes for what it is called; with two by the encoders."""
    rows = _embeddings(adapter)
    if len(rows) == 1:
        rows = {str(adapter.origin["token"]): next(iter(rows.values()))}
    return _pack(rows, {}) if rows else None


def _embeddings(adapter: Packed) -> dict[str, Tensor]:
    return {
        _CLIPS[key.removeprefix(LEARNED)]: rows
        for key, rows in adapter.tensors.items()
        if key.startswith(LEARNED)
    }


def _pack(tensors: Mapping[str, Tensor], notes: Mapping[str, str]) -> bytes:
    """A safetensors file."""
    header: dict[str, Any] = {"__metadata__": dict(notes)} if notes else {}
    at = 0
    for name, one in sorted(tensors.items()):
        end = at + len(one.data)
        header[name] = {"dtype": one.dtype, "shape": one.shape, "data_offsets": [at, end]}
        at = end
    said = json.dumps(header, separators=(",", ":")).encode()
    said += b" " * (-len(said) % 8)
    held = (one.data for _, one in sorted(tensors.items()))
    return b"".join([struct.pack("<Q", len(said)), said, *held])


def _layers_of_a_block(layers: list[str]) -> int:
    """How many layers each block of the UNet has on its way down."""
    found = [_LAYER.fullmatch(layer.removeprefix("unet.")) for layer in layers]
    return max((int(m[3]) + 1 for m in found if m and m[1] == "down"), default=1)


def _named(layer: str, ground: Ground, above: int) -> str:
    """A layer's name in kohya's layout, without its tensor's."""
    network, _, path = layer.partition(".")
    if network == "unet":
        path = as_stability(path, above) if ground.family == "sdxl" else path
        prefix = "lora_unet"
    else:
        path = as_ever(path)
        is_first = network == "text_encoder"
        prefix = ("lora_te1" if is_first else "lora_te2") if ground.family == "sdxl" else "lora_te"
    return f"{prefix}_{path.replace('.', '_')}"


def as_ever(path: str) -> str:
    """A text encoder's layer by the name that every reader knows: transformers 5 left a part of it
    out for one of the two."""
    return path if path.startswith("text_model.") else f"text_model.{path}"


def as_stability(path: str, above: int) -> str:
    """An attention layer's name in Stability's UNet, of one whose blocks have `above` layers on the
    way down and one more on the way up. There every layer has a number, and so has the change of
    size after a block; of a layer's parts attention is the second."""
    if m := _LAYER.fullmatch(path):
        block, layer, rest = int(m[2]), int(m[3]), m[4]
        place = block * (above + 1) + layer
        if m[1] == "down":  # the first is the convolution before all blocks
            return f"input_blocks.{place + 1}.1.{rest}"
        return f"output_blocks.{place}.1.{rest}"
    if m := _MIDDLE.fullmatch(path):
        return f"middle_block.{2 * int(m[1]) + 1}.{m[2]}"
    raise ValueError(f"There is no such layer in Stability's UNet: {path}.")


def _metadata(
    origin: Mapping[str, Any], ground: Ground, card: Mapping[str, Any], made: datetime
) -> dict[str, str]:
    """What web UIs show of a file, and go by in sorting it."""
    family = ground.family
    who = f"{origin['token']} {origin['class_word']}"
    said: dict[str, Any] = {
        "ss_output_name": origin["token"],
        "ss_network_module": "networks.lora",
        "ss_network_dim": origin["rank"],
        "ss_network_alpha": float(origin["alpha"]),
        "ss_sd_model_name": origin["base"],
        "ss_steps": origin["steps"],
        "ss_seed": origin["seed"],
        "ss_v2": family == "sd2",
        "ss_learning_rate": card.get("learning_rate"),
        "ss_batch_size_per_device": card.get("batch_size"),
        "ss_min_snr_gamma": card.get("min_snr_gamma"),
        "ss_prior_loss_weight": card.get("prior_weight"),
        "ss_num_train_images": card.get("photos"),
        "ss_num_reg_images": card.get("class_images"),
        # what a click on a LoRA's card adds to the prompt
        "ss_tag_frequency": json.dumps({"darkroom": {who: card.get("photos") or 1}}),
        "modelspec.sai_model_spec": "1.0.0",
        "modelspec.title": who,
        "modelspec.trigger_phrase": who,
        "modelspec.date": made.isoformat(timespec="seconds"),
        "modelspec.implementation": "https://github.com/Stability-AI/generative-models"
        if family == "sdxl"
        else "diffusers",
    }
    if family in _VERSIONS:
        # XL's name says nothing of what it predicts
        is_told = ground.is_v and family != "sdxl"
        said["ss_base_model_version"] = _VERSIONS[family] + ("_v" if is_told else "")
        kind = "sd2 v" if family == "sd2" and ground.is_v else family
        said["modelspec.architecture"] = f"{_ARCHITECTURES[kind]}/lora"
    if ground.prediction_type is not None:
        said["modelspec.prediction_type"] = "v" if ground.is_v else "epsilon"
    if ground.resolution is not None:
        said["modelspec.resolution"] = f"{ground.resolution}x{ground.resolution}"
        said["ss_resolution"] = f"({ground.resolution}, {ground.resolution})"
    return {key: str(value) for key, value in said.items() if value is not None}
