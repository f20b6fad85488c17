"""When nothing is restored, and nothing is touched."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest

from storage import clock, gallery, subjects
from storage.backup import backup
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.errors import AlreadyRunning, BackupDamaged, NoBackup, SchemaMismatch
from storage.restore import restore
from storage.settings import StorageSettings
from storage.sole import sole
from storage.tables import Worker
from tests.rows import (
    new_subject,
)
from tests.storage.whole import all_of, held


@pytest.mark.parametrize(
    "harm", [*product(["manifest.json", "darkroom.sqlite3", "crops"], ["changed", "cut", "gone"])]
)
async def test_a_damaged_backup_is_refused_before_anything_is_touched(
    database: Database,
    blobs: FolderBlobs,
    settings: StorageSettings,
    folder: Path,
    harm: tuple[str, str],
) -> None:
    what, how = harm
    await all_of(database, blobs)
    await backup(settings, folder)
    await new_subject(database, token="later")
    await database.close()
    victim = next(
        path for path in folder.rglob("*.*") if what in path.parts[-3:] and path.is_file()
    )
    data = victim.read_bytes()
    if how == "gone":
        victim.unlink()
    else:
        victim.write_bytes(data[:-1] if how == "cut" else data[:-1] + bytes([data[-1] ^ 1]))
    before = held(settings.data)
    with pytest.raises((BackupDamaged, NoBackup)):
        await restore(settings, folder)
    assert held(settings.data) == before


async def test_it_waits_until_the_trainer_is_silent(
    database: Database, settings: StorageSettings, folder: Path
) -> None:
    worker = Worker(base="tiny", base_hash="0" * 64, device="cpu")
    worker_id = await gallery.check_in(database, worker)
    await backup(settings, folder)
    await database.close()
    with pytest.raises(AlreadyRunning, match="Stop bot and trainers"):
        await restore(settings, folder)
    database = await Database.open(settings.database)
    async with database.write() as session:
        found = await session.get_one(Worker, worker_id)
        found.seen_at = clock.now() - timedelta(seconds=gallery.AWAKE_S)
    await database.close()
    await restore(settings, folder)
    database = await Database.open(settings.database)
    assert not gallery.is_awake(await gallery.latest_worker(database))
    await database.close()


async def test_it_is_refused_while_anybody_has_the_database_open(
    database: Database, settings: StorageSettings, folder: Path
) -> None:
    await subjects.give_consent(database, 1, 1)
    await backup(settings, folder)
    before = held(settings.data)
    with pytest.raises(AlreadyRunning, match=r"has .*darkroom\.sqlite3 open"):
        await restore(settings, folder)
    assert held(settings.data) == before


async def test_it_is_refused_while_a_bot_works(
    database: Database, settings: StorageSettings, folder: Path
) -> None:
    await backup(settings, folder)
    await database.close()
    async with sole(settings.database):
        with pytest.raises(AlreadyRunning, match="A bot works"):
            await restore(settings, folder)
    await restore(settings, folder)


async def test_a_backup_of_a_newer_darkroom_is_refused_before_anything_is_touched(
    database: Database, settings: StorageSettings, folder: Path
) -> None:
    await database.close()
    shutil.copy(settings.database, settings.data / "mine")
    with closing(sqlite3.connect(settings.database)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.commit()
    await backup(settings, folder)
    (settings.data / "mine").replace(settings.database)
    before = held(settings.data)
    with pytest.raises(SchemaMismatch, match="newer"):
        await restore(settings, folder)
    assert held(settings.data) == before


async def test_a_backup_that_is_not_there_is_answered_with_those_that_are(
    database: Database, settings: StorageSettings, folder: Path, elsewhere: StorageSettings
) -> None:
    with pytest.raises(NoBackup, match="no backup in"):
        await restore(elsewhere, folder)
    done = await backup(settings, folder)
    with pytest.raises(NoBackup, match=done.stamp):
        await restore(elsewhere, folder, "20260101T000000.000000Z")
    assert not elsewhere.data.exists()
