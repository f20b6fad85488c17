"""Restoring: whole, on any machine, and without bringing back who was forgotten."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import create_engine, update

from storage import clock, outbox, queue, schema
from storage.backup import backup
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import erase
from storage.errors import BackupDamaged
from storage.restore import restore
from storage.settings import StorageSettings
from storage.shelf import Shelf
from storage.snapshot import examine
from storage.tables import Crop, Erasure, Job, Member, Photo, columns
from tests.rows import (
    ask,
    claimed,
    count,
    crops_of,
    files,
    keys_of,
    new_photo,
    new_subject,
    rows,
)
from tests.storage.whole import all_of, held

OLD_SUBJECT = """
INSERT INTO subject (id, owner_id, token, class_word, kind, base, created_at)
VALUES (1, 1, 'zwx', 'woman', 'person', 'tiny', '2026-01-01')
"""
OLD_PHOTO = """
INSERT INTO photo (id, subject_id, source_sha256, filename, framing, width, height, sharpness,
    light, phash, mirror_phash, warnings, crop_x, crop_y, crop_side, upright_key, crop_key,
    created_at)
VALUES (1, 1, 'abc', 'a.jpg', 'face', 90, 90, 1, 1, '', '', '[]', 0, 0, 90, ?, ?, '2026-01-01')
"""


async def test_the_replaced_database_is_kept_aside_and_its_files_stay(
    database: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    await all_of(database, blobs)
    await backup(settings, folder)
    await new_subject(database, token="later")
    await database.close()
    done = await restore(settings, folder)
    assert done.aside is not None
    assert examine(done.aside).counts["subject"] == 3
    assert examine(Path(settings.database)).counts["subject"] == 2
    assert done.put_files == 0
    assert not done.wishes_unknown
    again = await restore(settings, folder)
    assert again.aside not in {None, done.aside}


async def test_a_fresh_machine_gets_everything(
    database: Database,
    blobs: FolderBlobs,
    settings: StorageSettings,
    folder: Path,
    elsewhere: StorageSettings,
) -> None:
    await all_of(database, blobs)
    await backup(settings, folder)
    done = await restore(elsewhere, folder)
    assert held(elsewhere.data / "blobs") == held(settings.data / "blobs")
    assert (done.put_files, done.aside, done.wishes_unknown) == (6, None, True)
    restored = await Database.open(elsewhere.database)
    assert await rows(restored, columns(Photo)) == await rows(database, columns(Photo))
    await restored.close()
    assert {path.name for path in elsewhere.data.iterdir()} == {
        "blobs",
        "darkroom.sqlite3",
        "darkroom.sqlite3.bot-lock",
    }


async def test_a_file_that_is_missing_is_told_with_its_row_and_can_be_allowed(
    database: Database,
    blobs: FolderBlobs,
    settings: StorageSettings,
    folder: Path,
    elsewhere: StorageSettings,
) -> None:
    photo = await new_photo(database, blobs, await new_subject(database))
    (crop,) = await crops_of(database, photo)
    blobs.path(crop.blob_key).unlink()
    await backup(settings, folder)
    Shelf(folder).blobs.path(photo.upright_key).write_bytes(b"downright")
    with pytest.raises(BackupDamaged) as refused:
        await restore(elsewhere, folder)
    for said in (f"crop {crop.id}, blob_key", f"photo {photo.id}, upright_key", "--allow-lost"):
        assert said in str(refused.value)
    done = await restore(elsewhere, folder, allow_lost=True)
    assert len(done.lost) == 2
    assert examine(Path(elsewhere.database)).counts["photo"] == 1
    assert await files(FolderBlobs(elsewhere.data / "blobs")) == set()


async def test_who_asked_to_be_forgotten_stays_forgotten(
    database: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    await all_of(database, blobs)
    first = await backup(settings, folder)
    await erase(database, blobs, 1)
    await database.close()
    done = await restore(settings, folder, first.stamp)
    assert done.forgotten == 1
    restored = await Database.open(settings.database)
    assert [member.id for member in await rows(restored, columns(Member))] == [2]
    (photo,) = await rows(restored, columns(Photo))
    left = await files(blobs)
    assert len(left) == 3
    assert await keys_of(restored, photo) < left
    # and in the next restore, of which the replaced database says nothing by itself
    await restored.close()
    assert (await restore(settings, folder, first.stamp)).forgotten == 1
    assert examine(Path(settings.database)).counts["member"] == 1


async def test_later_backups_know_who_asked_when_the_machine_is_lost(
    database: Database,
    blobs: FolderBlobs,
    settings: StorageSettings,
    folder: Path,
    elsewhere: StorageSettings,
) -> None:
    await all_of(database, blobs)
    first = await backup(settings, folder)
    await erase(database, blobs, 1)
    await backup(settings, folder)
    assert (await restore(elsewhere, folder, first.stamp)).forgotten == 1
    assert examine(Path(elsewhere.database)).counts["member"] == 1


async def test_who_was_forgotten_and_came_back_before_the_backup_is_kept(
    database: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    await new_subject(database)
    await erase(database, blobs, 1)
    await new_subject(database)
    await backup(settings, folder)
    await database.close()
    assert (await restore(settings, folder)).forgotten == 0
    restored = await Database.open(settings.database)
    assert (await count(restored, Member), await count(restored, Erasure)) == (1, 1)
    await restored.close()


async def test_what_ran_at_the_backup_is_claimed_again_on_a_machine_with_another_clock(
    database: Database,
    settings: StorageSettings,
    folder: Path,
    elsewhere: StorageSettings,
) -> None:
    jobs = columns(Job)
    running, queued = await ask(database, max_attempts=1), await ask(database, owner_id=2)
    lease = await claimed(database)
    assert lease.job.id == running.id
    ahead = clock.since_boot() + timedelta(seconds=clock.LONGEST_S / 2)  # a later boot, as it were
    async with database.write() as session:
        await session.execute(update(jobs).where(jobs.id == running.id).values(lease_until=ahead))
        await session.execute(update(jobs).where(jobs.id == queued.id).values(run_after=ahead))
    await backup(settings, folder)
    await restore(elsewhere, folder)
    restored = await Database.open(elsewhere.database)
    assert (await claimed(restored)).job.id == queued.id
    back = await queue.get(restored, running.id or 0)
    assert back is not None
    assert (back.state, back.lease_key, back.attempt) == ("queued", None, 0)
    await restored.close()


async def test_a_database_that_was_begun_anew_cannot_be_asked_whom_to_forget(
    database: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    """As when a disk was lost and a trainer, restarted by itself, made an empty one."""
    await all_of(database, blobs)
    await backup(settings, folder)
    await database.close()
    Path(settings.database).unlink()
    await (await Database.open(settings.database)).close()
    assert (await restore(settings, folder)).wishes_unknown


async def test_a_newer_folder_without_a_whole_backup_is_named(
    database: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    await all_of(database, blobs)
    older = (await backup(settings, folder)).stamp
    newer = (await backup(settings, folder)).stamp
    await database.close()
    (folder / newer / "manifest.json").unlink()
    done = await restore(settings, folder)
    assert (done.stamp, done.passed_over) == (older, (newer,))


async def test_a_database_that_cannot_be_read_is_replaced(
    database: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    await all_of(database, blobs)
    await backup(settings, folder)
    await database.close()
    Path(settings.database).write_bytes(b"not a database" * 1000)
    done = await restore(settings, folder)
    assert done.wishes_unknown
    assert done.aside is not None
    assert done.aside.read_bytes().startswith(b"not a database")
    assert examine(Path(settings.database)).counts["photo"] == 2


@pytest.mark.parametrize("revision", ["0001", "0002"])
async def test_a_backup_of_an_older_schema_is_brought_forward_with_its_files(
    blobs: FolderBlobs,
    settings: StorageSettings,
    folder: Path,
    elsewhere: StorageSettings,
    revision: str,
) -> None:
    upright, crop = await blobs.put("photos", b"up", "png"), await blobs.put("crops", b"c", "png")
    engine = create_engine(f"sqlite:///{settings.database}")
    with engine.begin() as connection:
        config = schema.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
        if revision == schema.FIRST:
            connection.exec_driver_sql("DROP TABLE alembic_version")
            connection.exec_driver_sql("PRAGMA user_version = 1")
        connection.exec_driver_sql("INSERT INTO member (id, created_at) VALUES (1, '2026-01-01')")
        connection.exec_driver_sql(OLD_SUBJECT)
        connection.exec_driver_sql(OLD_PHOTO, (upright, crop))
    engine.dispose()
    done = await backup(settings, folder)
    assert done.manifest.revision == revision
    assert done.manifest.counts["member"] == 1
    assert set(done.manifest.blobs) == {upright, crop}
    kept = Shelf(folder).blobs.path(crop)
    kept.rename(kept.with_suffix(".away"))
    with pytest.raises(BackupDamaged, match="photo 1, crop_key"):
        await restore(elsewhere, folder)
    kept.with_suffix(".away").rename(kept)
    await restore(elsewhere, folder)
    restored = await Database.open(elsewhere.database)
    assert [row.blob_key for row in await rows(restored, columns(Crop))] == [crop]
    assert await files(FolderBlobs(elsewhere.data / "blobs")) == {upright, crop}
    assert await count(restored, Member) == 1
    assert await outbox.waiting(restored) == 0
    await restored.close()
