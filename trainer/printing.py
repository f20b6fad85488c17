"""The printing room: pictures that members wait for, drawn together on one easel.

Every job asks here for its own pictures and waits for them; whoever drives the room calls `step`.
So a picture of one member shares UNet calls with those of all others, and each job still ends in
its own way.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import torch
from PIL import Image

from trainer.canvas import Canvas
from trainer.easel import Easel
from trainer.fit import free_memory
from trainer.generate import developed
from trainer.request import Request
from trainer.safety import is_blank
from trainer.studio import Studio

log = logging.getLogger("darkroom.trainer")


@dataclass(eq=False)
class _Print:
    """A picture that somebody waits for. `check` raises what ends the wait early."""

    request: Request
    check: Callable[[], None]
    result: asyncio.Future[Image.Image | None]
    canvas: Canvas | None = None


class PrintingRoom:
    """The pictures in hand of one worker."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._easel = Easel(studio.base)
        self._prints: list[_Print] = []
        #: set while there is something to draw
        self.wanted = asyncio.Event()
        #: set with each job that comes to have its pictures drawn
        self.arrived = asyncio.Event()
        self._closed: Exception | None = None

    def __len__(self) -> int:
        return len(self._prints)

    async def draw(
        self, requests: Sequence[Request], check: Callable[[], None]
    ) -> list[Image.Image | None]:
        """A picture for each request, in their order; None where it came out blank or its numbers
        overflowed, on a base of 16 bits in a second try in float32 too.

        `check` is called between steps; what it raises ends the wait, as does an error of these
        requests' own: `AdapterMismatch`, or running out of memory when drawn alone. None of it
        touches the pictures of others.
        """
        if self._closed is not None:
            raise self._closed
        loop = asyncio.get_running_loop()
        own = [_Print(request, check, loop.create_future()) for request in requests]
        self._prints += own
        self.wanted.set()
        self.arrived.set()
        try:
            return list(await asyncio.gather(*(one.result for one in own)))
        finally:
            for one in own:
                one.result.cancel()

    @property
    def remembers(self) -> set[str]:
        """The hashes of all adapters of which something is kept in memory."""
        return {*self._studio.base.wardrobe.kept, *self._easel.remembers}

    def forget(self, sha256: str) -> None:
        """Drop what is kept of an erased adapter; on the device's thread."""
        self._studio.base.wardrobe.forget(sha256)
        self._easel.forget(sha256)

    def close(self, error: Exception) -> None:
        """End every wait with this error, of those that are still to come too."""
        self._closed = error
        for one in self._prints:
            if not one.result.done():
                one.result.set_exception(error)

    async def step(self) -> None:
        """One UNet call for those who wait, if there are any."""
        for one in self._prints:
            try:
                if not one.result.done():
                    one.check()
            except Exception as error:  # noqa: BLE001 - it ends this wait alone
                one.result.set_exception(error)
        left = [one for one in self._prints if one.result.done()]
        self._prints = [one for one in self._prints if not one.result.done()]
        ended = await self._studio.on_device(lambda: self._step(left, list(self._prints)))
        for one, end in ended:
            if one.result.done():
                continue
            if isinstance(end, Exception):
                one.result.set_exception(end)
            else:
                one.result.set_result(end)
        self._prints = [one for one in self._prints if not one.result.done()]
        if not self._prints:
            self.wanted.clear()

    def _step(
        self, left: list[_Print], prints: list[_Print]
    ) -> list[tuple[_Print, Image.Image | Exception | None]]:
        """On the device: those that ended, each with its picture or with what ended it."""
        ended: list[tuple[_Print, Image.Image | Exception | None]] = []
        for one in left:
            if one.canvas is not None:
                self._easel.drop(one.canvas)
        for one in prints:
            if one.canvas is None:
                try:
                    one.canvas = self._easel.add(one.request)
                except Exception as error:  # noqa: BLE001 - it ends this wait alone
                    ended.append((one, error))
        own = {one.canvas: one for one in prints if one.canvas is not None}
        stepped = self._easel.step()
        for canvas in stepped.done:
            one = own[canvas]
            try:
                picture = developed(self._studio.base, canvas)
            except Exception as error:  # noqa: BLE001 - it ends this wait alone
                free_memory(self._studio.base.device)
                ended.append((one, error))
                continue
            if picture is not None and is_blank(picture):
                picture = None
            if picture is None and self._may_try_again(one):
                log.warning("a picture came to nothing; it is drawn again in float32")
                one.request, one.canvas = replace(one.request, precise=True), None
            else:
                ended.append((one, picture))
        ended += [(own[canvas], error) for canvas, error in stepped.failed]
        return ended

    def _may_try_again(self, one: _Print) -> bool:
        return not one.request.precise and self._studio.base.dtype != torch.float32
