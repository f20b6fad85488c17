"""The few-step mode: a distilled adapter (an LCM-LoRA, Luo et al. 2023, arXiv 2311.05556), fused.

Such an adapter changes nearly every layer of the UNet, convolutions too, and changes them for all
who draw fast at once. So it is no adapter to hang up beside the subjects' but another set of the
base's own weights, made once by diffusers and peft and exchanged for the length of a call
(`Wardrobe.fast`); subjects' adapters are worn on top of either.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline, StableDiffusionXLPipeline
from peft import get_peft_model_state_dict

from trainer.base import Base

#: Of a picture: the adapters' makers draw with 2 to 8 (their model cards).
FAST_STEPS = 6
#: The base's own guidance was distilled in: the prompt is followed as it is, at half the work. What
#: shall not be in a picture is only heard above 1; the model cards have 1 to 2.
FAST_GUIDANCE, FAST_GUIDANCE_AGAINST = 1.0, 1.5
#: as the published adapters' files are called
_FILE = "pytorch_lora_weights.safetensors"
#: how peft names the weight of a layer that it wrapped
_WRAPPED = ".base_layer.weight"


class FastUnavailable(RuntimeError):
    """The distilled adapter cannot be used; a sentence for the operator."""


def put_in(base: Base, place: str) -> None:
    """Make the base able to draw in few steps with the distilled adapter at `place`: a safetensors
    file or a hub id, downloaded when not there yet. Raises FastUnavailable.
    """
    try:
        # about old layouts, which diffusers reads all the same
        with warnings.catch_warnings(action="ignore"):
            base.wardrobe.have_fast(_fused(base, place))
    except Exception as error:  # whatever a stranger's file, or a hub that is away, makes of it
        raise FastUnavailable(
            f"DARKROOM_FAST_ADAPTER={place} cannot be used with {base.id}: {error} Name a"
            " safetensors file or hub id of an LCM-LoRA that was made for this base, or leave it"
            " out."
        ) from error


def _fused(base: Base, place: str) -> dict[str, torch.Tensor]:
    """The UNet's weights that the adapter changes, as they are with it: in float32, on the CPU."""
    unet = base.unet
    pipeline = StableDiffusionXLPipeline if base.family == "sdxl" else StableDiffusionPipeline
    # named, so that a hub id that is there already needs no network
    name = None if Path(place).exists() else _FILE
    layers, alphas = pipeline.lora_state_dict(
        place, weight_name=name, use_safetensors=True, unet_config=unet.config
    )
    if not layers or not all(key.startswith("unet.") for key in layers):
        raise ValueError("It is no LoRA of a UNet alone.")
    with torch.device("meta"):
        twin: Any = type(unet).from_config(unet.config)
    # sums of 16 bits would be rounded, and a small device has no room for a second UNet
    own = {
        key: value.detach().to("cpu", torch.float32, copy=True)
        for key, value in unet.state_dict().items()
    }
    twin.load_state_dict(own, assign=True)
    twin.load_lora_adapter(layers, prefix="unet", network_alphas=alphas, adapter_name="fast")
    if len(get_peft_model_state_dict(twin, adapter_name="fast")) != len(layers):
        raise ValueError("Some of its layers are not this base's.")
    changed = [
        name.replace(_WRAPPED, ".weight")
        for name, _ in twin.named_parameters()
        if name.endswith(_WRAPPED)
    ]
    twin.fuse_lora()
    twin.unload_lora()
    fused = {name: twin.get_parameter(name).detach() for name in changed}
    if not all(value.isfinite().all() for value in fused.values()):
        raise ValueError("Some of its weights are no numbers.")
    return fused
