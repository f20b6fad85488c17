"""Backup, while bot and trainers write: one consistent copy of the rows, and every file they name.

The rows come first. A file is complete before its row, so every file that the copy names is there,
unless its row was deleted since; then the rows are copied once more.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from storage import clock
from storage.blobs import Blobs, open_blobs, sha256_of
from storage.errors import (
    BackupDamaged,
    BlobMissing,
    FolderUnsuitable,
    NeedsPgDump,
    NoBackup,
)
from storage.settings import StorageSettings
from storage.shelf import Kept, Manifest, Shelf, weigh
from storage.snapshot import snapshot

#: So often the rows are copied anew because files were deleted meanwhile.
SNAPSHOTS = 5
#: Files under way at once: adapters are large, and each is held whole.
AT_ONCE = 4


@dataclass(frozen=True)
class Receipt:
    """What a backup did."""

    stamp: str
    manifest: Manifest
    copied_files: int
    copied_bytes: int
    #: Older backups that went because their days were over, and files that only they named.
    expired: tuple[str, ...]
    swept_files: int
    #: Why no file was swept, when a backup in the folder cannot be read.
    unswept: str | None
    seconds: float


async def backup(settings: StorageSettings, folder: Path) -> Receipt:
    """Add a backup to the folder, then remove those older than `settings.backups_days`.

    A kill leaves the backup whole or leaves none, and the next call clears up. Raises NeedsPgDump,
    NoBackup when there is no database yet, FolderUnsuitable, AlreadyRunning for a second one at
    once, SchemaDamaged when the database is, StorageFull, Busy, StoreUnreachable.
    """
    source = database_file(settings)
    if not await asyncio.to_thread(source.exists):
        raise NoBackup(f"There is no database at {source} to back up. Check DARKROOM_DATA.")
    _keep_apart(settings.data, folder)
    shelf, began_s = Shelf(folder), clock.monotonic_s()
    with shelf.held():
        stamp = shelf.begin(clock.now())
        try:
            manifest, copied = await _take(source, open_blobs(settings), shelf, stamp)
            await asyncio.to_thread(shelf.finish, stamp, manifest)
        except BaseException:
            shelf.drop(stamp)
            raise
        expired = shelf.expire(clock.now() - timedelta(days=settings.backups_days))
        swept, unswept = 0, None
        try:
            swept = await shelf.sweep()
        except BackupDamaged as error:
            unswept = str(error)
    return Receipt(
        stamp=stamp,
        manifest=manifest,
        copied_files=len(copied),
        copied_bytes=sum(kept.size for kept in copied.values()),
        expired=tuple(expired),
        swept_files=swept,
        unswept=unswept,
        seconds=clock.monotonic_s() - began_s,
    )


def database_file(settings: StorageSettings) -> Path:
    """The SQLite file of these settings. Raises NeedsPgDump where there is none."""
    if settings.postgresql is not None:
        raise NeedsPgDump
    return Path(settings.database)


def _keep_apart(data: Path, folder: Path) -> None:
    """What is swept from a backup's files must never be a Darkroom's own."""
    data, folder = data.resolve(), folder.resolve()
    theirs, mine = data / "blobs", folder / "blobs"
    if folder.is_relative_to(theirs) or mine == theirs or data.is_relative_to(mine):
        raise FolderUnsuitable(
            f"{folder} is where Darkroom itself keeps its files. Give backups a folder of their"
            " own, best on another disk."
        )


async def _take(
    source: Path, live: Blobs, shelf: Shelf, stamp: str
) -> tuple[Manifest, dict[str, Kept]]:
    """Rows and files of one moment, and which files were new to the folder."""
    copy, taken_at = shelf.database(stamp), clock.now()
    known = await asyncio.to_thread(_lying_there, shelf)
    copied: dict[str, Kept] = {}
    for _ in range(SNAPSHOTS):
        copy.unlink(missing_ok=True)
        rows = await asyncio.to_thread(snapshot, source, copy)
        lost: dict[str, str] = {}
        wanted = [key for key in rows.keys if key not in known and key not in copied]
        for start in range(0, len(wanted), AT_ONCE):
            some = wanted[start : start + AT_ONCE]
            took = await asyncio.gather(
                *(_copy_file(live, shelf.blobs, key, rows.keys[key]) for key in some)
            )
            for key, kept in zip(some, took, strict=True):
                if isinstance(kept, Kept):
                    copied[key] = kept
                else:
                    lost[key] = kept
        if MISSING not in lost.values():
            break
    manifest = Manifest(
        taken_at=taken_at,
        revision=rows.revision,
        counts=rows.counts,
        database=await asyncio.to_thread(weigh, copy),
        blobs={key: copied.get(key) or known[key] for key in rows.keys if key not in lost},
        lost=lost,
    )
    return manifest, copied


MISSING = "the file was missing when the backup was taken"
DAMAGED = "the file did not match its row when the backup was taken"


async def _copy_file(live: Blobs, to: Blobs, key: str, sha256: str | None) -> Kept | str:
    """Copy one file; why not, when it cannot be had."""
    try:
        data = await live.get(key)
    except BlobMissing:
        return MISSING
    kept = Kept(size=len(data), sha256=sha256_of(data))
    if sha256 not in {None, kept.sha256}:
        return DAMAGED
    await to.put_as(key, data)
    return kept


def _lying_there(shelf: Shelf) -> dict[str, Kept]:
    """The files that earlier backups brought and that are still as large as they were."""
    known: dict[str, Kept] = {}
    for stamp in shelf.stamps():
        try:
            known |= shelf.manifest(stamp).blobs
        except BackupDamaged:
            continue  # its files are copied again where no other backup vouches for them
    return {key: kept for key, kept in known.items() if _size(shelf.blobs.path(key)) == kept.size}


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
