"""Pictures of a training under way: how it draws by now, from time to time, between two steps.

They change nothing of the training: the weights are worn as they are, the noise has a generator of
its own, and nothing is learned meanwhile. They keep nobody waiting either: a member's prompt comes
between two UNet calls of theirs. What cannot be drawn or kept is left out.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Awaitable, Callable

from PIL import Image

from storage import clock, newest, queue
from storage.errors import Busy, LeaseLost, StorageFull, StoreUnreachable
from storage.tables import Preview, Subject
from trainer.defaults import guidance_for
from trainer.dreambooth import TRAINING
from trainer.easel import Easel
from trainer.fit import free_memory
from trainer.generate import developed
from trainer.provenance import marked_png
from trainer.request import Request
from trainer.safety import is_blank
from trainer.sheet import PORTRAITS, SAMPLES
from trainer.studio import Studio

log = logging.getLogger("darkroom.trainer")

#: Of one training. The first comes after a tenth of its steps, and none after the last: the sample
#: sheet is drawn then.
MOST = 10
#: A training that is over sooner needs none: nobody has looked by then.
SHORTEST_S = 60.0
#: What all of them may cost, of the time that the steps took.
SHARE = 0.05
#: UNet calls of one: a coarse picture tells as much of a likeness that is still coming.
STEPS = 12
#: Pixels of a side, as a panel shows it.
SIDE = 256


class Previews:
    """Those of one training under one lease, of one prompt and one seed."""

    def __init__(self, studio: Studio, lease: queue.Lease, subject: Subject, seed: int) -> None:
        self._studio, self._lease = studio, lease
        prompt = SAMPLES.get(subject.kind, PORTRAITS)[0]
        self._request = Request(
            prompt.format(who=f"{subject.token} {subject.class_word}"),
            seed=seed,
            steps=STEPS,
            guidance=guidance_for(studio.base),
        )
        self._took_s = self._last_s = 0.0
        self._is_broken = False

    def is_due(self, step: int, total: int, rate: float) -> bool:
        """Whether to draw one after `step` of `total`, which go at `rate` steps a second."""
        if step == total or step % math.ceil(total / MOST) or self._is_broken:
            return False
        all_s = total / rate
        return all_s >= SHORTEST_S and self._took_s + self._last_s <= SHARE * all_s

    async def draw(self, step: int, pause: Callable[[], Awaitable[None]]) -> None:
        """Draw one and keep it. `pause` is awaited between two UNet calls, and what it raises ends
        the drawing. Raises LeaseLost."""
        began = clock.monotonic_s()
        picture = await self._drawn(pause)
        self._last_s = clock.monotonic_s() - began
        self._took_s += self._last_s
        if picture is not None and not is_blank(picture):
            await self._keep(step, picture)

    async def _drawn(self, pause: Callable[[], Awaitable[None]]) -> Image.Image | None:
        base, on_device = self._studio.base, self._studio.on_device
        easel = Easel(base, wearing=TRAINING)
        try:
            canvas = await on_device(lambda: easel.add(self._request))
            while len(easel):
                await pause()
                for _, error in (await on_device(easel.step)).failed:
                    raise error
            return await on_device(lambda: developed(base, canvas))
        except (RuntimeError, MemoryError) as error:
            log.warning("job %s goes on without previews: %s", self._lease.job.id, error)
            self._is_broken = True
            error.__traceback__ = None  # it holds tensors
            await on_device(lambda: free_memory(base.device))
            return None

    async def _keep(self, step: int, picture: Image.Image) -> None:
        """File first, row second. A database or a disk that cannot take it now goes without."""
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        key = None
        try:
            png = marked_png(picture, self._request.prompt)
            key = await self._studio.blobs.put("previews", png, "png")
            await newest.keep(self._studio.database, Preview, self._lease, step, key)
        except LeaseLost:
            if key is not None:
                await self._studio.blobs.delete(key)
            raise
        except (Busy, StorageFull, StoreUnreachable, OSError) as error:
            log.warning("no preview of job %s now: %s", self._lease.job.id, error)
