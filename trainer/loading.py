"""From a name to the resident base: found or downloaded, checked, and put on its device."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path
from typing import Any

import torch
from diffusers import DDPMScheduler, StableDiffusionPipeline, StableDiffusionXLPipeline

from trainer.base import Base

BUNDLED = Path(__file__).parent / "tiny" / "model"
#: The kinds of pipeline that can be trained, and what to leave out when loading one. A safety
#: checker needs a download of its own; `safety.py` says what is checked here.
KINDS: dict[str, tuple[type[Any], dict[str, Any]]] = {
    "StableDiffusionPipeline": (
        StableDiffusionPipeline,
        {"safety_checker": None, "requires_safety_checker": False},
    ),
    "StableDiffusionXLPipeline": (StableDiffusionXLPipeline, {"add_watermarker": False}),
}


class BaseUnavailable(RuntimeError):
    """The base cannot be loaded from here."""


class BaseUnsupported(ValueError):
    """The base is of a kind that Darkroom does not train yet."""


def load_base(base_id: str, device: torch.device | None = None) -> Base:
    """Load `tiny`, a folder in diffusers' format, or a hub id (downloaded when not there yet).

    On the CPU everything is float32; on CUDA the UNet and text encoder are bfloat16 where the card
    has it, else float16, and the VAE stays float32 (float16 overflows in the SD 1.x decoder).
    Raises `BaseUnavailable` or `BaseUnsupported`, each with a sentence for the operator.
    """
    device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = _precision(device)
    folder, pipeline, without = fetch(base_id)
    try:
        # about old scheduler files, which diffusers mends itself, and its own calls of other parts
        with warnings.catch_warnings(action="ignore"):
            pipe = pipeline.from_pretrained(
                folder,
                use_safetensors=True,
                dtype={"default": dtype, "vae": torch.float32},
                local_files_only=True,
                **without,
            )
    except (OSError, ValueError) as error:
        raise BaseUnavailable(_sentence(base_id, error)) from error
    if pipe.unet.config.in_channels != pipe.vae.config.latent_channels:
        raise BaseUnsupported(f"{base_id} is made for inpainting or depth; choose a plain base.")
    names = [name for name in ("text_encoder", "text_encoder_2") if getattr(pipe, name, None)]
    if "text_encoder" not in names:
        raise BaseUnsupported(f"{base_id} refines pictures of another base; choose that base.")
    encoders = {name: getattr(pipe, name) for name in names}
    for part in (*encoders.values(), pipe.unet, pipe.vae):
        part.to(device).requires_grad_(requires_grad=False).eval()
    return Base(
        id=base_id,
        tokenizers={n: getattr(pipe, n.replace("text_encoder", "tokenizer")) for n in names},
        text_encoders=encoders,
        unet=pipe.unet,
        vae=pipe.vae,
        scheduler=DDPMScheduler.from_config(pipe.scheduler.config),
        device=device,
        dtype=dtype,
        weights_hash=_hash_weights(folder),
        empty_is_zero=bool(pipe.config.get("force_zeros_for_empty_prompt", False)),
    )


def _precision(device: torch.device) -> torch.dtype:
    if device.type != "cuda":
        return torch.float32
    native = torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if native else torch.float16


def fetch(base_id: str) -> tuple[Path, type[Any], dict[str, Any]]:
    """The folder that holds the base, its pipeline's class, and what that is loaded without. A hub
    id's small index is read before gigabytes move. Raises as `load_base` does."""
    local = BUNDLED if base_id == "tiny" else Path(base_id)
    try:
        with warnings.catch_warnings(action="ignore"):
            index = StableDiffusionPipeline.load_config(local if local.is_dir() else base_id)
            kind = index.get("_class_name")
            if kind not in KINDS:
                raise BaseUnsupported(
                    f"{base_id} is a {kind}; Stable Diffusion 1.x, 2.x and XL can be trained."
                )
            pipeline, without = KINDS[kind]
            if local.is_dir():
                return local, pipeline, without
            folder = pipeline.download(base_id, use_safetensors=True, **without)
            return Path(folder), pipeline, without
    except BaseUnsupported:
        raise
    except (OSError, ValueError) as error:
        raise BaseUnavailable(_sentence(base_id, error)) from error


def _sentence(base_id: str, error: Exception) -> str:
    if "safetensors" in str(error):
        return (
            f"{base_id} has no complete safetensors weights; pickled weights can run code when "
            "they are opened and are refused. Choose a base that offers safetensors."
        )
    return (
        f"{base_id} could not be found: neither a folder here nor, with the network as it is, "
        "a model that can be downloaded. Check the name and the connection."
    )


def _hash_weights(folder: Path) -> str:
    """sha256 over the sha256 of each weight file; variants (`.fp16.`) that were not loaded and
    extra parts are left out, so that two caches of the same base agree.
    """
    total = hashlib.sha256()
    for part in ("text_encoder", "text_encoder_2", "unet", "vae"):
        for path in sorted((folder / part).glob("*.safetensors")):
            if path.name.count(".") > 1:
                continue
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            total.update(f"{part}/{path.name} {digest}\n".encode())
    return total.hexdigest()
