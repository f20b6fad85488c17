"""The folder in which backups lie.

    darkroom-backups               what this folder is; held while a backup is written
    blobs/photos/3f/3f0c....png    every file once, however many backups name it
    20261122T031500.000000Z/       one backup, named by the moment it was begun
        darkroom.sqlite3
        manifest.json              written last: without it there is no backup

Not covered here: what goes into a backup (`storage.backup`) and how it comes back
(`storage.restore`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import AwareDatetime, BaseModel, ValidationError

from storage.blobs.folder import FolderBlobs
from storage.errors import AlreadyRunning, BackupDamaged, FolderUnsuitable, NoBackup

DATABASE = "darkroom.sqlite3"
MANIFEST = "manifest.json"
MARK = "darkroom-backups"
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_IS_STAMP = re.compile(r"\d{8}T\d{6}\.\d{6}Z")
#: What a fresh file system has in its root.
_HARMLESS = {MARK, "lost+found"}
_MARK_SAYS = (
    "Backups of a Darkroom, written by `darkroom backup`, which also removes old ones from here."
    "\nKeep nothing else in this folder.\n"
)


class Kept(BaseModel, frozen=True):
    """A file of a backup."""

    size: int
    sha256: str


class Manifest(BaseModel, frozen=True):
    """What one backup consists of."""

    taken_at: AwareDatetime
    #: The revision of the tables, as `storage.schema` counts them.
    revision: str
    #: How many rows each table has.
    counts: dict[str, int]
    database: Kept
    blobs: dict[str, Kept]
    #: Files that rows name and that the backup lacks, with the reason.
    lost: dict[str, str]


@dataclass(frozen=True)
class Shelf:
    """One such folder."""

    root: Path

    @property
    def blobs(self) -> FolderBlobs:
        return FolderBlobs(self.root / "blobs")

    def database(self, stamp: str) -> Path:
        return self.root / stamp / DATABASE

    def stamps(self) -> list[str]:
        """Every backup that was finished, oldest first."""
        return [name for name in self._folders() if (self.root / name / MANIFEST).is_file()]

    def unfinished(self, after: str = "") -> list[str]:
        """Folders from later than a stamp that are no backup: begun and never finished, or
        damaged since."""
        there = set(self.stamps())
        return [name for name in self._folders() if name > after and name not in there]

    def manifest(self, stamp: str) -> Manifest:
        """What this backup consists of. Raises BackupDamaged when that cannot be read."""
        path = self.root / stamp / MANIFEST
        try:
            return Manifest.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise BackupDamaged(
                f"{path} cannot be read. Restore another backup with --at."
            ) from error

    def choose(self, at: str | None) -> str:
        """The backup of that stamp, or the newest. Raises NoBackup."""
        stamps = self.stamps()
        if not stamps:
            raise NoBackup(f"There is no backup in {self.root}. Give the folder of darkroom backup")
        if at is None:
            return stamps[-1]
        if at not in stamps:
            listed = "\n".join(f"  {stamp}" for stamp in stamps)
            raise NoBackup(f"There is no backup {at} in {self.root}. There are:\n{listed}")
        return at

    @contextmanager
    def held(self) -> Iterator[None]:
        """Alone in here; the folder is made when it is new.

        Raises FolderUnsuitable for a folder that holds other things, of which old ones would be
        removed, and AlreadyRunning while another backup is written.
        """
        self.root.mkdir(parents=True, exist_ok=True)
        mark = self.root / MARK
        others = {path.name for path in self.root.iterdir()} - _HARMLESS
        if others and not mark.exists():
            raise FolderUnsuitable(
                f"{self.root} holds other things, for instance {min(others)}. Give backups a folder"
                " of their own: darkroom backup removes from it what is too old."
            )
        with mark.open("a") as file:
            if file.tell() == 0:
                file.write(_MARK_SAYS)
                file.flush()
            _lock(file.fileno(), self.root)
            yield

    def begin(self, moment: datetime) -> str:
        """A new, empty backup; what was begun before and never finished is removed."""
        for name in set(self._folders()) - set(self.stamps()):
            shutil.rmtree(self.root / name)
        while True:
            stamp = moment.astimezone(UTC).strftime(_STAMP)
            try:
                (self.root / stamp).mkdir()
            except FileExistsError:
                moment += timedelta(microseconds=1)
            else:
                return stamp

    def finish(self, stamp: str, manifest: Manifest) -> None:
        """From here on it is a backup, also after power loss."""
        folder = self.root / stamp
        sync(self.database(stamp))
        partial = folder / f"{MANIFEST}.partial"
        partial.write_text(manifest.model_dump_json(), encoding="utf-8")
        sync(partial)
        partial.replace(folder / MANIFEST)
        sync(folder)
        sync(self.root)

    def drop(self, stamp: str) -> None:
        """Remove a backup. Its manifest goes first: a kill leaves no half of one."""
        (self.root / stamp / MANIFEST).unlink(missing_ok=True)
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(self.root / stamp)

    def expire(self, before: datetime) -> list[str]:
        """Remove the backups begun before that moment, and name them."""
        old = [stamp for stamp in self.stamps() if _moment(stamp) < before]
        for stamp in old:
            self.drop(stamp)
        return old

    def named(self) -> dict[str, Kept]:
        """Every file that a backup names. Raises BackupDamaged when one cannot be asked."""
        named: dict[str, Kept] = {}
        for stamp in self.stamps():
            named |= self.manifest(stamp).blobs
        return named

    async def sweep(self) -> int:
        """Remove the files that no backup names; how many. Raises BackupDamaged, removing none."""
        named = self.named()
        unnamed = [name async for name, _ in self.blobs.ages() if name not in named]
        for name in unnamed:
            await self.blobs.discard(name)
        return len(unnamed)

    def _folders(self) -> list[str]:
        if not self.root.is_dir():
            return []
        return sorted(path.name for path in self.root.iterdir() if _IS_STAMP.fullmatch(path.name))


def weigh(path: Path) -> Kept:
    """A file's size and sha256, as it lies on the disk."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Kept(size=file.tell(), sha256=digest)


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, survive power loss."""
    if os.name != "posix" and path.is_dir():
        return  # other systems cannot open folders
    descriptor = os.open(path, os.O_RDWR if path.is_file() else os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _moment(stamp: str) -> datetime:
    return datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)


def _lock(descriptor: int, root: Path) -> None:
    """Hold the file until it is closed, which a kill does too."""
    if sys.platform == "win32":
        return  # a second backup at once is the operator's to avoid there
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise AlreadyRunning(
            f"Another darkroom backup is writing to {root}. Wait until it has ended."
        ) from None
