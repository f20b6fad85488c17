"""A copy of an SQLite database: made while others write, checked, and read without a trace."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from storage.errors import AlreadyRunning, Busy, SchemaDamaged, StorageFull
from storage.named import adapters, columns_of
from storage.schema import FIRST
from storage.tables import Job

#: How long the copy waits for a lock; under WAL there is none to wait for.
PATIENCE_S = 30.0


@dataclass(frozen=True)
class Rows:
    """What a copy of the database says of itself."""

    revision: str
    counts: dict[str, int]
    #: Every file that a row names, with its sha256 where the row knows it.
    keys: dict[str, str | None]


def snapshot(source: Path, copy: Path) -> Rows:
    """Copy the database of this moment into a new file, check the copy, and say what it names.

    Raises SchemaDamaged, StorageFull, Busy.
    """
    with _in_our_words(source), closing(open_file(source)) as connection:
        copy_into(connection, copy)
    return examine(copy)


def copy_into(connection: sqlite3.Connection, copy: Path) -> None:
    """The database of one moment, into a new file.

    VACUUM INTO reads inside one transaction: under WAL no writer waits for it. `Connection.backup`
    in steps begins again with every write of another process, and copies free pages too, in which
    forgotten members' rows may still be read.
    """
    connection.execute("VACUUM INTO ?", (str(copy),))


def open_file(path: Path, patience_s: float = PATIENCE_S) -> sqlite3.Connection:
    """An existing database, as it is: nothing in it is brought forward."""
    return sqlite3.connect(
        f"{path.resolve().as_uri()}?mode=rw", uri=True, timeout=patience_s, isolation_level=None
    )


def examine(copy: Path) -> Rows:
    """Check a copy that nobody writes, and list what it names. Raises SchemaDamaged."""
    with _in_our_words(copy), closing(open_copy(copy)) as connection:
        first = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if first != "ok":
            raise SchemaDamaged(f"{copy} is damaged ({first}). Restore an older backup with --at.")
        if connection.execute("PRAGMA foreign_key_check").fetchone():
            raise SchemaDamaged(f"In {copy} rows refer to rows that are not there.")
        present = _names(connection)
        return Rows(
            revision=_revision(connection),
            counts={
                table.name: connection.execute(
                    f"SELECT count(*) FROM {table.name}"  # noqa: S608 - a name out of our own code
                ).fetchone()[0]
                for table in Job.metadata.sorted_tables
                if table.name in present
            },
            keys=dict(_keys(connection)),
        )


def open_copy(path: Path) -> sqlite3.Connection:
    """A database that nobody writes: only read, no file beside it made."""
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def _names(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema").fetchall()}


def _revision(connection: sqlite3.Connection) -> str:
    """The schema's; the first Darkroom wrote none down."""
    if "alembic_version" not in _names(connection):
        return FIRST
    (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(revision)


def _keys(connection: sqlite3.Connection) -> Iterator[tuple[str, str | None]]:
    for column in columns_of(_revision(connection)):
        for (key,) in connection.execute(str(select(column))):
            yield key, None
    yield from connection.execute(str(select(adapters.blob_key, adapters.sha256)))


def fold(path: Path) -> None:
    """Everything into the one file. Raises AlreadyRunning while somebody has it open."""
    with closing(open_file(path, patience_s=1)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            raise AlreadyRunning(
                f"A bot, a trainer or another program has opened {path}. Stop it, then restore."
            ) from error


def rows_naming(copy: Path, keys: Mapping[str, str]) -> list[str]:
    """Which rows of a copy name these files, a line for each, with what is said of the file."""
    lines: list[str] = []
    with closing(open_copy(copy)) as connection:
        for column in columns_of(_revision(connection)):
            lines += [
                f"{column.table.name} {number}, {column.name}: {keys[key]}"
                for number, key in connection.execute(str(select(column.table.c.id, column)))
                if key in keys
            ]
    return lines


@contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    """What SQLite says, as storage's errors; those of its own need no word of ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        said = str(error)
        if "locked" in said:
            raise Busy from error
        if "full" in said or "disk I/O" in said:
            raise StorageFull from error
        raise SchemaDamaged(
            f"{path} cannot be read ({said}). Restore a backup: darkroom restore FOLDER"
        ) from error
