"""The resident base: one frozen pipeline for each device, shared by trainings and prompts."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from diffusers import DDPMScheduler, StableDiffusionPipeline

from trainer.wardrobe import Wardrobe

BUNDLED = Path(__file__).parent / "tiny" / "model"
#: never loaded: a checker needs a download of its own; `safety.py` says what is checked here
WITHOUT = {"safety_checker": None, "requires_safety_checker": False}


class BaseUnavailable(RuntimeError):
    """The base cannot be loaded from here."""


class BaseUnsupported(ValueError):
    """The base is of a kind that Darkroom does not train yet."""


@dataclass(frozen=True)
class Base:
    """A frozen Stable Diffusion 1.x/2.x pipeline, taken apart.

    `resolution` is the side of its pictures in pixels, `latent_side` that of its latents.
    `weights_hash` is the same wherever the same files are; it keys what is made from the base.
    """

    id: str
    tokenizer: Any
    text_encoder: Any
    unet: Any
    vae: Any
    scheduler: Any
    device: torch.device
    dtype: torch.dtype
    weights_hash: str
    wardrobe: Wardrobe = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "wardrobe", Wardrobe(self.unet, self.dtype))

    @property
    def latent_side(self) -> int:
        return int(self.unet.config.sample_size)

    @property
    def resolution(self) -> int:
        blocks = len(self.vae.config.block_out_channels)
        return self.latent_side * int(2 ** (blocks - 1))

    @property
    def prediction_type(self) -> str:
        """`epsilon` or `v_prediction`: what the UNet was taught to predict."""
        return str(self.scheduler.config.prediction_type)

    def count_chunks(self, prompt: str) -> int:
        """How many text-encoder windows (of 75 tokens and two markers) the prompt fills."""
        words = self.tokenizer(prompt, add_special_tokens=False, verbose=False).input_ids
        return max(1, -(-len(words) // self._window))

    @torch.no_grad()
    def encode_prompts(self, prompts: Sequence[str]) -> torch.Tensor:
        """Embeddings n x tokens x width. Nothing is cut: a long prompt is encoded window by window
        and joined; shorter ones of the batch get empty windows up to the same number.
        """
        window = self._window
        known = self.tokenizer(list(prompts), add_special_tokens=False, verbose=False).input_ids
        chunks = max(1, *(-(-len(words) // window) for words in known))
        start, end = self.tokenizer.bos_token_id, self.tokenizer.eos_token_id
        rows = []
        for words in known:
            for first in range(0, chunks * window, window):
                part = words[first : first + window]
                padding = [self.tokenizer.pad_token_id] * (window - len(part))
                rows.append([start, *part, end, *padding])
        tokens = torch.tensor(rows, device=self.device)
        states: torch.Tensor = self.text_encoder(tokens).last_hidden_state
        return states.reshape(len(known), chunks * (window + 2), -1)

    @torch.no_grad()
    def encode_pixels(self, pixels: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Mean and standard deviation of the latent posterior, scaled as the UNet expects;
        each n x 4 x latent x latent in float32, from pixels in -1 to 1.
        """
        posterior = self.vae.encode(pixels.to(self.device, self.vae.dtype)).latent_dist
        factor = self.vae.config.scaling_factor
        return posterior.mean.float() * factor, posterior.std.float() * factor

    @torch.no_grad()
    def decode_latents(self, latents: torch.Tensor) -> torch.Tensor:
        """Pixels n x 3 x side x side, about -1 to 1 and not yet clipped, in float32."""
        scaled = latents.to(self.device, self.vae.dtype) / self.vae.config.scaling_factor
        pixels: torch.Tensor = self.vae.decode(scaled).sample
        return pixels.float()

    @property
    def _window(self) -> int:
        return int(self.tokenizer.model_max_length) - 2


def load_base(base_id: str, device: torch.device | None = None) -> Base:
    """Load `tiny`, a folder in diffusers' format, or a hub id (downloaded when not there yet).

    On the CPU everything is float32; on CUDA the UNet and text encoder are bfloat16 where the card
    has it, else float16, and the VAE stays float32 (float16 overflows in the SD 1.x decoder).
    Raises `BaseUnavailable` or `BaseUnsupported`, each with a sentence for the operator.
    """
    device = device or torch.device("cuda" if torch.cuda.is_available() else "cpu")
    dtype = _precision(device)
    folder = _fetch(base_id)
    try:
        # about old scheduler files, which diffusers mends itself, and its own calls of other parts
        with warnings.catch_warnings(action="ignore"):
            pipe = StableDiffusionPipeline.from_pretrained(
                folder,
                use_safetensors=True,
                dtype={"default": dtype, "vae": torch.float32},
                local_files_only=True,
                **WITHOUT,
            )
    except (OSError, ValueError) as error:
        raise BaseUnavailable(_sentence(base_id, error)) from error
    if pipe.unet.config.in_channels != pipe.vae.config.latent_channels:
        raise BaseUnsupported(f"{base_id} is made for inpainting or depth; choose a plain base.")
    for part in (pipe.text_encoder, pipe.unet, pipe.vae):
        part.to(device).requires_grad_(requires_grad=False).eval()
    return Base(
        id=base_id,
        tokenizer=pipe.tokenizer,
        text_encoder=pipe.text_encoder,
        unet=pipe.unet,
        vae=pipe.vae,
        scheduler=DDPMScheduler.from_config(pipe.scheduler.config),
        device=device,
        dtype=dtype,
        weights_hash=_hash_weights(folder),
    )


def _precision(device: torch.device) -> torch.dtype:
    if device.type != "cuda":
        return torch.float32
    native = torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if native else torch.float16


def _fetch(base_id: str) -> Path:
    """The folder that holds the base. A hub id's small index is read before gigabytes move."""
    local = BUNDLED if base_id == "tiny" else Path(base_id)
    try:
        with warnings.catch_warnings(action="ignore"):
            index = StableDiffusionPipeline.load_config(local if local.is_dir() else base_id)
            kind = index.get("_class_name")
            if kind != "StableDiffusionPipeline":
                raise BaseUnsupported(
                    f"{base_id} is a {kind}; Stable Diffusion 1.x and 2.x can be trained so far."
                )
            if local.is_dir():
                return local
            return Path(StableDiffusionPipeline.download(base_id, use_safetensors=True, **WITHOUT))
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
    for part in ("text_encoder", "unet", "vae"):
        for path in sorted((folder / part).glob("*.safetensors")):
            if path.name.count(".") > 1:
                continue
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            total.update(f"{part}/{path.name} {digest}\n".encode())
    return total.hexdigest()
