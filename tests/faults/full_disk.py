"""A disk that fills up: a few megabytes, mounted for one process alone.

The child goes into a mount namespace of its own (unshare(2)), so nobody else sees its small disk,
and therefore looks for losses itself.
"""

from __future__ import annotations

import ctypes
import os
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from storage import queue
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.errors import StorageFull
from tests.faults.losses import BLOBS, DATABASE, losses, strays
from tests.faults.members import Member, begun, hasten
from tests.faults.recover import settle
from tests.faults.trainers import do
from tests.faults.zygote import Say

CLONE_NEWNS, CLONE_NEWUSER = 0x00020000, 0x10000000
#: A WAL of a thousand pages (SQLite's checkpoint) fits in twice.
SIZE_BYTES = 8_000_000
#: So many acts fill any room that is tried here.
MOST_ACTS = 3000

Act = Callable[[], Awaitable[Any]]


def mount_small_disk(where: Path) -> None:
    """Raises OSError where the system does not let us."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()

    def check(result: int) -> None:
        if result != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    check(libc.unshare(CLONE_NEWUSER | CLONE_NEWNS))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"0 {user} 1")
    Path("/proc/self/gid_map").write_text(f"0 {group} 1")
    check(libc.mount(b"none", str(where).encode(), b"tmpfs", 0, b"size=%d" % SIZE_BYTES))


class Ballast:
    """A file that takes all the room but some."""

    def __init__(self, place: Path) -> None:
        self._path = place / "ballast"

    def leave(self, room_bytes: int) -> None:
        with self._path.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(b"\0" * 4096)
            except OSError:
                os.truncate(self._path, max(0, self._path.stat().st_size - room_bytes))

    def throw_off(self) -> None:
        self._path.unlink()


async def fill(say: Say, *, place: str, during: str, room_bytes: int) -> None:
    """Work until the disk is full, look, make room, go on, look again."""
    hasten()
    where = Path(place)
    try:
        mount_small_disk(where)
    except OSError as error:
        say("refused", why=str(error))
        return
    (where / BLOBS).mkdir()
    database, blobs = await Database.open(where / DATABASE), FolderBlobs(where / BLOBS)
    member = Member(say, database, blobs, 1)
    subject = await member.subject()
    await member.photo(subject)
    await member.ask("train", subject)
    lease = await queue.claim(database, lease_s=600)
    assert lease is not None
    reader = sqlite3.connect(where / DATABASE, isolation_level=None)
    if during == "wal":  # a reader that goes on reading keeps the WAL from being emptied
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM job").fetchone()
    acts: dict[str, Act] = {
        "files": lambda: member.photo(subject),
        "commit": member.ask,
        "wal": member.ask,
        "adapter": lambda: do(say, database, blobs, lease),
    }
    ballast = Ballast(where)
    ballast.leave(room_bytes)
    refused = await _until_full(acts[during])
    # the bot still answers
    jobs = await queue.get(database, lease.job.id or 0)
    wrong = [] if jobs is not None else ["a job cannot be read while the disk is full"]
    wrong += losses(where, say.lines, settled=False)
    # a file that is whole waits for the sweep; a half must not be seen, and a trainer tidies up
    wrong += [one for one in strays(where) if during == "adapter" or ".partial" in one]
    reader.close()
    ballast.throw_off()
    if during == "adapter":
        await do(say, database, blobs, lease)
    await acts["commit"]()
    await acts["files"]()
    await database.close()
    await settle(say, place=place, again=begun(say.lines))
    wrong += losses(where, say.lines, settled=True)
    with closing(sqlite3.connect(where / DATABASE)) as left:
        (ended,) = left.execute("SELECT count(*) FROM job WHERE state = 'done'").fetchone()
    say("full", refused=refused, done=ended, wrong=wrong[:10])


async def _until_full(act: Act) -> int:
    """How many acts found room before one was refused. Anything but StorageFull is a failure."""
    for number in range(MOST_ACTS):
        try:
            await act()
        except StorageFull:
            return number
    raise AssertionError("the disk never filled up")
