"""The real parts that many tests share: a database file, a folder of blobs, a clock to move."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import hypothesis
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from tests import sqlite

pytest_plugins = ["tests.s3"]

# how long an example takes is the machine's affair, and no promise: see tests/bench
hypothesis.settings.register_profile("darkroom", deadline=None)
hypothesis.settings.load_profile("darkroom")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    opened = Database(sqlite.new_database(tmp_path / "darkroom.sqlite3"))
    yield opened
    await opened.close()


@pytest.fixture
def blobs(tmp_path: Path) -> FolderBlobs:
    return FolderBlobs(tmp_path / "blobs")


class Clock:
    """What `storage.clock` reads while a test moves it."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    async def shared(self, session: AsyncSession) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.at.timestamp()

    def advance(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Time stands still until the test moves it."""
    moved = Clock()
    monkeypatch.setattr("storage.clock.now", moved.now)
    monkeypatch.setattr("storage.clock.shared", moved.shared)
    monkeypatch.setattr("storage.clock.monotonic_s", moved.monotonic_s)
    return moved
