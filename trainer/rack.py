"""LoRA layers in one network: put in, taken out, switched on and off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import torch
from torch import nn

from trainer.lora import LoraLinear, Outfit, Worn


class AdapterMismatch(ValueError):
    """The adapter was made for another base."""


class Rack:
    """All LoRA adapters that hang in one network, each under its name."""

    def __init__(self, network: nn.Module, targets: tuple[str, ...]) -> None:
        self._network = network
        #: where layers are, by path, while nothing hangs there
        self._places = {
            path: module
            for path, module in network.named_modules()
            if isinstance(module, nn.Linear) and path.endswith(tuple(f".{t}" for t in targets))
        }
        self._layers: dict[str, LoraLinear] = {}
        self._held: set[str] = set()
        self._worn = Worn()
        self._stacked: tuple[Outfit, ...] = ()

    def shapes(self, rank: int) -> dict[str, tuple[int, int]]:
        """The tensors an adapter of `rank` consists of, by name: A is rank x in, B out x rank."""
        found: dict[str, tuple[int, int]] = {}
        for path, place in self._places.items():
            found[f"{path}.lora_A.weight"] = (rank, place.in_features)
            found[f"{path}.lora_B.weight"] = (place.out_features, rank)
        return found

    def hang(
        self, name: str, weights: Mapping[str, torch.Tensor], dtype: torch.dtype
    ) -> dict[str, nn.Parameter]:
        """Load copies of `weights`, switched off; returns the parameters by their names.

        Raises `AdapterMismatch` when names or shapes are not this network's.
        """
        rank = next((len(w) for key, w in weights.items() if key.endswith("lora_A.weight")), 0)
        shapes = self.shapes(rank)
        if {key: tuple(value.shape) for key, value in weights.items()} != shapes:
            raise AdapterMismatch("its layers are not those of this base")
        if not self._layers:
            self._layers = {path: LoraLinear(at, self._worn) for path, at in self._places.items()}
            self._put(self._layers)
        # in the network's order, not the file's: sums over all of them are rounded by it
        parameters = {
            key: nn.Parameter(
                weights[key].detach().to(self._device, dtype, copy=True).contiguous(),
                requires_grad=False,
            )
            for key in shapes
        }
        for path, layer in self._layers.items():
            layer.hold(
                name, parameters[f"{path}.lora_A.weight"], parameters[f"{path}.lora_B.weight"]
            )
        self._held.add(name)
        return parameters

    def remove(self, name: str) -> None:
        """Take `name` out; with the last one the network is exactly what it was."""
        if name not in self._held:
            return
        self._held.discard(name)
        if any(name == worn for outfit in self._stacked for worn, _ in outfit):
            self._unstack()
        for layer in self._layers.values():
            layer.drop(name)
        if not self._held:
            self._put(self._places)
            self._layers, self._stacked = {}, ()

    def switch(self, name: str, scale: float = 1.0) -> None:
        """What hangs here under `name` takes part at that scale, and nothing else does."""
        self._worn.name, self._worn.scale, self._worn.is_mixed = name, scale, False

    def mix(self, outfits: Sequence[Outfit]) -> None:
        """Each picture of a batch wears its own; names that do not hang here are passed over. The
        rows of a batch are the pictures in that order, as many for each as the next."""
        own = tuple(tuple(one for one in outfit if one[0] in self._held) for outfit in outfits)
        self.switch("")
        if not any(own):
            return
        if own != self._stacked:
            for layer in self._layers.values():
                layer.stack(own)
            self._stacked = own
        self._worn.is_mixed = True

    def _unstack(self) -> None:
        for layer in self._layers.values():
            layer.unstack()
        self._stacked = ()

    def _put(self, layers: Mapping[str, nn.Module]) -> None:
        for path, layer in layers.items():
            parent, _, leaf = path.rpartition(".")
            setattr(self._network.get_submodule(parent), leaf, layer)

    @property
    def _device(self) -> torch.device:
        return next(iter(self._places.values())).weight.device
