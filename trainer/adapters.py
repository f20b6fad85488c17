"""Adapter files: LoRA weights in the layout of diffusers' `load_lora_weights`, and who made them.

Keys are those of `trainer.wardrobe` but for a learned token's, in whose place diffusers wants to
read `lora` and asks no more; alpha equals the rank, which is what a file without alphas means to
every reader. Values are kept in float16, as everybody keeps them: half the size, and a
likeness does not show the difference. Only safetensors is read: pickles can run code.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save

from storage.blobs import sha256_of
from storage.interchange import LEARNED, NOTES
from trainer.wardrobe import TOKEN

VERSION = 1
KNOWN = re.compile(
    r"(unet|text_encoder|text_encoder_2)\..+\.lora_[AB]\.weight"
    r"|token\.text_encoder(_2)?|whole\..+"
)
DTYPES = {torch.float16, torch.bfloat16, torch.float32}


class AdapterDamaged(ValueError):
    """The adapter file is not what was saved."""


class AdapterForeign(AdapterDamaged):
    """The adapter file has a layout of another version of Darkroom."""


@dataclass(frozen=True)
class Origin:
    """Where an adapter comes from, kept in its header. `base_hash` is `Base.weights_hash`."""

    token: str
    class_word: str
    base: str
    base_hash: str
    steps: int
    seed: int
    rank: int
    alpha: int
    version: int = VERSION


@dataclass(frozen=True)
class LoadedAdapter:
    """A verified adapter in memory."""

    sha256: str
    origin: Origin
    weights: Mapping[str, torch.Tensor] = field(repr=False)

    @property
    def token(self) -> tuple[str | None, int]:
        """How a learned token is written and how many rows it has; None and 0 without one."""
        rows = [value for key, value in self.weights.items() if key.startswith(TOKEN)]
        return (self.origin.token, len(rows[0])) if rows else (None, 0)


def pack_adapter(weights: Mapping[str, torch.Tensor], origin: Origin) -> bytes:
    """The adapter file's content; the same weights and origin give the same bytes."""
    tensors = {
        _renamed(key, TOKEN, LEARNED): value.detach().cpu().half().contiguous()
        for key, value in weights.items()
    }
    # one entry only: safetensors does not keep the order of several
    return save(tensors, {NOTES: json.dumps(asdict(origin), sort_keys=True)})


def read_adapter(data: bytes, expected_sha256: str) -> LoadedAdapter:
    """Read and verify an adapter. Anything but the expected bytes, a pickle, a foreign layout,
    another dtype or a value that is no number raises `AdapterDamaged`.
    """
    if sha256_of(data) != expected_sha256:
        raise AdapterDamaged("The adapter's checksum does not match its row.")
    return load_adapter(data)


def load_adapter(data: bytes) -> LoadedAdapter:
    """As `read_adapter`, for bytes that were made here a moment ago."""
    try:
        tensors = load(data)
        size = int.from_bytes(data[:8], "little")
        origin = Origin(**json.loads(json.loads(data[8 : 8 + size])["__metadata__"][NOTES]))
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise AdapterDamaged("The adapter is not a safetensors file of Darkroom's.") from error
    if origin.version != VERSION or origin.alpha != origin.rank:
        raise AdapterForeign(f"The adapter has layout {origin.version}, not {VERSION}.")
    tensors = {_renamed(key, LEARNED, TOKEN): value for key, value in tensors.items()}
    for key, value in tensors.items():
        if not KNOWN.fullmatch(key):
            raise AdapterDamaged(f"The adapter has a tensor that is none of a LoRA: {key}.")
        if value.dtype not in DTYPES or not value.isfinite().all():
            raise AdapterDamaged(f"The adapter has values that are no numbers in {key}.")
    return LoadedAdapter(sha256_of(data), origin, tensors)


def _renamed(key: str, old: str, new: str) -> str:
    return new + key.removeprefix(old) if key.startswith(old) else key
