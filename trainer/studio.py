"""What every job of a worker shares: the rows, the blobs, the resident base and its thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from storage.blobs import Blobs
from storage.engine import Database
from trainer.base import Base

T = TypeVar("T")


class Studio:
    """One thread owns the device: whatever runs there has the base to itself until it returns,
    while heartbeats and the database go on beside it."""

    def __init__(self, database: Database, blobs: Blobs, base: Base) -> None:
        self.database = database
        self.blobs = blobs
        self.base = base
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="device")

    async def on_device(self, work: Callable[[], T]) -> T:
        """The result of `work`, run in the device's thread after whatever runs there now."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def close(self) -> None:
        self._thread.shutdown()
