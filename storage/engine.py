"""Opening the database: one connection that writes, a few that read."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Self

from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlmodel import SQLModel

from storage import WAL_SAFE
from storage.errors import SchemaMismatch

#: Raised by one with every change of the tables; migrations come with the second version.
SCHEMA_VERSION = 1

#: How long a statement waits for another process's write before it gives up.
BUSY_TIMEOUT_S = 30


def journal_mode() -> str:
    """WAL where the SQLite library is free of the WAL-reset bug, else the rollback journal."""
    return "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE else "DELETE"


class Database:
    """The SQLite file of one Darkroom, used by bot and trainer at once.

    Every write opens with BEGIN IMMEDIATE: a deferred transaction that reads and then writes
    fails at once with SQLITE_BUSY_SNAPSHOT when another process wrote in between, whatever the
    busy timeout. `synchronous=FULL`: what was acknowledged survives power loss.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._writer = self._engine("BEGIN IMMEDIATE", pool_size=1)
        self._readers = self._engine("BEGIN", pool_size=4)

    def _engine(self, begin: str, pool_size: int) -> AsyncEngine:
        engine = create_async_engine(
            f"sqlite+aiosqlite:///{self.path}",
            pool_size=pool_size,
            max_overflow=0,
            connect_args={"timeout": BUSY_TIMEOUT_S, "isolation_level": None},
        )

        def on_connect(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_S * 1000}")
            cursor.execute(f"PRAGMA journal_mode = {journal_mode()}")
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute("PRAGMA foreign_keys = ON")
            cursor.close()

        def on_begin(connection: Any) -> None:
            connection.exec_driver_sql(begin)

        event.listen(engine.sync_engine, "connect", on_connect)
        event.listen(engine.sync_engine, "begin", on_begin)
        return engine

    @classmethod
    async def open(cls, path: Path) -> Self:
        """Open the file, creating it and its tables when it is new.

        Raises SchemaMismatch when a newer or older Darkroom wrote it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        database = cls(path)
        try:
            async with database._writer.begin() as connection:
                version = (await connection.execute(text("PRAGMA user_version"))).scalar_one()
                if version == 0:
                    await connection.run_sync(SQLModel.metadata.create_all)
                    await connection.execute(text(f"PRAGMA user_version = {SCHEMA_VERSION}"))
                elif version != SCHEMA_VERSION:
                    raise SchemaMismatch(
                        f"{path} has schema {version}; this Darkroom reads schema "
                        f"{SCHEMA_VERSION}. Run the version that wrote it, or restore a backup."
                    )
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        await self._writer.dispose()
        await self._readers.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session in one IMMEDIATE transaction: committed at the end, undone on an error."""
        async with AsyncSession(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that sees one consistent state and changes nothing."""
        async with AsyncSession(self._readers, expire_on_commit=False) as session:
            yield session
