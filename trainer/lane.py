"""The interactive lane of one worker: jobs of pictures in hand, drawn together."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from storage import clock, queue
from trainer.easel import DRAWN_AT_ONCE
from trainer.printing import PrintingRoom

log = logging.getLogger("darkroom.trainer")

#: Between two looks for jobs that could join those being drawn.
LOOK_EVERY_S = 0.05
#: Pictures in hand: a batch, and some that are ready when it has room.
IN_HAND = DRAWN_AT_ONCE + DRAWN_AT_ONCE // 2


class Lane:
    """`do` brings a claimed job to its end, and has its pictures drawn in `room` meanwhile."""

    def __init__(
        self, room: PrintingRoom, do: Callable[[queue.Lease], Coroutine[Any, Any, None]]
    ) -> None:
        self._room, self._do = room, do
        self._jobs: dict[asyncio.Task[None], queue.Lease] = {}
        self._newest: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        return len(self._jobs)

    def take(self, lease: queue.Lease) -> None:
        """Begin a job; `serve` draws for it."""
        self._room.arrived.clear()
        self._newest = asyncio.create_task(self._do(lease))
        self._jobs[self._newest] = lease

    async def serve(
        self,
        is_enough: Callable[[], bool],
        claim: Callable[[], Awaitable[queue.Lease | None]],
    ) -> None:
        """Draw until nobody waits or it `is_enough` for now; what `claim` finds meanwhile joins at
        the next step. Raises what `do` raises.
        """
        looked_at = -math.inf
        while not is_enough():
            if self._has_room() and clock.monotonic_s() - looked_at > LOOK_EVERY_S:
                looked_at = clock.monotonic_s()
                lease = await claim()
                if lease is not None:
                    self.take(lease)
                    looked_at = -math.inf
            if not self._jobs:
                return
            if len(self._room):
                await self._room.step()
            else:
                await self._until_wanted()
            for task in [task for task in self._jobs if task.done()]:
                del self._jobs[task]
                task.result()

    def _has_room(self) -> bool:
        """Whether another job may join: once the last one has arrived or ended, for there must be
        no worker that claims on while the device is full. And none joins one that was tried
        before: it may have ended its last worker, and would take its company's attempts with it.
        """
        if self._newest in self._jobs and not self._room.arrived.is_set():
            return False
        jobs = [lease.job for lease in self._jobs.values()]
        is_careful = any(job.attempt > 1 for job in jobs)
        return not is_careful and sum(job.spec["pictures"] for job in jobs) < IN_HAND

    async def _until_wanted(self) -> None:
        """Until there is something to draw, or a job that waits for none has ended."""
        wanted = asyncio.create_task(self._room.wanted.wait())
        await asyncio.wait({wanted, *self._jobs}, return_when=asyncio.FIRST_COMPLETED)
        wanted.cancel()

    async def leave(self, error: Exception) -> None:
        """End all that is in hand, and whatever still comes, with this error."""
        self._room.close(error)
        for ended in await asyncio.gather(*self._jobs, return_exceptions=True):
            if isinstance(ended, Exception):
                log.warning("a job did not end as it should: %r", ended)
        self._jobs.clear()
