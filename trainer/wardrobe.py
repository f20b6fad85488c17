"""Adapters on the resident base: put on, worn for one call, taken off.

The base is shared by trainings and prompts, so at rest it is always bare: adapters may be loaded
in it, but none takes part in a forward pass outside `wearing`. What an adapter consists of is
told by the names of its tensors, which are those of its file:

- `unet.<layer>.lora_A.weight` and `.lora_B.weight`: LoRA in the UNet;
- `text_encoder.<layer>...`, `text_encoder_2.<layer>...`: LoRA in a text encoder;
- `token.text_encoder`, `token.text_encoder_2`: embedding rows of a learned token (k x width);
- `whole.<weight>`: a weight of the UNet itself, all of which are there then.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import torch
from torch import nn

from trainer.lora import Outfit
from trainer.rack import AdapterMismatch, Rack
from trainer.whole import Whole
from trainer.words import embedding_of

if TYPE_CHECKING:
    from trainer.adapters import LoadedAdapter

#: attention and feed-forward projections: attention alone learns a likeness visibly worse
UNET_TARGETS = ("to_q", "to_k", "to_v", "to_out.0", "ff.net.0.proj", "ff.net.2")
#: as in the diffusers examples that train text encoders
TEXT_TARGETS = ("q_proj", "k_proj", "v_proj", "out_proj")
TOKEN, WHOLE = "token.", "whole."
#: Adapters of recent prompts stay on the device, up to this size together and `KEPT` of them
#: whatever their size, because a batch holds as many: 2 GB are nearly 180 of rank 16 at Stable
#: Diffusion 1.5's size, whose shapes make 6.0 million weights of 16 bits each.
KEPT, KEPT_BYTES = 8, 2 * 1024**3


class AlreadyWorn(RuntimeError):
    """One adapter is worn at a time, and a name is put on only once."""


class Wardrobe:
    """All adapters that are loaded in one base."""

    def __init__(
        self, unet: nn.Module, text_encoders: Mapping[str, nn.Module], dtype: torch.dtype
    ) -> None:
        self._dtype = dtype
        self._racks = {"unet": Rack(unet, UNET_TARGETS)} | {
            name: Rack(encoder, TEXT_TARGETS) for name, encoder in text_encoders.items()
        }
        self._embeddings = {
            name: embedding_of(encoder).weight for name, encoder in text_encoders.items()
        }
        self._whole = Whole(unet)
        #: weights of the UNet that draw in few steps, and the ones of its own in their places
        self._fast: dict[str, nn.Parameter] = {}
        self._slow: dict[str, nn.Parameter] = {}
        self._parameters: dict[str, dict[str, nn.Parameter]] = {}
        self._words: dict[str, str] = {}
        self._kept: OrderedDict[str, None] = OrderedDict()
        self._worn: str | None = None
        self._is_busy = False

    def shapes(self, rank: int, *networks: str) -> dict[str, tuple[int, int]]:
        """The tensors of a LoRA of `rank` in these networks (`unet` unless said), by name."""
        return {
            f"{network}.{key}": shape
            for network in networks or ("unet",)
            for key, shape in self._racks[network].shapes(rank).items()
        }

    def whole_weights(self) -> dict[str, torch.Tensor]:
        """The UNet's own weights, where a full fine-tune starts: float32, on the CPU."""
        return {WHOLE + name: value for name, value in self._whole.copy().items()}

    def put_on(
        self,
        name: str,
        weights: Mapping[str, torch.Tensor],
        dtype: torch.dtype | None = None,
        *,
        word: str = "",
    ) -> dict[str, nn.Parameter]:
        """Load copies of `weights` under `name`, at rest; returns the parameters by their names.

        `dtype` is the base's unless given: a training keeps float32, because updates of 1e-4
        vanish in bfloat16. `word` is what a learned token is written as in prompts. Raises
        `AdapterMismatch` when names or shapes are not this base's.
        """
        if name in self:
            raise AlreadyWorn(f"{name} is already put on")
        dtype = dtype or self._dtype
        parts: dict[str, dict[str, torch.Tensor]] = {}
        for key, value in weights.items():
            part, _, rest = key.partition(".")
            parts.setdefault(part, {})[rest] = value
        tokens, whole = parts.pop("token", {}), parts.pop("whole", {})
        if not (parts or tokens or whole) or not parts.keys() <= self._racks.keys():
            raise AdapterMismatch("its parts are not those of this base")
        made: dict[str, nn.Parameter] = {}
        try:
            # in the same order whatever file they come from: sums over all of them follow it
            for part, own in sorted(parts.items()):
                hung = self._racks[part].hang(name, own, dtype)
                made |= {f"{part}.{key}": value for key, value in hung.items()}
            if whole:
                made |= {WHOLE + k: v for k, v in self._whole.make(whole, dtype).items()}
            made |= self._rows(tokens, dtype)
        except BaseException:  # also when the device has no room for it
            for rack in self._racks.values():
                rack.remove(name)
            raise
        self._parameters[name] = made
        self._words[name] = word
        return made

    def _rows(
        self, tokens: Mapping[str, torch.Tensor], dtype: torch.dtype
    ) -> dict[str, nn.Parameter]:
        if not tokens:
            return {}
        counts = {len(value) for value in tokens.values()}
        widths = {name: value.shape[1] for name, value in self._embeddings.items()}
        if len(counts) > 1 or {k: v.shape[1] for k, v in tokens.items()} != widths:
            raise AdapterMismatch("its token is not one of this base")
        return {
            TOKEN + encoder: nn.Parameter(
                value.detach().to(self._embeddings[encoder].device, dtype, copy=True),
                requires_grad=False,
            )
            for encoder, value in sorted(tokens.items())
        }

    def take_off(self, name: str) -> None:
        """Remove `name` and its memory; with the last one the base is exactly what it was."""
        self._kept.pop(name, None)
        del self._parameters[name], self._words[name]
        for rack in self._racks.values():
            rack.remove(name)

    @contextmanager
    def wearing(
        self, name: str | None, scale: float = 1.0, *, learning: Collection[str] = ()
    ) -> Iterator[None]:
        """The base wears `name` (None: nothing) until the block ends, however it ends.

        Those of its parameters that `learning` names take gradients inside the block.
        """
        if self._is_busy:
            raise AlreadyWorn("another adapter is worn right now")
        if name is not None and name not in self:
            raise KeyError(name)
        self._is_busy = True
        parameters = self._parameters[name] if name else {}
        try:
            with ExitStack() as stack:
                if name is not None:
                    for key in learning:
                        parameters[key].requires_grad = True
                    for rack in self._racks.values():
                        rack.switch(name, scale)
                    if whole := _named(parameters, WHOLE):
                        stack.enter_context(self._whole.exchanged(whole, scale))
                self._worn = name
                yield
        finally:
            self._is_busy = False
            self._worn = None
            for rack in self._racks.values():
                rack.switch("")
            for parameter in parameters.values():
                parameter.requires_grad = False

    @contextmanager
    def mixing(self, outfits: Sequence[Outfit]) -> Iterator[None]:
        """The UNet wears another outfit for each picture of a batch until the block ends; its rows
        are those of the first picture, then those of the second, as many for each. Not for
        whole networks and not for text encoders: prompts are encoded one subject at a time.
        """
        if self._is_busy:
            raise AlreadyWorn("another adapter is worn right now")
        self._is_busy = True
        try:
            self._racks["unet"].mix(outfits)
            yield
        finally:
            self._is_busy = False
            self._racks["unet"].switch("")

    def have_fast(self, weights: Mapping[str, torch.Tensor]) -> None:
        """Have `weights` of the UNet, by name, ready for `fast`; while the base is bare. Raises
        KeyError for names that are not its own."""
        self._slow = self._whole.own(weights)
        self._fast = {
            name: nn.Parameter(
                weights[name].detach().to(own.device, self._dtype, copy=True), requires_grad=False
            )
            for name, own in self._slow.items()
        }

    @property
    def is_fast(self) -> bool:
        """Whether there are weights to draw in few steps with."""
        return bool(self._fast)

    @contextmanager
    def fast(self) -> Iterator[None]:
        """The UNet draws in few steps until the block ends, whatever it wears meanwhile: with
        a whole network of a subject's, by as much as its own weights change for it."""
        here = self._whole.own(self._fast)
        changed = {
            name: value
            if here[name] is self._slow[name]
            else nn.Parameter(
                here[name].detach() + (value - self._slow[name]).detach(), requires_grad=False
            )
            for name, value in self._fast.items()
        }
        with self._whole.exchanged(changed):
            yield

    @property
    def is_mixed(self) -> bool:
        """Whether what is worn is of another precision than the base."""
        parameters = self._parameters[self._worn] if self._worn else {}
        return any(value.dtype != self._dtype for value in parameters.values())

    @property
    def learned_token(self) -> tuple[str, dict[str, nn.Parameter]] | None:
        """What is worn of a learned token: how it is written, and its rows for each encoder."""
        rows = _named(self._parameters[self._worn], TOKEN) if self._worn else {}
        return (self._words[self._worn], rows) if self._worn and rows else None

    def keep(self, adapter: LoadedAdapter) -> str:
        """Have `adapter` loaded and return its name; the least recently asked-for ones give way.
        Of whole networks one is kept: each is as large as the base."""
        name = f"kept_{adapter.sha256}"
        if name not in self:
            is_whole = any(key.startswith(WHOLE) for key in adapter.weights)
            # before the new one is there: the device may have no room for both
            if is_whole:
                for kept in list(self._kept):
                    if _named(self._parameters[kept], WHOLE):
                        self.take_off(kept)
            while len(self._kept) >= KEPT and self._kept_bytes() > KEPT_BYTES:
                self.take_off(next(iter(self._kept)))
            self.put_on(name, adapter.weights, word=adapter.origin.token)
        self._kept[name] = None
        self._kept.move_to_end(name)
        return name

    def _kept_bytes(self) -> int:
        """How much the kept LoRAs weigh; a whole network is not theirs to make room for."""
        return sum(
            value.nbytes
            for kept in self._kept
            for key, value in self._parameters[kept].items()
            if not key.startswith(WHOLE)
        )

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


def _named(parameters: Mapping[str, nn.Parameter], prefix: str) -> dict[str, nn.Parameter]:
    return {k.removeprefix(prefix): v for k, v in parameters.items() if k.startswith(prefix)}
