"""Being the only bot on a database, for as long as the process lives and however it ends.

SQLite: a lock file beside the database, in an exclusive transaction; the kernel frees it with
the process. PostgreSQL: an advisory lock of a session; the server frees it with the connection,
within a minute even when the bot's machine has lost its power.

And being the only bot of a token on this machine: two of them, each on a database of its own (a
copied folder, a second checkout), would both be told of everything, and either of them answer.

Not covered: a PostgreSQL that restarts frees the lock too, and it is taken again some seconds
later. A second bot that started in between would stay; the outbox's turns keep the two from
saying everything twice. Two bots of one token on two machines, or of two users with a folder for
temporary files each, do not see each other.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import logging
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import URL

from storage.connect import CONNECT_S, address
from storage.errors import AlreadyRunning, Busy, DatabaseRefused, StorageFull

log = logging.getLogger("darkroom.storage")

#: How often a bot looks whether PostgreSQL still holds its lock for it.
LOOK_EVERY_S = 5.0
#: PostgreSQL gives up a silent client after 30 + 3 x 10 seconds, not after its usual two hours.
KEEPALIVE = {
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}

IN_USE = (
    "Another bot on this machine already uses this token. Stop it first, or give this one a token"
    " of its own."
)


@asynccontextmanager
async def sole(where: Path | str) -> AsyncIterator[None]:
    """Be the only bot on this database while the block runs.

    Raises AlreadyRunning while another is, and Busy when PostgreSQL does not answer.
    """
    url = address(where)
    if url.get_backend_name() == "sqlite":
        with _lock_file(Path(url.database or "").resolve()):  # noqa: ASYNC240 - nothing else runs yet
            yield
    else:
        async with _server_lock(url):
            yield


@contextmanager
def sole_of(token: str) -> Iterator[None]:
    """Be the only bot of this token on this machine while the block runs.

    Raises AlreadyRunning while another is.
    """
    # of a token's length nothing can be guessed from its hash, and of the hash this is enough
    name = hashlib.sha256(token.encode()).hexdigest()[:24]
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(_lock_file(Path(tempfile.gettempdir()) / f"darkroom-{name}"))
        except AlreadyRunning:
            raise AlreadyRunning(IN_USE) from None
        except (DatabaseRefused, StorageFull, OSError) as error:  # another user's file, no room
            log.warning("whether another bot uses this token is not known: %s", error)
        yield


@contextmanager
def _lock_file(database: Path) -> Iterator[None]:
    database.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.closing(
        sqlite3.connect(f"{database}.bot-lock", timeout=0, isolation_level=None)
    ) as held:
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise AlreadyRunning from None
            if "full" in str(error):
                raise StorageFull from error
            raise DatabaseRefused(
                f"{database}.bot-lock cannot be written ({error}). Check who owns its folder."
            ) from error
        yield


@asynccontextmanager
async def _server_lock(url: URL) -> AsyncIterator[None]:
    held = [await _take(url)]
    keeping = asyncio.create_task(_keep(url, held))
    try:
        yield
    finally:
        keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await keeping
        await held[0].close()


async def _take(url: URL) -> Any:
    """A connection that holds the lock."""
    try:
        connection = await asyncpg.connect(
            url.set(drivername="postgresql").render_as_string(hide_password=False),
            timeout=CONNECT_S,
            server_settings=KEEPALIVE,
        )
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError) as error:
        raise Busy from error
    try:
        # an advisory lock belongs to one database: those of one server do not meet
        question = "SELECT pg_try_advisory_lock(hashtextextended('the bot of this Darkroom', 0))"
        if not await connection.fetchval(question):
            raise AlreadyRunning
    except BaseException:
        await connection.close()
        raise
    return connection


async def _keep(url: URL, held: list[Any]) -> None:
    """Take the lock again when its connection is lost; `held` has the one that holds it."""
    while True:
        await asyncio.sleep(LOOK_EVERY_S)
        if held[0].is_closed():
            try:
                held[0] = await _take(url)
            except AlreadyRunning:
                log.error("another bot took this database while PostgreSQL was away: stop one")  # noqa: TRY400 - the sentence says it all
            except (Busy, asyncpg.PostgresError) as error:
                log.warning("PostgreSQL does not hold the bot's lock just now: %s", error)
            else:
                log.info("PostgreSQL holds the bot's lock again")
