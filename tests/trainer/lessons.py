"""Short trainings and what they leave: for tests of every method on both kinds of base."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any

import torch

from storage.blobs import sha256_of
from trainer.adapters import LoadedAdapter, Origin, pack_adapter, read_adapter
from trainer.base import Base
from trainer.checkpoint import Checkpoint, pack_checkpoint, unpack_checkpoint
from trainer.dataset import Dataset
from trainer.dreambooth import train
from trainer.loss import draw_batch, losses
from trainer.plan import Method, Plan
from trainer.seeds import stream

LONG = "a photo of tkn man " + "wearing a very long red scarf " * 20
#: of a pivotal training's 6 steps the first 3 teach the token
PLAN = Plan(steps=6, learning_rate=2e-3, rank=4, batch_size=2, seed=7, token_share=0.5)
#: at which every method shows in a few steps what it does
BRISK: dict[Method, float] = {"lora": 1e-2, "lora-text": 1e-2, "pivotal": 1e-2, "full": 2e-3}


def plan_of(method: Method, **changed: Any) -> Plan:
    return replace(PLAN, method=method, **changed)


def run(base: Base, dataset: Dataset, plan: Plan, resume: Checkpoint | None = None) -> Checkpoint:
    last = None
    for progress in train(base, dataset, plan, resume):
        last = progress
    assert last is not None
    return last.checkpoint()


def stopped(base: Base, dataset: Dataset, plan: Plan, at: int) -> Checkpoint:
    """The checkpoint after `at` steps, as it comes back from its file."""
    with closing(train(base, dataset, plan)) as steps:
        for progress in steps:
            if progress.step == at:
                return unpack_checkpoint(pack_checkpoint(progress.checkpoint()))
    raise AssertionError(at)


def assert_same(one: Checkpoint, other: Checkpoint) -> None:
    assert one.weights.keys() == other.weights.keys()
    for key, value in one.weights.items():
        assert torch.equal(value, other.weights[key]), key
    assert one.counts == other.counts
    for key, kept in one.moments.items():
        assert kept.keys() == other.moments[key].keys()
        assert all(torch.equal(value, other.moments[key][part]) for part, value in kept.items())


def adapter_of(base: Base, saved: Checkpoint) -> LoadedAdapter:
    plan = saved.plan
    origin = Origin(
        "tkn", "man", base.id, base.weights_hash, saved.step, plan.seed, plan.rank, plan.rank
    )
    data = pack_adapter(saved.weights, origin)
    return read_adapter(data, sha256_of(data))


@torch.no_grad()
def answer(base: Base, prompt: str = "a man") -> torch.Tensor:
    noise = torch.randn((1, 4, 8, 8), generator=stream("noise"))
    return base.predict(noise, torch.tensor([500]), base.encode_prompts([prompt]))


def state(base: Base) -> dict[str, Any]:
    """All that a training might leave behind on the base's networks."""
    found: dict[str, Any] = {}
    for name, part in (("unet", base.unet), *base.text_encoders.items()):
        for path, module in part.named_modules():
            found[f"{name} {path}"] = (
                type(module),
                module.training,
                len(module._forward_hooks),
                len(module._forward_pre_hooks),
                getattr(module, "gradient_checkpointing", None),
            )
        for path, value in part.named_parameters():
            found[f"{name} {path} weight"] = (id(value), value.requires_grad, value.grad)
    return found


def weights_of(base: Base) -> dict[str, torch.Tensor]:
    parts = {"unet": base.unet, "vae": base.vae, **base.text_encoders}
    return {
        f"{name} {key}": value.clone()
        for name, part in parts.items()
        for key, value in part.state_dict().items()
    }


@contextmanager
def untouched(base: Base) -> Iterator[None]:
    """The base is afterwards what it was: weights, layers, hooks, gradients."""
    before, weights = state(base), weights_of(base)
    yield
    assert state(base) == before
    after = weights_of(base)
    assert weights.keys() == after.keys()
    for key, value in weights.items():
        assert torch.equal(value, after[key]), key


def error_of(base: Base, dataset: Dataset, plan: Plan, name: str | None) -> float:
    """The instance loss of what is worn, over noise that no step has drawn."""
    total = 0.0
    for step in range(8):
        batch = draw_batch(base, dataset, replace(plan, seed=99), step)
        with base.wardrobe.wearing(name), torch.no_grad():
            captions = [dataset.instance.captions[row] for row in batch.caption.tolist()]
            words = base.encode_prompts(captions)
            total += float(losses(base, batch, words)[1][0])
    return total


def rounded(base: Base, dtype: torch.dtype) -> Base:
    """The same base as a GPU would hold it."""
    return Base(
        id=base.id,
        tokenizers=base.tokenizers,
        text_encoders={k: copy.deepcopy(v).to(dtype) for k, v in base.text_encoders.items()},
        unet=copy.deepcopy(base.unet).to(dtype),
        vae=base.vae,
        scheduler=base.scheduler,
        device=base.device,
        dtype=dtype,
        weights_hash=base.weights_hash,
        empty_is_zero=base.empty_is_zero,
    )
