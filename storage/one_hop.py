"""aiosqlite with one hop to its thread for each statement instead of four, and one for a read.

SQLAlchemy asks aiosqlite for a cursor, to execute, to fetch, and to close, and each of these
wakes the connection's thread and waits for it. Here a cursor is made without asking, executing
brings the rows along, and a cursor that has been read to its end needs no closing: a claim with
its finish went from 15 to 11 ms, measured once on two cores that others used too.

A hop is dearest when the program is busiest: the thread wants the interpreter's lock, and gets it
from a thread that has work after 5 ms (`sys.setswitchinterval`). So a transaction that only reads
begins together with its first statement, where SQLite itself begins it (a plain BEGIN takes no
lock), and nobody waits for its end.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, Final

import aiosqlite

#: What begins a transaction that only reads.
READS: Final = "BEGIN"


def connect(database: str, **options: Any) -> aiosqlite.Connection:
    """A connection for SQLAlchemy's `async_creator_fn`; the same arguments as sqlite3's."""
    connection = _Connection(partial(sqlite3.connect, database, **options), iter_chunk_size=64)
    connection._thread.daemon = True  # noqa: SLF001 - as SQLAlchemy does to those it makes
    return connection


class _Connection(aiosqlite.Connection):
    #: Asked for, and to come with the next statement.
    begins = False
    #: In a transaction that began so.
    reads = False

    def cursor(self) -> Any:
        return _Cursor(self, self._conn.cursor())

    async def rollback(self) -> None:
        if self.begins:  # nothing was asked in it
            self.begins = False
        elif self.reads:
            self.reads = False
            # the thread does one thing after the other: the next transaction comes after this end,
            # and fails where this does
            self._tx.put_nowait((None, self._conn.rollback))
        else:
            await super().rollback()


class _Cursor(aiosqlite.Cursor):
    _rows: list[Any] | None = None

    def __init__(self, of: _Connection, cursor: sqlite3.Cursor) -> None:
        super().__init__(of, cursor)
        self._of = of

    async def execute(self, sql: str, parameters: Iterable[Any] | None = None) -> aiosqlite.Cursor:
        if sql == READS:
            self._of.begins, self._rows = True, []
            return self
        await self._run(self._cursor.execute, sql, parameters or ())
        return self

    async def executemany(self, sql: str, parameters: Iterable[Iterable[Any]]) -> aiosqlite.Cursor:
        await self._run(self._cursor.executemany, sql, parameters)
        return self

    async def _run(self, execute: Callable[..., Any], sql: str, parameters: Any) -> None:
        begins = self._of.begins
        if begins:
            self._of.begins, self._of.reads = False, True

        def all_rows() -> list[Any]:
            if begins:
                self._cursor.connection.execute(READS)
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
