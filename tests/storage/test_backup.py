"""Backups: whole or not there, taken while others write, and gone when their days are over."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from storage.backup import MISSING, backup
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import drop_photo, erase
from storage.errors import (
    AlreadyRunning,
    FolderUnsuitable,
    NeedsPgDump,
    NoBackup,
    SchemaDamaged,
)
from storage.named import COLUMNS
from storage.settings import StorageSettings
from storage.shelf import Shelf, weigh
from storage.snapshot import copy_into, examine, open_file
from storage.tables import Job
from tests.conftest import Clock
from tests.rows import an_image, ask, files, new_photo, new_subject, trained

#: Kills a backup one step of the file system later each time, until one comes to its end. Each
#: finds the folder as the first backup left it; every fourth time another one clears up after it.
KILLED = """
import asyncio, os, shutil, signal, sys
from pathlib import Path
from storage.backup import backup
from storage.settings import StorageSettings

data, folder, before = map(Path, sys.argv[1:])
STEPS = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir"}

def killer(left):
    def hook(event, args):
        nonlocal left
        if event in STEPS and str(folder) in str(args[0]):
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
    return hook

def run(*hooks):
    child = os.fork()
    if child == 0:
        for hook in hooks:
            sys.addaudithook(hook)
        asyncio.run(backup(StorageSettings(data=data), folder))
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def tell(what, code):
    print(what, code, flush=True)
    sys.stdin.readline()

folder.rename(before)
code = None
for step in range(1, 1000):
    shutil.copytree(before, folder)
    code = run(killer(step))
    tell("killed", code)
    if step % 4 == 0 or code == 0:
        tell("cleared", run())
    if code == 0:
        break
    shutil.rmtree(folder)
"""

HOLDER = """
import sys, time
from pathlib import Path
from storage.shelf import Shelf
with Shelf(Path(sys.argv[1])).held():
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
async def studio(database: Database, blobs: FolderBlobs) -> Database:
    """Rows of every kind that names files."""
    subject = await new_subject(database)
    await new_photo(database, blobs, subject)
    await trained(database, blobs, subject)
    job = await ask(database)
    async with database.write() as session:
        session.add(an_image(job, 0, await blobs.put("images", b"pixels", "png")))
    return database


def run(script: str, *arguments: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def verify(shelf: Shelf) -> None:
    """Every backup that is there is whole."""
    for stamp in shelf.stamps():
        manifest = shelf.manifest(stamp)
        assert weigh(shelf.database(stamp)) == manifest.database
        assert set(examine(shelf.database(stamp)).keys) == set(manifest.blobs) | set(manifest.lost)
        for key, kept in manifest.blobs.items():
            assert weigh(shelf.blobs.path(key)) == kept


async def test_a_backup_holds_every_row_and_every_file_they_name(
    studio: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    done = await backup(settings, folder)
    verify(Shelf(folder))
    assert set(done.manifest.blobs) == await files(blobs)
    assert done.copied_files == len(done.manifest.blobs) == 4
    assert done.manifest.counts["photo"] == done.manifest.counts["image"] == 1
    assert not done.manifest.lost


async def test_the_next_backup_copies_only_what_is_new(
    studio: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    first = await backup(settings, folder)
    await new_photo(studio, blobs, await new_subject(studio, token="qqx"))
    second = await backup(settings, folder)
    assert (second.copied_files, len(second.manifest.blobs)) == (2, 6)
    assert await files(Shelf(folder).blobs) == set(second.manifest.blobs)
    assert Shelf(folder).stamps() == [first.stamp, second.stamp]
    verify(Shelf(folder))


async def test_a_file_that_lost_bytes_in_the_folder_is_copied_again(
    studio: Database, settings: StorageSettings, folder: Path
) -> None:
    first = await backup(settings, folder)
    cut = Shelf(folder).blobs.path(min(first.manifest.blobs))
    cut.write_bytes(cut.read_bytes()[:-1])
    assert (await backup(settings, folder)).copied_files == 1
    verify(Shelf(folder))


async def test_a_writer_does_not_wait_for_the_copy(studio: Database, tmp_path: Path) -> None:
    """The copy stops in its midst, over and over, to let another process's write through."""
    written = 0
    with (
        closing(open_file(studio.path)) as reader,
        closing(sqlite3.connect(studio.path, timeout=0, isolation_level=None)) as writer,
    ):

        def write() -> int:
            nonlocal written
            writer.execute("INSERT INTO member (id, created_at) VALUES (?, 0)", (100 + written,))
            written += 1
            return 0

        reader.set_progress_handler(write, 20)
        copy_into(reader, tmp_path / "copy.sqlite3")
    copied = examine(tmp_path / "copy.sqlite3").counts["member"]
    assert 1 + written - copied > 20  # so many came through after the copy's moment


async def test_a_file_deleted_after_the_rows_were_copied_makes_them_be_copied_again(
    studio: Database,
    blobs: FolderBlobs,
    settings: StorageSettings,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    get, subject = FolderBlobs.get, await new_subject(studio, token="qqx")
    photo = await new_photo(studio, blobs, subject)
    assert photo.id is not None
    dropping, dropped = asyncio.Lock(), False

    async def late(self: FolderBlobs, key: str) -> bytes:
        nonlocal dropped
        async with dropping:  # no file is read before the photo's are gone
            if not dropped:
                dropped = True
                await drop_photo(studio, blobs, 1, photo.id or 0)
        return await get(self, key)

    monkeypatch.setattr(FolderBlobs, "get", late)
    done = await backup(settings, folder)
    assert not done.manifest.lost
    assert done.manifest.counts["photo"] == 1
    verify(Shelf(folder))


async def test_a_file_that_is_gone_for_good_is_told_and_a_damaged_adapter_is_not_kept(
    studio: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    names = await files(blobs)
    (crop,) = (name for name in names if name.startswith("crops"))
    (adapter,) = (name for name in names if name.startswith("adapters"))
    blobs.path(crop).unlink()
    blobs.path(adapter).write_bytes(b"weighty")
    lost = (await backup(settings, folder)).manifest.lost
    assert set(lost) == {crop, adapter}
    assert lost[crop] == MISSING
    assert "did not match" in lost[adapter]
    verify(Shelf(folder))


async def test_a_damaged_database_makes_no_backup(
    studio: Database, settings: StorageSettings, folder: Path
) -> None:
    with closing(sqlite3.connect(studio.path)) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute("UPDATE photo SET subject_id = 99")
        connection.commit()
    with pytest.raises(SchemaDamaged, match="rows that are not there"):
        await backup(settings, folder)
    assert Shelf(folder).stamps() == []


def test_every_column_that_names_a_file_is_in_the_list() -> None:
    named = {(column.table.name, column.name) for column in COLUMNS}
    found = {
        (table.name, column.name)
        for table in Job.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("_key")
    }
    assert named == found - {("job", "lease_key")}


async def test_a_kill_at_any_step_leaves_whole_backups_and_the_next_clears_up(
    studio: Database, settings: StorageSettings, folder: Path, tmp_path: Path
) -> None:
    await backup(settings, folder)
    blobs, subject = FolderBlobs(settings.data / "blobs"), await new_subject(studio, token="qqx")
    await new_photo(studio, blobs, subject)
    await studio.close()
    killed = run(KILLED, settings.data, folder, tmp_path / "before")
    assert killed.stdin
    assert killed.stdout
    codes: dict[str, list[int]] = {"killed": [], "cleared": []}
    for line in killed.stdout:
        what, code = line.split()
        codes[what].append(int(code))
        verify(Shelf(folder))
        if what == "cleared":
            await only_whole_backups(Shelf(folder))
        killed.stdin.write("\n")
        killed.stdin.flush()
    killed.communicate()
    assert codes["killed"].pop() == 0
    assert set(codes["killed"]) == {-signal.SIGKILL}
    assert len(codes["killed"]) > 20
    assert set(codes["cleared"]) == {0}


async def only_whole_backups(shelf: Shelf) -> None:
    stamps = shelf.stamps()
    assert {path.name for path in shelf.root.iterdir()} == {"blobs", "darkroom-backups", *stamps}
    assert await files(shelf.blobs) == set(shelf.named())
    for stamp in stamps:
        inside = {path.name for path in (shelf.root / stamp).iterdir()}
        assert inside == {"darkroom.sqlite3", "manifest.json"}


async def test_a_forgotten_member_ages_out_of_the_backups(
    studio: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path, clock: Clock
) -> None:
    first = await backup(settings, folder)
    await erase(studio, blobs, 1)
    clock.advance(timedelta(days=settings.backups_days).total_seconds())
    second = await backup(settings, folder)
    assert await files(Shelf(folder).blobs) == set(first.manifest.blobs)
    clock.advance(1)
    third = await backup(settings, folder)
    assert third.expired == (first.stamp,)
    assert third.swept_files == 4
    assert await files(Shelf(folder).blobs) == set()
    assert Shelf(folder).stamps() == [second.stamp, third.stamp]
    for path in folder.rglob("*.sqlite3"):
        assert b"zwx" not in path.read_bytes()  # not in a free page either


async def test_nothing_is_swept_while_a_backup_cannot_be_asked_what_it_names(
    studio: Database, blobs: FolderBlobs, settings: StorageSettings, folder: Path
) -> None:
    first = await backup(settings, folder)
    (folder / first.stamp / "manifest.json").write_text("{")
    await erase(studio, blobs, 1)
    done = await backup(settings, folder)
    assert done.unswept is not None
    assert await files(Shelf(folder).blobs) == set(first.manifest.blobs)


async def test_a_folder_that_holds_other_things_is_refused(
    studio: Database, settings: StorageSettings, folder: Path, tmp_path: Path
) -> None:
    (folder / "blobs").mkdir()
    (folder / "blobs" / "holiday.jpg").write_bytes(b"sea")
    with pytest.raises(FolderUnsuitable, match="holds other things"):
        await backup(settings, folder)
    for own in (settings.data, settings.data / "blobs" / "backups"):
        with pytest.raises(FolderUnsuitable, match="a folder of their own"):
            await backup(settings, own)
    done = await backup(settings, tmp_path / "backups")  # beside the database is allowed
    assert not done.manifest.lost


async def test_two_backups_at_once_do_not_mix(
    studio: Database, settings: StorageSettings, folder: Path
) -> None:
    holder = run(HOLDER, folder)
    assert holder.stdout
    holder.stdout.readline()
    with pytest.raises(AlreadyRunning, match="Wait until it has ended"):
        await backup(settings, folder)
    holder.kill()
    holder.communicate()
    await backup(settings, folder)


async def test_without_a_database_of_ours_it_says_so(
    settings: StorageSettings, folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(NoBackup, match="DARKROOM_DATA"):
        await backup(StorageSettings(data=tmp_path / "elsewhere"), folder)
    with pytest.raises(NeedsPgDump, match=r"pg_dump.*docs/operations.md"):
        await backup(StorageSettings(data=tmp_path, postgresql="postgresql://host/name"), folder)
    assert list(folder.iterdir()) == []
