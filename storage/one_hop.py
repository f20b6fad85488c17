"""aiosqlite with one hop to its thread for each statement instead of four.

SQLAlchemy asks aiosqlite for a cursor, to execute, to fetch, and to close, and each of these
wakes the connection's thread and waits for it. Here a cursor is made without asking, executing
brings the rows along, and a cursor that has been read to its end needs no closing: a claim with
its finish went from 15 to 11 ms, measured once on two cores that others used too.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import aiosqlite


def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """A connection for SQLAlchemy's `async_creator_fn`; the same arguments as sqlite3's."""
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does to those it makes
    return connection


class _Connection(aiosqlite.Connection):
    def cursor(self) -> Any:
        return _Cursor(self, self._conn.cursor())


class _Cursor(aiosqlite.Cursor):
    _rows: list[Any] | None = None

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> aiosqlite.Cursor:
        await self._run(self._cursor.execute, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> aiosqlite.Cursor:
        await self._run(self._cursor.executemany, sql, parameters)
        return self

    async def _run(self, execute: Callable[..., Any], sql: str, parameters: Any) -> None:
        def all_rows() -> list[Any]:
            execute(sql, parameters)
            return self._cursor.fetchall() if self._cursor.description else []

        in_thread: Any = self._execute
        self._rows = None
        self._rows = await in_thread(all_rows)

    async def fetchall(self) -> Iterable[Any]:
        return self._rows or []

    async def close(self) -> None:
        if self._rows is None:  # cut short: the statement may still run, in the other thread
            await super().close()
