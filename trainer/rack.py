"""LoRA layers in one network: put in, taken out, switched on and off.

peft does the layers. It alone does not give a network that is bare at rest: it activates what it
loads and toggles `requires_grad` as a side effect of switching.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from torch import nn


class AdapterMismatch(ValueError):
    """The adapter was made for another base."""


class Rack:
    """All LoRA adapters that hang in one network, each under its name."""

    def __init__(self, network: nn.Module, targets: tuple[str, ...]) -> None:
        self._network = network
        self._targets = targets
        self._layers: dict[str, LoraLayer] = {}
        self._held: set[str] = set()

    def shapes(self, rank: int) -> dict[str, tuple[int, int]]:
        """The tensors an adapter of `rank` consists of, by name: A is rank x in, B out x rank."""
        found: dict[str, tuple[int, int]] = {}
        for path, module in self._network.named_modules():
            if path.endswith(tuple("." + target for target in self._targets)):
                linear: Any = module
                found[f"{path}.lora_A.weight"] = (rank, linear.in_features)
                found[f"{path}.lora_B.weight"] = (linear.out_features, rank)
        return found

    def hang(
        self, name: str, weights: Mapping[str, torch.Tensor], dtype: torch.dtype
    ) -> dict[str, nn.Parameter]:
        """Load copies of `weights`, switched off; returns the parameters by their names.

        Raises `AdapterMismatch` when names or shapes are not this network's.
        """
        rank = next((len(w) for key, w in weights.items() if key.endswith("lora_A.weight")), 0)
        if {key: tuple(value.shape) for key, value in weights.items()} != self.shapes(rank):
            raise AdapterMismatch("its layers are not those of this base")
        config = LoraConfig(r=rank, lora_alpha=rank, target_modules=list(self._targets))
        with warnings.catch_warnings():
            # several adapters at once are the purpose here
            warnings.filterwarnings("ignore", "Already found a `peft_config`")
            # on the meta device: peft would draw initial weights from the global generator
            inject_adapter_in_model(config, self._network, name, low_cpu_mem_usage=True)
        self._held.add(name)
        self._layers = {
            path: module
            for path, module in self._network.named_modules()
            if isinstance(module, LoraLayer)
        }
        parameters: dict[str, nn.Parameter] = {}
        for path, layer in self._layers.items():
            device = layer.get_base_layer().weight.device
            for side, modules in (("lora_A", layer.lora_A), ("lora_B", layer.lora_B)):
                key = f"{path}.{side}.weight"
                value = weights[key].detach().to(device, dtype, copy=True)
                parameter = nn.Parameter(value.contiguous(), requires_grad=False)
                modules[name].weight = parameter
                parameters[key] = parameter
        self.switch([])
        return parameters

    def remove(self, name: str) -> None:
        """Take `name` out; with the last one the network is exactly what it was."""
        if name not in self._held:
            return
        self._held.discard(name)
        for layer in self._layers.values():
            layer.delete_adapter(name)
        network: Any = self._network
        network.peft_config.pop(name, None)
        if not network.peft_config:
            for path, layer in self._layers.items():
                parent, _, leaf = path.rpartition(".")
                setattr(network.get_submodule(parent), leaf, layer.get_base_layer())
            del network.peft_config
            self._layers = {}

    def switch(self, names: list[str], scale: float = 1.0) -> None:
        """Switch on these of the adapters that hang here, at that scale, and all others off.

        What peft's `set_adapter` and `enable_adapters` do, without their walk over all weights:
        every step passes here twice, and the walk took 3 % of a step of `tiny`.
        """
        here = [name for name in names if name in self._held]
        for layer in self._layers.values():
            for name in here:
                layer.set_scale(name, scale)
            layer._active_adapter = here  # noqa: SLF001
            layer._disable_adapters = not here  # noqa: SLF001
