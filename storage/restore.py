"""Restore: a backup takes the database's place, whole, and remembers who asked to be forgotten.

Everything is checked before anything is touched. The copy is then brought up to date beside the
database, the files are put in place, and at last one rename makes it the database; a kill before
that changes nothing that anybody reads.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from shutil import copyfile

from storage import clock
from storage.backup import database_file
from storage.blobs import Blobs, open_blobs, sha256_of
from storage.errors import AlreadyRunning, BackupDamaged, BlobMissing
from storage.gallery import AWAKE_S
from storage.revive import revive
from storage.settings import StorageSettings
from storage.shelf import Manifest, Shelf, sync, weigh
from storage.snapshot import examine, fold, open_file, rows_naming
from storage.sole import sole

#: What SQLite keeps beside a file.
BESIDE = ("-wal", "-shm", "-journal")
#: Files under way at once.
AT_ONCE = 4
#: Rows without their file that are named one by one.
LISTED = 20


@dataclass(frozen=True)
class Restored:
    """What a restore did."""

    stamp: str
    manifest: Manifest
    put_files: int
    #: Members who asked to be forgotten after the backup was taken, and were forgotten again.
    forgotten: int
    #: Rows whose file the backup lacks, a line for each.
    lost: tuple[str, ...]
    #: Where the replaced database lies; None when there was none.
    aside: Path | None
    #: The replaced database could not be read, or knows nobody of this backup: who asked to be
    #: forgotten since is unknown.
    wishes_unknown: bool
    #: Newer folders that hold no finished backup.
    passed_over: tuple[str, ...]


async def restore(
    settings: StorageSettings, folder: Path, at: str | None = None, *, allow_lost: bool = False
) -> Restored:
    """Put the newest backup of the folder, or the one of that stamp, in the database's place.

    Raises, before anything is touched, NeedsPgDump, NoBackup, AlreadyRunning while a bot or a
    trainer works, BackupDamaged also for files that are missing unless `allow_lost`, SchemaMismatch
    for a backup of a newer Darkroom, StoreUnreachable; later StorageFull.
    """
    current, shelf = database_file(settings), Shelf(folder)
    stamp = shelf.choose(at)
    manifest = shelf.manifest(stamp)
    async with _without_bot(current):
        return await _restore(settings, current, shelf, stamp, manifest, allow_lost=allow_lost)


@asynccontextmanager
async def _without_bot(current: Path) -> AsyncIterator[None]:
    """No bot works, and none can start meanwhile. Raises AlreadyRunning."""
    async with AsyncExitStack() as lock:
        try:
            await lock.enter_async_context(sole(current))
        except AlreadyRunning:
            raise AlreadyRunning("A bot works on this database. Stop it, then restore.") from None
        yield


async def _restore(
    settings: StorageSettings,
    current: Path,
    shelf: Shelf,
    stamp: str,
    manifest: Manifest,
    *,
    allow_lost: bool,
) -> Restored:
    await asyncio.to_thread(refuse_while_in_use, current)
    bad, lost = await asyncio.to_thread(_check, shelf, stamp, manifest)
    if lost and not allow_lost:
        raise BackupDamaged("\n".join(_tell(stamp, lost)))
    live = open_blobs(settings)
    await live.ready()
    staged = current.with_name(f"{current.name}.restoring")
    try:
        await asyncio.to_thread(_stage, shelf.database(stamp), staged)
        later = [shelf.database(other) for other in shelf.stamps() if other > stamp]
        forgotten, unknown = await revive(staged, live, current, later)
        put = await _put_files(staged, live, shelf, manifest, bad)
        aside = await asyncio.to_thread(_switch, staged, current)
    finally:
        await asyncio.to_thread(_remove, staged)
    return Restored(
        stamp=stamp,
        manifest=manifest,
        put_files=put,
        forgotten=forgotten,
        lost=tuple(lost),
        aside=aside,
        wishes_unknown=unknown,
        passed_over=tuple(shelf.unfinished(after=stamp)),
    )


def refuse_while_in_use(current: Path) -> None:
    """Raise AlreadyRunning while a bot or a trainer has the database open, or a trainer was seen
    within the last minute. A database that cannot be read is in nobody's use.
    """
    if not current.exists():
        return
    try:
        with closing(open_file(current, patience_s=1)) as connection:
            (seen_at,) = connection.execute("SELECT max(seen_at) FROM worker").fetchone()
        with closing(open_file(current, patience_s=1)) as connection:
            # under WAL, whoever has the file open shares a lock that this one does not share
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except sqlite3.DatabaseError as error:
        if "locked" in str(error):
            raise AlreadyRunning(
                f"A bot, a trainer or another program has {current} open. Stop it, then restore."
            ) from None
        return
    if seen_at is not None:
        silent = clock.now() - datetime.fromisoformat(seen_at).replace(tzinfo=UTC)
        if silent < timedelta(seconds=AWAKE_S):
            raise AlreadyRunning(
                f"A trainer was at work within the last {AWAKE_S} s. Stop bot and trainers, wait"
                " that long, then restore."
            )


def _check(shelf: Shelf, stamp: str, manifest: Manifest) -> tuple[dict[str, str], list[str]]:
    """The files that are not as they were, and the rows that name them. Raises BackupDamaged when
    the rows themselves are damaged.
    """
    copy = shelf.database(stamp)
    if not copy.is_file() or weigh(copy) != manifest.database:
        raise BackupDamaged(f"{copy} is not what was backed up. Restore another one with --at.")
    rows = examine(copy)
    bad = dict(manifest.lost)
    for key in rows.keys:
        kept, path = manifest.blobs.get(key), shelf.blobs.path(key)
        if key in bad:
            continue
        if kept is None or not path.is_file():
            bad[key] = f"{path} is missing"
        elif weigh(path) != kept:
            bad[key] = f"{path} is damaged"
    return bad, rows_naming(copy, bad)


def _tell(stamp: str, lost: list[str]) -> list[str]:
    more = len(lost) - LISTED
    return [
        f"The backup {stamp} lacks files of these rows:",
        *(f"  {line}" for line in lost[:LISTED]),
        *([f"  and {more} more"] if more > 0 else []),
        "Nothing was changed. Restore another with --at, or this one as it is with --allow-lost.",
    ]


def _stage(copy: Path, staged: Path) -> None:
    staged.parent.mkdir(parents=True, exist_ok=True)
    _remove(staged)
    copyfile(copy, staged)


async def _put_files(
    staged: Path, live: Blobs, shelf: Shelf, manifest: Manifest, bad: dict[str, str]
) -> int:
    """Put what the rows name where they look for it; how many files were not there."""
    wanted = [key for key in (await asyncio.to_thread(examine, staged)).keys if key not in bad]
    put = 0
    for start in range(0, len(wanted), AT_ONCE):
        put += sum(
            await asyncio.gather(
                *(
                    _put_file(live, shelf, key, manifest.blobs[key].sha256)
                    for key in wanted[start : start + AT_ONCE]
                )
            )
        )
    return put


async def _put_file(live: Blobs, shelf: Shelf, key: str, sha256: str) -> bool:
    try:
        if sha256_of(await live.get(key)) == sha256:
            return False
    except BlobMissing:
        pass
    data = await shelf.blobs.get(key)
    if sha256_of(data) != sha256:
        raise BackupDamaged(f"{shelf.blobs.path(key)} was changed since it was checked.")
    await live.put_as(key, data)
    return True


def _switch(staged: Path, current: Path) -> Path | None:
    """Make the copy the database, and say where the old one lies. There is one at any moment:
    a bot that starts just now would otherwise begin an empty one.
    """
    aside = None
    if current.exists():
        refuse_while_in_use(current)
        with contextlib.suppress(sqlite3.DatabaseError):  # it cannot be read: as it is, then
            fold(current)
        aside = current.with_name(f"{current.name}.before-restore-{clock.now():%Y%m%dT%H%M%S.%fZ}")
        try:
            os.link(current, aside)
        except OSError:  # a file system that knows no second names
            copyfile(current, aside)
        for beside in BESIDE:
            path = Path(f"{current}{beside}")
            if path.exists():
                path.rename(f"{aside}{beside}")
    sync(staged)
    staged.replace(current)
    sync(current.parent)
    return aside


def _remove(staged: Path) -> None:
    for beside in ("", *BESIDE):
        Path(f"{staged}{beside}").unlink(missing_ok=True)
