"""Connections: how each database is addressed and set up."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from storage import WAL_SAFE, one_hop

#: A write that waits for another process's looks again this often. SQLite's own wait looks more
#: and more rarely, down to ten times a second, so that whoever waited long is overtaken by all who
#: come fresh (`sqliteDefaultBusyCallback`).
LOOK_AGAIN_MS = 4
#: How long PostgreSQL may take to answer a connection.
CONNECT_S = 5.0


def address(where: Path | str) -> URL:
    """The URL for SQLAlchemy's asynchronous drivers; a path is an SQLite file."""
    if isinstance(where, Path) or "://" not in where:
        return URL.create("sqlite+aiosqlite", database=str(where))
    url = make_url(where)
    is_sqlite = url.get_backend_name() == "sqlite"
    return url.set(drivername="sqlite+aiosqlite" if is_sqlite else "postgresql+asyncpg")


def journal_mode() -> str:
    """WAL where the SQLite library is free of the WAL-reset bug, else the rollback journal."""
    return "WAL" if sqlite3.sqlite_version_info >= WAL_SAFE else "DELETE"


def connect(
    url: URL, patience_s: float, *, writes: bool, pool_size: int = 1, foreign_keys: bool = True
) -> AsyncEngine:
    """Connections of one kind, made when they are first needed.

    Whoever wants one waits `patience_s` seconds for it at most, and as long for a lock. SQLite:
    those that write open every transaction with BEGIN IMMEDIATE. PostgreSQL: those that write see
    what others committed meanwhile, those that read see one state.
    """
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, patience_s, "BEGIN IMMEDIATE" if writes else one_hop.READS, pool_size,
                       foreign_keys=foreign_keys)  # fmt: skip
    return create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience_s,
        pool_pre_ping=True,  # a server that was restarted costs one reconnection, no error
        isolation_level="READ COMMITTED" if writes else "REPEATABLE READ",
        connect_args={
            "timeout": CONNECT_S,
            "server_settings": {"lock_timeout": str(round(patience_s * 1000))},
        },
    )


def _sqlite(
    url: URL, patience_s: float, begin: str, pool_size: int, *, foreign_keys: bool
) -> AsyncEngine:
    engine = create_async_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=patience_s,
        connect_args={
            "timeout": patience_s,
            "isolation_level": None,
            "async_creator_fn": one_hop.connect,
        },
    )

    is_patient_itself = begin == "BEGIN IMMEDIATE" and journal_mode() == "WAL"

    def on_connect(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        # first, because even `journal_mode` can meet a lock
        cursor.execute(f"PRAGMA busy_timeout = {round(patience_s * 1000)}")
        cursor.execute(f"PRAGMA journal_mode = {journal_mode()}")
        if is_patient_itself:  # in WAL mode whoever has begun to write meets no lock any more
            cursor.execute(f"PRAGMA busy_timeout = {min(LOOK_AGAIN_MS, round(patience_s * 1000))}")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        cursor.close()

    def on_begin(connection: Any) -> None:
        looks = round(patience_s * 1000 / LOOK_AGAIN_MS) if is_patient_itself else 0
        while True:
            try:
                connection.exec_driver_sql(begin)
                return
            except OperationalError as error:
                if "locked" not in str(error.orig) or looks <= 0:
                    raise
                looks -= 1

    event.listen(engine.sync_engine, "connect", on_connect)
    event.listen(engine.sync_engine, "begin", on_begin)
    return engine
