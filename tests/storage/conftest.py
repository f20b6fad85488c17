"""A Darkroom, a folder for its backups, and a fresh machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.settings import StorageSettings


@pytest.fixture
def settings(tmp_path: Path) -> StorageSettings:
    return StorageSettings(data=tmp_path)


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("backups")


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> StorageSettings:
    """A fresh machine."""
    return StorageSettings(data=tmp_path_factory.mktemp("machine") / "darkroom")
