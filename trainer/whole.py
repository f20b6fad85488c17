"""A network's weights exchanged for others of the same shapes, as a full fine-tune needs it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import torch
from torch import nn

from trainer.rack import AdapterMismatch


class Whole:
    """The places of all weights of one network, noted while it is bare.

    Exchanging moves no data: each place is handed another tensor and, at the end, its own again.
    """

    def __init__(self, network: nn.Module) -> None:
        self._places: dict[str, tuple[nn.Module, str]] = {}
        for path, module in network.named_modules():
            for leaf, _ in module.named_parameters(recurse=False):
                self._places[f"{path}.{leaf}" if path else leaf] = (module, leaf)

    def copy(self) -> dict[str, torch.Tensor]:
        """The network's own weights, by name, in float32 on the CPU."""
        return {
            name: getattr(module, leaf).detach().to("cpu", torch.float32, copy=True)
            for name, (module, leaf) in self._places.items()
        }

    def own(self, names: Iterable[str]) -> dict[str, nn.Parameter]:
        """The weights of these names that are in their places now; KeyError for unknown ones."""
        return {name: getattr(*self._places[name]) for name in names}

    def make(
        self, weights: Mapping[str, torch.Tensor], dtype: torch.dtype
    ) -> dict[str, nn.Parameter]:
        """Copies of `weights` on the network's device; raises `AdapterMismatch` for others."""
        mine = {name: getattr(module, leaf) for name, (module, leaf) in self._places.items()}
        if {name: value.shape for name, value in weights.items()} != {
            name: value.shape for name, value in mine.items()
        }:
            raise AdapterMismatch("its weights are not those of this base")
        return {
            name: nn.Parameter(
                weights[name].detach().to(mine[name].device, dtype, copy=True), requires_grad=False
            )
            for name in mine
        }

    @contextmanager
    def exchanged(self, weights: Mapping[str, nn.Parameter], scale: float = 1.0) -> Iterator[None]:
        """The network works with `weights` inside the block, and with its own where they name
        none; with `scale` below 1 with a mixture of them and its own."""
        own = self.own(weights)
        try:
            for name, value in weights.items():
                mixed = value if scale == 1.0 else _between(own[name], value, scale)
                setattr(*self._places[name], mixed)
            yield
        finally:
            for name, value in own.items():
                setattr(*self._places[name], value)


def _between(own: nn.Parameter, other: nn.Parameter, scale: float) -> nn.Parameter:
    mixed = torch.lerp(own.detach(), other.detach().to(own.dtype), scale)
    return nn.Parameter(mixed, requires_grad=False)
