"""A linear layer with low-rank additions (LoRA, Hu et al. 2021, arXiv 2106.09685): one for all
of a batch, or each of its pictures with its own.

Layers of our own, for two reasons. One network is shared by trainings and prompts, so which
addition takes part must be one word for all layers and cost nothing to change; and a training step
should cost what it must: merged into the weights where those are float32, an addition needs two
multiplications of its size instead of four passes over the activations.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import nn
from torch.nn.functional import linear

#: What one picture wears: names, each with its scale; none at all is the bare base.
Outfit: TypeAlias = tuple[tuple[str, float], ...]


@dataclass
class Worn:
    """What takes part in all layers of a network: the addition of that name, at that scale; or,
    while `is_mixed`, those that were stacked last."""

    name: str = ""
    scale: float = 1.0
    is_mixed: bool = False


class LoraLinear(nn.Module):
    """x W' + b, or x (W + scale B A)' + b with what is worn. `base_layer` is frozen."""

    def __init__(self, base_layer: nn.Linear, worn: Worn) -> None:
        super().__init__()
        self.base_layer = base_layer
        self.in_features, self.out_features = base_layer.in_features, base_layer.out_features
        self.lora_A, self.lora_B = nn.ParameterDict(), nn.ParameterDict()
        self._worn = worn
        # the same parameters, without those dictionaries' walk at each call
        self._held: dict[str, tuple[nn.Parameter, nn.Parameter]] = {}
        self._stack: tuple[torch.Tensor, torch.Tensor] | None = None

    def hold(self, name: str, a: nn.Parameter, b: nn.Parameter) -> None:
        """Have the addition B A under `name`: `a` rank x in, `b` out x rank."""
        self.lora_A[name], self.lora_B[name] = a, b
        self._held[name] = (a, b)

    def drop(self, name: str) -> None:
        del self.lora_A[name], self.lora_B[name], self._held[name]

    def stack(self, outfits: Sequence[Outfit]) -> None:
        """Have the additions of n pictures side by side, for `Worn.is_mixed`: in x total rank and
        total rank x out of each, scaled, with zeros up to the largest rank among them."""
        rank = max(sum(len(self._held[name][0]) for name, _ in outfit) for outfit in outfits)
        like = self.base_layer.weight
        down = like.new_zeros(len(outfits), rank, self.in_features)
        up = like.new_zeros(len(outfits), self.out_features, rank)
        for row, outfit in enumerate(outfits):
            at = 0
            for name, scale in outfit:
                a, b = (half.detach() for half in self._held[name])
                down[row, at : at + len(a)] = a
                up[row, :, at : at + len(a)] = b * scale
                at += len(a)
        self._stack = down.transpose(1, 2), up.transpose(1, 2)

    def unstack(self) -> None:
        self._stack = None

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        base = self.base_layer
        if self._worn.is_mixed and self._stack is not None:
            down, up = self._stack
            # the inputs of one picture follow each other, with guidance and without
            own_inputs = inputs.reshape(len(down), -1, self.in_features)
            low = torch.bmm(own_inputs, down.to(inputs.dtype))
            plain: torch.Tensor = base(inputs)
            # in place, without a copy of every layer's output: nothing learns here
            plain.view(len(down), -1, self.out_features).baddbmm_(low, up.to(inputs.dtype))
            return plain
        own = self._held.get(self._worn.name)
        if own is None:
            bare: torch.Tensor = base(inputs)
            return bare
        a, b = own
        scale = self._worn.scale
        if (
            a.requires_grad
            and base.weight.dtype == a.dtype
            and not torch.is_autocast_enabled(inputs.device.type)
        ):
            merged: torch.Tensor = _Merged.apply(  # type: ignore[no-untyped-call]  # torch's own
                inputs, base.weight, base.bias, a, b, scale
            )
            return merged
        added = linear(linear(inputs, a.to(inputs.dtype)), b.to(inputs.dtype))
        whole: torch.Tensor = base(inputs).add(added, alpha=scale)
        return whole


class _Merged(torch.autograd.Function):
    """The layer with its addition merged into the weight. The merged weight is made again for the
    backward pass: keeping those of all layers would take as much memory as the network.
    """

    @staticmethod
    def forward(  # noqa: PLR0917 - autograd hands them over one by one
        ctx: Any,
        inputs: torch.Tensor,
        weight: torch.Tensor,
        bias: torch.Tensor | None,
        a: torch.Tensor,
        b: torch.Tensor,
        scale: float,
    ) -> torch.Tensor:
        ctx.save_for_backward(inputs, weight, a, b)
        ctx.scale = scale
        return linear(inputs, torch.addmm(weight, b, a, alpha=scale), bias)

    @staticmethod
    def backward(ctx: Any, *grads: torch.Tensor) -> Any:
        """With G the gradient of the output: G (W + s B A) for the input, s B' G' x for A and
        s G' (x A') for B."""
        inputs, weight, a, b = ctx.saved_tensors
        grad = grads[0]
        flat, rows = grad.reshape(-1, grad.shape[-1]), inputs.reshape(-1, inputs.shape[-1])
        of_inputs = None
        if ctx.needs_input_grad[0]:
            of_inputs = grad @ torch.addmm(weight, b, a, alpha=ctx.scale)
        of_a = (flat @ b).t() @ rows * ctx.scale
        of_b = flat.t() @ (rows @ a.t()) * ctx.scale
        return of_inputs, None, None, of_a, of_b, None
