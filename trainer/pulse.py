"""The heartbeat of one claimed job: it keeps the lease, shows progress and hears of a cancel."""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Any, Self

from storage import clock, queue
from storage.engine import Database
from storage.errors import LeaseLost

log = logging.getLogger("darkroom.trainer")

#: Members watch the progress: it is written down this often, or more often for short leases.
SHOWN_EVERY_S = 1.0


class JobCancelled(Exception):
    """The job's member asked for it to stop."""


class Pulse:
    """Beats while its block runs. The work calls `check` between two steps.

    A beat that finds the lease gone, or no beat landing for half the lease, ends the work at its
    next `check` with LeaseLost: by then another worker may have the job.
    """

    def __init__(self, database: Database, lease: queue.Lease, lease_s: float) -> None:
        self.progress: dict[str, Any] = {"phase": "loading"}
        self._database = database
        self._lease = lease
        self._lease_s = lease_s
        self._every_s = min(SHOWN_EVERY_S, lease_s / queue.BEATS)
        self._is_lost = False
        self._cancel: queue.Cancel | None = None
        self._ended = asyncio.Event()
        self._beating: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._beating = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        # never cancelled inside a transaction: the task sees the flag and ends by itself
        assert self._beating is not None
        self._ended.set()
        await self._beating

    @property
    def is_enough(self) -> bool:
        """Whether a cancel was asked for that keeps what has been made so far."""
        return self._cancel is not None and self._cancel.keeps

    def check(self, *, has_something: bool = False) -> None:
        """Raise LeaseLost or JobCancelled when the work must end here.

        With `has_something` there is something to keep: a cancel that asks for that is left to
        `is_enough`.
        """
        if self._is_lost:
            raise LeaseLost
        if self._cancel is not None and not (has_something and self.is_enough):
            raise JobCancelled

    def show(self, phase: str, step: int = 0, total: int = 0, rate: float | None = None) -> None:
        """What the member's panel says from the next beat on; `rate` in steps a second."""
        self.progress = {"phase": phase, "step": step, "total": total, "rate": rate}

    async def _beat(self) -> None:
        landed = clock.monotonic_s()
        while not self._ended.is_set() and not self._is_lost:
            try:
                self._cancel = await queue.beat(
                    self._database, self._lease, lease_s=self._lease_s, progress=self.progress
                )
                landed = clock.monotonic_s()
            except LeaseLost:
                self._is_lost = True
                return
            except Exception:
                log.exception("a heartbeat did not land")
                self._is_lost = clock.monotonic_s() - landed > self._lease_s / 2
            try:
                await asyncio.wait_for(self._ended.wait(), self._every_s)
            except TimeoutError:
                continue
