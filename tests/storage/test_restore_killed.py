"""Restoring from any moment under load, and being killed at it."""

from __future__ import annotations

import hashlib
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Condition, Thread

import pytest

from storage.backup import backup
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import erase
from storage.restore import restore
from storage.settings import StorageSettings
from storage.snapshot import examine
from storage.tables import Photo, columns
from tests.rows import (
    files,
    new_subject,
    rows,
)
from tests.storage.whole import all_of

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
        if len(mine) > 8:  # the first ones stay: a slow backup too has some to promise
            gone = mine.pop(4)
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
