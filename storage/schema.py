"""The tables' version: brought forward at the start, never back.

Migrations are Alembic's (`storage/migrations`). A start-up runs what is missing inside one
transaction, under a lock, so that a bot and a trainer that start together do it once.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL

from storage import tables
from storage.connect import connect
from storage.errors import SchemaDamaged, SchemaMismatch

#: The revision that Darkrooms before migrations wrote, told by SQLite's user_version 1.
FIRST = "0001"


def configuration() -> Config:
    """Alembic's, for programs that run it by hand."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    return config


async def prepare(url: URL, patience_s: float) -> None:
    """Bring the database at `url` to this version's tables.

    Raises SchemaMismatch for one that a newer Darkroom wrote, SchemaDamaged for one that fails
    SQLite's own check or lacks tables it should have.
    """
    # rebuilding a table drops the old one, which would take along all that refers to it
    engine = connect(url, patience_s, writes=True, foreign_keys=False)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_bring_forward)
    finally:
        await asyncio.shield(engine.dispose())


def _bring_forward(connection: Connection) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    if not is_sqlite:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('darkroom schema'))"))
    config = configuration()
    config.attributes["connection"] = connection
    script = ScriptDirectory.from_config(config)
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None and is_sqlite:
        found = _before_migrations(connection)
        if found is not None:
            command.stamp(config, found)
    newest = script.get_current_head()
    if found is not None and found not in {
        revision.revision for revision in script.walk_revisions()
    }:
        raise SchemaMismatch(
            f"The database has schema {found}, this Darkroom knows schemas up to {newest}: a newer"
            " version wrote it. Run that version, or restore an older backup: darkroom restore"
            " FOLDER"
        )
    if found is not None and is_sqlite:
        _check_file(connection)
    if found != newest:
        command.upgrade(config, "head")
        if is_sqlite and connection.execute(text("PRAGMA foreign_key_check")).first():
            raise SchemaDamaged("Rows refer to rows that are not there. " + _RESTORE)
    _check_tables(connection)


_RESTORE = "Restore a backup: darkroom restore FOLDER"


def _before_migrations(connection: Connection) -> str | None:
    """The revision of a file that knows nothing of Alembic; None for a new one."""
    version = connection.execute(text("PRAGMA user_version")).scalar_one()
    if version == 0:
        return None
    return FIRST if version == 1 else f"user_version {version}"


def _check_file(connection: Connection) -> None:
    """SQLite's quick check: pages and rows, without the indexes. Raises SchemaDamaged."""
    first = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if first != "ok":
        raise SchemaDamaged(f"The database is damaged ({first}). {_RESTORE}")


def _check_tables(connection: Connection) -> None:
    """Every table and column that the code will name is there. Raises SchemaDamaged."""
    found = inspect(connection)
    for table in tables.Job.metadata.sorted_tables:
        there = (
            {column["name"] for column in found.get_columns(table.name)}
            if found.has_table(table.name)
            else set()
        )
        missing = sorted({column.name for column in table.columns} - there)
        if missing:
            raise SchemaDamaged(f"The table {table.name} lacks {', '.join(missing)}. {_RESTORE}")
