"""Restoring: whole, from any moment under load, and without bringing back who was forgotten."""

from __future__ import annotations

import hashlib
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from itertools import product
from pathlib import Path
from threading import Condition, Thread

import pytest
from alembic import command
from sqlalchemy import create_engine, update

from storage import clock, gallery, outbox, queue, schema, subjects
from storage.backup import backup
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import erase
from storage.errors import AlreadyRunning, BackupDamaged, NoBackup, SchemaMismatch
from storage.restore import restore
from storage.settings import StorageSettings
from storage.shelf import Shelf
from storage.snapshot import examine
from storage.sole import sole
from storage.tables import Crop, Erasure, Job, Member, Photo, Worker, columns
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
    trained,
)

#: A bot at its busiest: photos come, photos go, and it says so: "-" before one goes, "+" once one
#: is there.
WRITER = """
import asyncio, hashlib, secrets, sys
from pathlib import Path
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import drop_photo
from tests import rows

async def main():
    data, member = Path(sys.argv[1]), int(sys.argv[2])
    database, blobs = await Database.open(data / "darkroom.sqlite3"), FolderBlobs(data / "blobs")
    subject = await rows.new_subject(database, owner_id=member, token=f"zwx{member}")
    mine = []
    while True:
        crop = secrets.token_bytes(3000)
        rows._numbers = iter([secrets.randbits(60)])
        photo = await rows.new_photo(database, blobs, subject, "face", crop)
        mine.append(photo.id)
        (key,) = [one.blob_key for one in await rows.crops_of(database, photo)]
        print("+", photo.id, key, hashlib.sha256(crop).hexdigest(), flush=True)
        if len(mine) > 8:
            gone = mine.pop(0)
            print("-", gone, flush=True)
            await drop_photo(database, blobs, member, gone)

asyncio.run(main())
"""


#: Kills a restore one step of the file system later each time, until one comes to its end.
KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from storage.restore import restore
from storage.settings import StorageSettings

data, folder = map(Path, sys.argv[1:])
STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.link", "shutil.copyfile"}

def killer(left):
    def hook(event, args):
        nonlocal left
        if event in STEPS and str(data) in str(args[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    return hook

for step in range(1, 1000):
    child = os.fork()
    if child == 0:
        sys.addaudithook(killer(step))
        asyncio.run(restore(StorageSettings(data=data), folder))
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    if not sys.stdin.readline().strip():
        break
"""


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


class Writer:
    """A process that writes until it is killed, and what it said so far."""

    def __init__(self, data: Path, member: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(data), str(member)],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[list[str]] = []
        self.said = Condition()
        self.reader = Thread(target=self._read)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            with self.said:
                self.lines.append(line.split())
                self.said.notify()

    def wait_for(self, lines: int) -> None:
        with self.said:
            assert self.said.wait_for(lambda: len(self.lines) >= lines, timeout=30)

    def end(self) -> None:
        self.process.kill()
        self.reader.join()
        self.process.wait()
        assert self.process.stdout
        self.process.stdout.close()


def promised(before: list[list[str]], after: list[list[str]]) -> dict[str, str]:
    """Crops that were there before and that nobody had begun to remove after, with their hashes."""
    gone = {line[1] for line in after if line[0] == "-"}
    return {line[2]: line[3] for line in before if line[0] == "+" and line[1] not in gone}


def start_killed(data: Path, folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", KILLED, str(data), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def all_of(database: Database, blobs: FolderBlobs) -> None:
    """Two members with everything that names files."""
    for member, token in ((1, "zwx"), (2, "qqx")):
        subject = await new_subject(database, owner_id=member, token=token)
        await new_photo(database, blobs, subject)
        await trained(database, blobs, subject)


def held(folder: Path) -> dict[str, bytes]:
    """Every file below, but the locks."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-wal", "-shm", "-lock"))
    }


async def test_every_backup_taken_under_load_comes_back_whole(
    settings: StorageSettings, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    await (await Database.open(settings.database)).close()
    writers = [Writer(settings.data, member) for member in (1, 2)]
    expected: dict[str, dict[str, str]] = {}
    try:
        for turn in range(1, 5):
            for writer in writers:
                writer.wait_for(20 * turn)
            before = [list(writer.lines) for writer in writers]
            done = await backup(settings, folder)
            expected[done.stamp] = promised(before[0], list(writers[0].lines))
            expected[done.stamp] |= promised(before[1], list(writers[1].lines))
    finally:
        for writer in writers:
            writer.end()
    for stamp, crops in expected.items():
        fresh = StorageSettings(data=tmp_path_factory.mktemp("fresh"))
        done_again = await restore(fresh, folder, stamp, allow_lost=True)
        blobs, lost = FolderBlobs(fresh.data / "blobs"), done_again.manifest.lost
        named = examine(Path(fresh.database)).keys
        assert set(named) - set(lost) == await files(blobs)
        assert crops
        for key, sha256 in crops.items():
            assert key in named
            assert hashlib.sha256(await blobs.get(key)).hexdigest() == sha256
        database = await Database.open(fresh.database)
        for photo in await rows(database, columns(Photo)):
            if photo.upright_key not in lost:
                assert await blobs.get(photo.upright_key) == b"upright"
        await database.close()


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


async def test_a_kill_at_any_step_leaves_the_old_database_or_the_new_one(
    database: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    await all_of(database, blobs)
    await backup(settings, folder)
    await erase(database, blobs, 1)
    await new_subject(database, owner_id=3, token="later")
    await database.close()
    current = Path(settings.database)
    killed = start_killed(settings.data, folder)
    assert killed.stdin
    assert killed.stdout
    codes = []
    for line in killed.stdout:
        codes.append(int(line))
        with closing(sqlite3.connect(current)) as connection:
            members = [number for (number,) in connection.execute("SELECT id FROM member")]
        assert members in ([2, 3], [2])  # the old one, or the new one without the forgotten
        killed.stdin.write("\n" if codes[-1] == 0 else "on\n")
        killed.stdin.flush()
    killed.communicate()
    assert codes.pop() == 0
    assert set(codes) == {-signal.SIGKILL}
    assert len(codes) > 10
    assert members == [2]
    named = examine(current).keys
    assert set(named) == await files(blobs)
    assert not list(settings.data.glob("*.restoring*"))


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
