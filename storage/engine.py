"""Opening the database: a connection that writes, a few that read; SQLite or PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from socket import gaierror
from typing import Any, Self

import asyncpg
from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncSession

from storage import schema
from storage.connect import address, connect
from storage.errors import (
    Busy,
    DatabaseRefused,
    SchemaDamaged,
    StorageError,
    StorageFull,
)

#: How long a statement waits for another process's write before it gives up (`Busy`).
PATIENCE_S = 30.0


class Database:
    """The database of one Darkroom, used by bot and trainers at once.

    SQLite: every write opens with BEGIN IMMEDIATE, because a deferred transaction that reads
    and then writes fails at once with SQLITE_BUSY_SNAPSHOT when another process wrote in
    between, whatever the busy timeout. `synchronous=FULL`: what was acknowledged survives power
    loss. PostgreSQL: the same statements; writers are READ COMMITTED and lock the rows they
    decide by, readers see one state.
    """

    def __init__(self, where: Path | str, patience_s: float = PATIENCE_S) -> None:
        self.url = address(where)
        # one connection that writes, where only one at a time can anyway: it queues in here,
        # instead of knocking at the file
        writers = 1 if self.is_sqlite else 4
        self._writer = connect(self.url, patience_s, writes=True, pool_size=writers)
        self._readers = connect(self.url, patience_s, writes=False, pool_size=4)

    @property
    def is_sqlite(self) -> bool:
        return self.url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path:
        """The SQLite file."""
        assert self.is_sqlite, "a PostgreSQL database has no file of ours"
        return Path(self.url.database or "")

    @classmethod
    async def open(cls, where: Path | str, patience_s: float = PATIENCE_S) -> Self:
        """Open a file or a PostgreSQL URL, and bring its tables up to this version.

        Raises SchemaMismatch when a newer Darkroom wrote it, SchemaDamaged when it cannot be
        read, Busy when it does not answer.
        """
        database = cls(where, patience_s)
        if database.is_sqlite:
            database.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            async with _translated():
                await schema.prepare(database.url, patience_s)
        except BaseException:
            await database.close()
            raise
        return database

    async def close(self) -> None:
        await self._writer.dispose()
        await self._readers.dispose()

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A session in one transaction: committed at the end, undone on an error.

        Raises Busy or StorageFull; nothing was changed then.
        """
        async with (
            _translated(),
            AsyncSession(self._writer, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session that sees one consistent state and changes nothing. Raises Busy."""
        async with (
            _translated(),
            AsyncSession(self._readers, expire_on_commit=False) as session,
        ):
            yield session


def insert(session: AsyncSession, table: Any) -> Any:
    """An INSERT that knows ON CONFLICT; both databases spell it alike, standard SQL not at all."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    return sqlite.insert(table) if is_sqlite else postgresql.insert(table)


async def one_at_a_time(session: AsyncSession, what: str) -> None:
    """Until this transaction ends, no other that names the same `what` goes on from here.

    SQLite has one writer and needs nothing.
    """
    if session.get_bind().dialect.name != "sqlite":
        await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(what, 0))))


#: PostgreSQL's error classes (https://www.postgresql.org/docs/current/errcodes-appendix.html):
#: connection, serialisation and deadlock, lock not available, operator intervention.
_PASSING = ("08", "40", "55P03", "57")
_NO_SPACE = ("53100", "54")
#: No such role, password, or database.
_NOT_LET_IN = ("28", "3D")


@asynccontextmanager
async def _translated() -> AsyncIterator[None]:
    """What the drivers say about the state of the database, in our words."""
    try:
        yield
    except DBAPIError as error:
        meant = _meaning(error)
        if meant is None:
            raise
        raise meant from error
    except (ConnectionError, TimeoutError, gaierror, PoolTimeout) as error:
        raise Busy from error  # before there is a connection
    except asyncpg.PostgresError as error:  # on the way in
        raise _refused(error) from error


def _meaning(error: DBAPIError) -> StorageError | None:
    said = str(error.orig).lower()
    code = getattr(error.orig, "sqlstate", None) or ""
    if code.startswith(_NOT_LET_IN):
        return _refused(error.orig)
    if "readonly" in said or "unable to open" in said:
        return DatabaseRefused(
            f"The database may not be written ({said}). Check who owns DARKROOM_DATA."
        )
    if "locked" in said or error.connection_invalidated or code.startswith(_PASSING):
        return Busy()
    if "disk is full" in said or "disk i/o error" in said or code.startswith(_NO_SPACE):
        return StorageFull()
    if "malformed" in said or "not a database" in said:
        return SchemaDamaged()
    return None


def _refused(error: object) -> DatabaseRefused:
    return DatabaseRefused(f"PostgreSQL refuses: {error}. Check DARKROOM_POSTGRESQL.")
