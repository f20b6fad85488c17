"""AdamW whose averages are kept in 8 bits: a full fine-tune's are twice its weights.

Dettmers et al. 2021 (arXiv 2110.02861): blocks of 256 values, each divided by its largest, are
rounded to 256 values that lie closer together towards zero. Unlike there the second average is
kept as its root and never becomes zero: gradients of a block differ by up to a million times, their
squares by more than 8 bits tell apart, and a step that is divided by nearly nothing is thousands of
times too long.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

import torch
from torch import nn

BLOCK = 256
#: smaller ones stay in 32 bits: norms and biases, which are few and count much
LEAST = 4096


@cache
def _values(is_signed: bool, device: torch.device) -> torch.Tensor:
    """Up to 256 values from -1, or from nearly 0, to 1, ascending: in each decade half as many as
    in the one above."""
    found = [0.0, 1.0] if is_signed else [1.0]
    for decade in range(7):
        count = 2 ** (decade if is_signed else decade + 1)
        for n in range(count):
            value = (0.1 + 0.9 * (n + 0.5) / count) * 10.0 ** (decade - 6)
            found += [value, -value] if is_signed else [value]
    return torch.tensor(sorted(found), device=device)


class Rounded:
    """A tensor in 8 bits: `codes` (uint8) and `scale`, one for each block of them."""

    def __init__(self, like: torch.Tensor, is_signed: bool) -> None:
        blocks = -(-like.numel() // BLOCK)
        self._values = _values(is_signed, like.device)
        self._shape = like.shape
        self.codes = torch.zeros(blocks * BLOCK, dtype=torch.uint8, device=like.device)
        self.scale = torch.zeros(blocks, device=like.device)

    def load(self) -> torch.Tensor:
        blocks = self._values[self.codes.int()].view(-1, BLOCK) * self.scale.view(-1, 1)
        return blocks.view(-1)[: math.prod(self._shape)].view(self._shape)

    def store(self, value: torch.Tensor) -> None:
        flat = nn.functional.pad(value.reshape(-1), (0, len(self.codes) - value.numel()))
        blocks = flat.view(-1, BLOCK)
        self.scale.copy_(blocks.abs().amax(dim=1))
        parts = blocks / self.scale.clamp(min=1e-38).view(-1, 1)
        between = (self._values[1:] + self._values[:-1]) / 2
        self.codes.copy_(torch.bucketize(parts.view(-1), between, out_int32=True))


class AdamW8bit(torch.optim.Optimizer):
    """`torch.optim.AdamW` with the same defaults."""

    def __init__(self, groups: Iterable[dict[str, Any]]) -> None:
        super().__init__(groups, {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 1e-2})

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> None:  # type: ignore[override]  # no loss to give
        """One step with the gradients there are. Not to be done again when it breaks off: it moves
        one weight after the other."""
        assert closure is None
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group)

    def _move(self, parameter: nn.Parameter, group: dict[str, Any]) -> None:
        state = self.state[parameter]
        if not state:
            state.update(eight_bit_state(parameter))
        state["step"] += 1
        count, (beta, beta_sq) = int(state["step"]), group["betas"]
        gradient = parameter.grad
        assert gradient is not None
        mean = _load(state["exp_avg"]).lerp_(gradient, 1 - beta)
        square = _load(state["root"]).square_().lerp_(gradient.square(), 1 - beta_sq)
        _store(state["exp_avg"], mean)
        root = square.sqrt_()
        _store(state["root"], root)
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        below = (root / math.sqrt(1 - beta_sq**count)).add_(group["eps"])
        parameter.addcdiv_(mean, below, value=-group["lr"] / (1 - beta**count))


def eight_bit_state(
    parameter: nn.Parameter, kept: Mapping[str, torch.Tensor] | None = None
) -> dict[str, Any]:
    """The state of a parameter before its first step, or as it was `kept`: by name, what is in 8
    bits as `-codes` and `-scale`; or as `torch.optim.AdamW` has it."""
    state: dict[str, Any] = {"step": torch.tensor(0.0)}
    for name in ("exp_avg", "root"):
        if parameter.numel() < LEAST:
            state[name] = torch.zeros_like(parameter)
        else:
            state[name] = Rounded(parameter, is_signed=name == "exp_avg")
        if kept is None:
            continue
        if f"{name}-codes" in kept:
            state[name].codes.copy_(kept[f"{name}-codes"])
            state[name].scale.copy_(kept[f"{name}-scale"])
        else:
            plain = kept[name] if name in kept else kept["exp_avg_sq"].sqrt()
            _store(state[name], plain.to(parameter.device))
    return state


def _load(kept: torch.Tensor | Rounded) -> torch.Tensor:
    return kept.load() if isinstance(kept, Rounded) else kept.clone()


def _store(kept: torch.Tensor | Rounded, value: torch.Tensor) -> None:
    if isinstance(kept, Rounded):
        kept.store(value)
    else:
        kept.copy_(value)
