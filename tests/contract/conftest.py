"""One suite, two databases: what `storage` promises, it promises on both."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.engine import Database
from tests import postgresql, sqlite

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Which database; a module-wide server is started before any event loop runs."""
    if request.param == "postgresql":
        postgresql.template()
    return str(request.param)


@pytest.fixture
async def place(backend: str, tmp_path: Path) -> AsyncIterator[Path | str]:
    """Where a database with tables and without rows is: a file, or an address."""
    if backend == "sqlite":
        yield sqlite.new_database(tmp_path / "darkroom.sqlite3")
    else:
        address = await postgresql.new_database(postgresql.template())
        yield address
        await postgresql.drop(address)


@pytest.fixture
async def database(place: Path | str) -> AsyncIterator[Database]:
    opened = Database(place)
    yield opened
    await opened.close()


@pytest.fixture
async def nowhere(backend: str, tmp_path: Path) -> AsyncIterator[Path | str]:
    """Where a database without any table is."""
    if backend == "sqlite":
        yield tmp_path / "new" / "darkroom.sqlite3"
    else:
        empty = await postgresql.new_database()
        yield empty
        await postgresql.drop(empty)
