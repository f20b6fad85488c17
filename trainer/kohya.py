"""An adapter in memory in the layout that web UIs read: see `storage.interchange`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import torch

from storage import interchange
from storage.interchange import Ground, Packed
from trainer.adapters import LoadedAdapter, pack_adapter


def single_file(
    adapter: LoadedAdapter, ground: Ground, card: Mapping[str, Any], made: datetime
) -> bytes:
    """The LoRA, its learned token and its metadata in one safetensors file, in float16."""
    return interchange.single_file(_packed(adapter), ground, card, made)


def embedding(adapter: LoadedAdapter) -> bytes | None:
    """The learned token as a file of its own, None where there is none."""
    return interchange.embedding(_packed(adapter))


def _packed(adapter: LoadedAdapter) -> Packed:
    return interchange.unpack(pack_adapter(adapter.weights, adapter.origin))


def half(value: torch.Tensor) -> torch.Tensor:
    """As files keep it."""
    return value.detach().cpu().half().contiguous()
