"""Being told that something was written, instead of asking all the time.

A hint and never a promise: whoever waits here also looks by itself after a while, so a lost
wake-up costs a wait and nothing else.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
from types import TracebackType
from typing import Any, Self

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.connect import CONNECT_S
from storage.engine import Database

log = logging.getLogger("darkroom.storage")

CHANNEL = "darkroom"
#: How often SQLite is asked whether another connection wrote (`PRAGMA data_version`: a read of
#: shared memory, no lock, https://sqlite.org/pragma.html#pragma_data_version).
LOOK_EVERY_S = 0.05


async def tell(session: AsyncSession) -> None:
    """Wake whoever waits, when this transaction commits. SQLite's watchers see it by themselves."""
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(select(func.pg_notify(CHANNEL, "")))


class Watch:
    """Waits for writes of others. Open it once for as long as it is needed."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._told = asyncio.Event()
        self._file: sqlite3.Connection | None = None
        self._version: int | None = None
        self._listener: Any = None

    async def __aenter__(self) -> Self:
        if self._database.is_sqlite:
            self._file = sqlite3.connect(self._database.path, timeout=0, isolation_level=None)
            self._version = self._look()
        else:
            await self._listen()
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        if self._file is not None:
            self._file.close()
        if self._listener is not None:
            await self._listener.close()

    async def changed(self, stopping: asyncio.Event, at_most_s: float) -> None:
        """Return when somebody wrote, when `stopping` is set, or after `at_most_s` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(at_most_s):
                if self._database.is_sqlite:
                    await self._until_written(stopping)
                else:
                    await self._until_told(stopping)

    def is_news(self) -> bool:
        """Whether somebody wrote since this was last asked: for who has other work between two
        looks. It waits for nothing and costs a look into memory."""
        if self._database.is_sqlite:
            before, self._version = self._version, self._look()
            return before != self._version
        was_told = self._told.is_set()
        self._told.clear()
        return was_told

    async def _until_written(self, stopping: asyncio.Event) -> None:
        while not stopping.is_set():
            version = self._look()
            if version != self._version:
                self._version = version
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), LOOK_EVERY_S)

    def _look(self) -> int | None:
        assert self._file is not None
        try:
            return int(self._file.execute("PRAGMA data_version").fetchone()[0])
        except sqlite3.OperationalError:  # locked this very moment: somebody is writing
            return None

    async def _until_told(self, stopping: asyncio.Event) -> None:
        if self._listener is None or self._listener.is_closed():
            await self._listen()
        told = asyncio.create_task(self._told.wait())
        asked = asyncio.create_task(stopping.wait())
        try:
            await asyncio.wait({told, asked}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            told.cancel()
            asked.cancel()
        self._told.clear()

    async def _listen(self) -> None:
        url = self._database.url.set(drivername="postgresql")
        try:
            self._listener = await asyncpg.connect(
                url.render_as_string(hide_password=False), timeout=CONNECT_S
            )
            await self._listener.add_listener(CHANNEL, lambda *_: self._told.set())
        except (OSError, TimeoutError, asyncpg.PostgresError) as error:
            log.warning("no wake-ups until PostgreSQL answers again: %s", error)
            self._listener = None
