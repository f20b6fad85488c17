"""What the fault tests share: the zygote and an empty database."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.engine import Database
from tests.faults.losses import BLOBS, DATABASE
from tests.faults.zygote import Zygote


@pytest.fixture(scope="session")
def zygote() -> Iterator[Zygote]:
    with Zygote() as running:
        yield running


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A place with tables and without rows, to be copied."""
    return new_place(tmp_path_factory.mktemp("faults") / "empty")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return new_place(tmp_path / "place")


def new_place(where: Path) -> Path:
    """An empty database and a folder for files."""

    async def make() -> None:
        await (await Database.open(where / DATABASE)).close()

    asyncio.run(make())
    (where / BLOBS).mkdir()
    return where
