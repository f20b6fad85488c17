"""Pictures in the making on one base, drawn together a step at a time, whoever's they are.

A diffusion step costs a UNet call, and one call can be for many pictures: each wears its own
adapter, has its own noise level and its own guidance. So a picture joins those that are being drawn
already at their next step, and leaves when it is done; nobody waits for a batch to fill or to end.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch

from trainer.base import Base
from trainer.canvas import Canvas
from trainer.emphasis import encode
from trainer.fit import free_memory
from trainer.rack import AdapterMismatch
from trainer.request import Request
from trainer.words import Words

log = logging.getLogger("darkroom.trainer")

#: pictures in one UNet call, twice that with guidance
DRAWN_AT_ONCE = 8
#: Pairs of prompts whose embeddings are kept: 2 x 77 x 768 values, 0.24 MB, in 16 bits for
#: Stable Diffusion 1.5
_WORDS_KEPT = 256


@dataclass(frozen=True)
class Stepped:
    """Canvases that left: `done` ones, and `failed` ones with what they fail on."""

    done: Sequence[Canvas] = ()
    failed: Sequence[tuple[Canvas, Exception]] = ()


class Easel:
    """All pictures in the making on one base. At rest the base is bare. Each is drawn with its own
    adapter, or all of them `wearing` what the wardrobe holds under that name."""

    def __init__(
        self, base: Base, at_once: int = DRAWN_AT_ONCE, *, wearing: str | None = None
    ) -> None:
        self._base, self._at_once, self._most = base, at_once, at_once
        self._wearing = wearing
        self._canvases: list[Canvas] = []
        self._words: OrderedDict[tuple[str, float, bool, str, str], Words] = OrderedDict()

    def __len__(self) -> int:
        return len(self._canvases)

    def add(self, request: Request) -> Canvas:
        """Begin a picture. Raises `AdapterMismatch`."""
        base, adapter = self._base, request.adapter
        if adapter and adapter.origin.base_hash != base.weights_hash:
            raise AdapterMismatch(f"The adapter was not made for {base.id}.")
        canvas = Canvas(base, request, self._encoded(request))
        self._canvases.append(canvas)
        return canvas

    def drop(self, canvas: Canvas) -> None:
        """Leave a picture unfinished; nothing happens to one that is not there."""
        if canvas in self._canvases:
            self._canvases.remove(canvas)

    def step(self) -> Stepped:
        """One UNet call, for the picture that came first and all that can share it; none when
        nothing is there.

        One that fails is tried again with half as many, and so on: a picture on which even a
        call of its own fails is dropped, and the others go on without it.
        """
        if not self._canvases:
            return Stepped()
        company = self._canvases[0].company
        group = [one for one in self._canvases if one.company == company][: self._at_once]
        try:
            predictions = self._predict(group)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is one picture's own
            free_memory(self._base.device)
            if len(group) == 1:
                self.drop(group[0])
                self._at_once = self._most
                return Stepped(failed=[(group[0], error)])
            self._at_once = len(group) // 2
            log.warning("%s pictures at once failed, %s are tried: %s", len(group), self._at_once,
                        error)  # fmt: skip
            return Stepped()
        for row, canvas in enumerate(group):
            canvas.take(predictions[row : row + 1])
        done = [one for one in group if one.is_done]
        for canvas in done:
            self._canvases.remove(canvas)
        if not self._canvases:  # what comes next may be smaller
            self._at_once = self._most
        return Stepped(done)

    @torch.no_grad()
    def _predict(self, group: list[Canvas]) -> torch.Tensor:
        base = self._base
        is_guided = any(canvas.request.guidance > 1 for canvas in group)
        # without and with the prompt, side by side for each picture
        times = 2 if is_guided else 1
        latents = torch.cat([canvas.latents for canvas in group]).repeat_interleave(times, dim=0)
        timesteps = torch.stack([canvas.timestep for canvas in group]).repeat_interleave(times)
        words = joined([canvas.words.pick(slice(2 - times, 2)) for canvas in group])
        first = group[0].request  # what they have in common
        with (
            self._dressed(group),
            base.wardrobe.fast() if first.fast else nullcontext(),
            base.precisely() if first.precise else nullcontext(),
        ):
            predicted = base.predict(latents, timesteps.to(base.device), words)
        if not is_guided:
            return predicted
        guidance = torch.tensor([canvas.request.guidance for canvas in group], device=base.device)
        without, within = predicted[::2], predicted[1::2]
        return without + guidance.view(-1, 1, 1, 1) * (within - without)

    def _dressed(self, group: list[Canvas]) -> Any:
        wardrobe, requests = self._base.wardrobe, [canvas.request for canvas in group]
        # asked for at each step: one that had to make room since is loaded again
        names = [self._named(request) for request in requests]
        if len({(name, r.scale) for name, r in zip(names, requests, strict=True)}) == 1:
            return wardrobe.wearing(names[0], requests[0].scale)
        return wardrobe.mixing(
            [((name, r.scale),) if name else () for name, r in zip(names, requests, strict=True)]
        )

    def _named(self, request: Request) -> str | None:
        """What the wardrobe calls that which the picture is drawn with."""
        if request.adapter is None:
            return self._wearing
        return self._base.wardrobe.keep(request.adapter)

    @property
    def remembers(self) -> set[str]:
        """The hashes of the adapters whose words are kept."""
        return {sha256 for sha256, *_ in self._words if sha256}

    def forget(self, sha256: str) -> None:
        """Drop what is kept of an adapter's words."""
        for key in [key for key in self._words if key[0] == sha256]:
            del self._words[key]

    @torch.no_grad()
    def _encoded(self, request: Request) -> Words:
        """Both prompts' embeddings, with their weights, in that adapter's words."""
        adapter = request.adapter
        sha256 = adapter.sha256 if adapter else ""
        key = (sha256, request.scale, request.precise, request.negative, request.prompt)
        if key not in self._words:
            wardrobe = self._base.wardrobe
            precisely = self._base.precisely() if request.precise else nullcontext()
            with precisely, wardrobe.wearing(self._named(request), request.scale):
                self._words[key] = encode(self._base, [request.negative, request.prompt])
            if len(self._words) > _WORDS_KEPT:
                self._words.popitem(last=False)
        self._words.move_to_end(key)
        return self._words[key]


def joined(words: list[Words]) -> Words:
    """The prompts of all of them, in their order."""
    pooled = [own.pooled for own in words if own.pooled is not None]
    return Words(torch.cat([own.states for own in words]), torch.cat(pooled) if pooled else None)
