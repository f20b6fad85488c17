"""Adapters on the resident UNet: put on, worn for one call, taken off.

The UNet is shared by trainings and prompts, so at rest it is always bare: adapters may be loaded
in it, but none takes part in a forward pass outside `wearing`. peft alone does not give this; it
activates what it loads and toggles `requires_grad` as a side effect of switching.
"""

from __future__ import annotations

import warnings
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from peft import LoraConfig, inject_adapter_in_model
from peft.tuners.lora import LoraLayer
from torch import nn

if TYPE_CHECKING:
    from trainer.adapters import LoadedAdapter

#: attention and feed-forward projections: attention alone learns a likeness visibly worse
TARGETS = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2")
#: adapters of recent prompts stay in memory; 8 of rank 16 at SD 1.5 size are 0.2 GB: their shapes
#: make 6.0 million weights of 32 bits each
KEPT = 8


class AlreadyWorn(RuntimeError):
    """One adapter is worn at a time, and a name is put on only once."""


class AdapterMismatch(ValueError):
    """The adapter was made for another base."""


class Wardrobe:
    """All adapters that are loaded in one UNet."""

    def __init__(self, unet: nn.Module, dtype: torch.dtype) -> None:
        self._unet = unet
        self._dtype = dtype
        self._layers: dict[str, LoraLayer] = {}
        self._parameters: dict[str, dict[str, nn.Parameter]] = {}
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._worn = False

    def shapes(self, rank: int) -> dict[str, tuple[int, int]]:
        """The tensors an adapter of `rank` consists of, by name: A is rank x in, B out x rank."""
        found: dict[str, tuple[int, int]] = {}
        for path, module in self._unet.named_modules():
            if path.endswith(tuple("." + target for target in TARGETS)):
                linear: Any = module
                found[f"{path}.lora_A.weight"] = (rank, linear.in_features)
                found[f"{path}.lora_B.weight"] = (linear.out_features, rank)
        return found

    def put_on(
        self, name: str, weights: Mapping[str, torch.Tensor], dtype: torch.dtype | None = None
    ) -> dict[str, nn.Parameter]:
        """Load copies of `weights` under `name`, at rest; returns the parameters by their names.

        `dtype` is the base's unless given: a training keeps float32, because updates of 1e-4
        vanish in bfloat16. Raises `AdapterMismatch` when names or shapes are not this UNet's.
        """
        if name in self:
            raise AlreadyWorn(f"{name} is already put on")
        rank = next((len(w) for key, w in weights.items() if key.endswith("lora_A.weight")), 0)
        if {key: tuple(value.shape) for key, value in weights.items()} != self.shapes(rank):
            raise AdapterMismatch("its layers are not those of this base")
        config = LoraConfig(r=rank, lora_alpha=rank, target_modules=list(TARGETS))
        with warnings.catch_warnings():
            # several adapters at once are the purpose here
            warnings.filterwarnings("ignore", "Already found a `peft_config`")
            # on the meta device: peft would draw initial weights from the global generator
            inject_adapter_in_model(config, self._unet, name, low_cpu_mem_usage=True)
        self._layers = {
            path: module
            for path, module in self._unet.named_modules()
            if isinstance(module, LoraLayer)
        }
        parameters: dict[str, nn.Parameter] = {}
        for path, layer in self._layers.items():
            device = layer.get_base_layer().weight.device
            for side, modules in (("lora_A", layer.lora_A), ("lora_B", layer.lora_B)):
                key = f"{path}.{side}.weight"
                value = weights[key].detach().to(device, dtype or self._dtype, copy=True)
                parameter = nn.Parameter(value.contiguous(), requires_grad=False)
                modules[name].weight = parameter
                parameters[key] = parameter
        self._parameters[name] = parameters
        self._activate([])
        return parameters

    def take_off(self, name: str) -> None:
        """Remove `name` and its memory; with the last one the UNet is exactly what it was."""
        self._kept.pop(name, None)
        del self._parameters[name]
        for layer in self._layers.values():
            layer.delete_adapter(name)
        unet: Any = self._unet
        unet.peft_config.pop(name, None)
        if not unet.peft_config:
            for path, layer in self._layers.items():
                parent, _, leaf = path.rpartition(".")
                setattr(unet.get_submodule(parent), leaf, layer.get_base_layer())
            del unet.peft_config
            self._layers = {}

    @contextmanager
    def wearing(
        self, name: str | None, scale: float = 1.0, *, training: bool = False
    ) -> Iterator[None]:
        """The UNet wears `name` (None: nothing) until the block ends, however it ends.

        With `training` its parameters take gradients inside the block.
        """
        if self._worn:
            raise AlreadyWorn("another adapter is worn right now")
        if name is not None and name not in self:
            raise KeyError(name)
        self._worn = True
        try:
            if name is not None:
                for parameter in self._parameters[name].values():
                    parameter.requires_grad_(training)
                for layer in self._layers.values():
                    layer.set_scale(name, scale)
                self._activate([name])
            yield
        finally:
            self._worn = False
            self._activate([])
            for parameter in self._parameters[name].values() if name else ():
                parameter.requires_grad = False

    def keep(self, adapter: LoadedAdapter) -> str:
        """Have `adapter` loaded and return its name; the least recently asked-for one gives way."""
        name = f"kept_{adapter.sha256}"
        if name not in self:
            while len(self._kept) >= KEPT:
                self.take_off(next(iter(self._kept)))
            self.put_on(name, adapter.weights)
        self._kept[name] = None
        self._kept.move_to_end(name)
        return name

    @property
    def kept(self) -> list[str]:
        """The hashes of the adapters that are kept, least recently asked-for first."""
        return [name.removeprefix("kept_") for name in self._kept]

    def forget(self, sha256: str) -> None:
        """Drop a kept adapter, as when its subject was erased; unknown ones are no error."""
        if f"kept_{sha256}" in self:
            self.take_off(f"kept_{sha256}")

    def __contains__(self, name: str) -> bool:
        return name in self._parameters

    def _activate(self, names: list[str]) -> None:
        """What peft's `set_adapter` and `enable_adapters` do, without their walk over all
        weights: every step passes here twice, and the walk took 3 % of a step of `tiny`.
        """
        for layer in self._layers.values():
            layer._active_adapter = names  # noqa: SLF001
            layer._disable_adapters = not names  # noqa: SLF001
