"""Members' adapters and prompts, and the stock pipeline that people serve them with."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from diffusers import StableDiffusionPipeline

from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter
from trainer.base import Base
from trainer.canvas import new_sampler
from trainer.loading import BUNDLED
from trainer.request import Request

RANK = 16
PROMPTS = (
    "a portrait of a {who} at the beach",
    "a close-up of a smiling {who} on a red background",
    "an upper body picture of a {who} in a forest",
    "a portrait of a {who} under a night sky",
)


def new_adapter(base: Base, member: int) -> tuple[LoadedAdapter, bytes]:
    """One of random weights, as large in effect as a trained one; and its file."""
    chance = torch.Generator().manual_seed(member)
    weights = {
        key: torch.randn(shape, generator=chance) * (0.02 if "lora_B" in key else 0.1)
        for key, shape in base.wardrobe.shapes(RANK).items()
    }
    origin = Origin(
        token=f"zw{member:02}", class_word="woman", base=base.id, base_hash=base.weights_hash,
        steps=1, seed=member, rank=RANK, alpha=RANK,
    )  # fmt: skip
    data = pack_adapter(weights, origin)
    return load_adapter(data), data


def request_of(adapter: LoadedAdapter, number: int, steps: int) -> Request:
    origin = adapter.origin
    who = f"{origin.token} {origin.class_word}"
    prompt = PROMPTS[number % len(PROMPTS)].format(who=who)
    return Request(prompt, seed=number, steps=steps, guidance=2.5, adapter=adapter)


@contextmanager
def studio(base: Base, members: int) -> Iterator[tuple[list[LoadedAdapter], Stock, Stock]]:
    """So many members' adapters, and the stock pipeline both ways, which reads their files."""
    made = [new_adapter(base, member) for member in range(members)]
    with tempfile.TemporaryDirectory() as name:
        for adapter, data in made:
            (Path(name) / f"{adapter.sha256}.safetensors").write_bytes(data)
        ways = [Stock(base, Path(name), hotswap=hotswap) for hotswap in (False, True)]
        yield [adapter for adapter, _ in made], ways[0], ways[1]


class Stock:
    """diffusers' own pipeline, one picture after the other. `hotswap` keeps the layers and changes
    their weights; else each picture loads its adapter and unloads it."""

    def __init__(self, base: Base, folder: Path, *, hotswap: bool) -> None:
        self._base, self._folder, self._hotswap = base, folder, hotswap
        self._pipe: Any = StableDiffusionPipeline.from_pretrained(
            BUNDLED, safety_checker=None, dtype=torch.float32
        )
        self._pipe.set_progress_bar_config(disable=True)
        self._is_loaded = False

    def draw(self, request: Request) -> Any:
        assert request.adapter is not None
        with warnings.catch_warnings(action="ignore"):
            self._load(self._folder / f"{request.adapter.sha256}.safetensors")
            self._pipe.scheduler = new_sampler(self._base, request.steps)
            [picture] = self._pipe(
                request.prompt,
                num_inference_steps=request.steps,
                guidance_scale=request.guidance,
                generator=torch.Generator().manual_seed(request.seed),
            ).images
            if not self._hotswap:
                self._pipe.unload_lora_weights()
        return picture

    def _load(self, file: Path) -> None:
        change = self._hotswap and self._is_loaded
        self._pipe.load_lora_weights(
            str(file.parent), weight_name=file.name, adapter_name="worn", hotswap=change
        )
        self._is_loaded = True
