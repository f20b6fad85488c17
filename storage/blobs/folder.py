"""Blobs in a folder: temporary file, fsync, rename, fsync of the folder."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from itertools import islice
from pathlib import Path

from storage import clock
from storage.blobs.keys import checked, new_key
from storage.errors import BlobMissing, StorageFull, StoreUnreachable

#: Files looked at in one visit to a thread.
AT_ONCE = 500
#: No room on the disk, or none left of a quota.
_FULL = {errno.ENOSPC, errno.EDQUOT}


class FolderBlobs:
    """A folder of this machine, or one that several machines share."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where a blob lies. Raises BlobMissing for what is not a key at all."""
        return self.root / checked(key)

    async def ready(self) -> None:
        """Make the folder, and see that it can be written. Raises StoreUnreachable."""
        try:
            await asyncio.to_thread(self.root.mkdir, parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnreachable(
                f"Files cannot be kept in {self.root}: {error.strerror}. Make it a folder that"
                " Darkroom may write, or point DARKROOM_DATA at one."
            ) from error
        if not os.access(self.root, os.W_OK | os.X_OK):
            raise StoreUnreachable(
                f"Darkroom may not write in {self.root}. Give the folder to the user it runs as,"
                " or point DARKROOM_DATA at another."
            )

    async def put(self, folder: str, data: bytes, suffix: str) -> str:
        """Write a blob durably and return its key. Raises StorageFull, and leaves nothing."""
        key = new_key(folder, suffix)
        await self.put_as(key, data)
        return key

    async def put_as(self, key: str, data: bytes) -> None:
        """Write a blob under a key that it had before."""
        await asyncio.to_thread(_write, self.path(key), data)

    async def get(self, key: str) -> bytes:
        """Read a blob. Raises BlobMissing."""
        path = self.path(key)
        try:
            return await asyncio.to_thread(path.read_bytes)
        except FileNotFoundError:
            raise BlobMissing(f"The file {key} is missing from {self.root}.") from None

    async def exists(self, key: str) -> bool:
        """Whether a blob is there."""
        return await asyncio.to_thread(self.path(key).is_file)

    async def delete(self, key: str) -> int:
        """Remove a blob and return its size in bytes, 0 when it was gone already."""
        return await asyncio.to_thread(_remove, self.path(key))

    async def ages(self) -> AsyncIterator[tuple[str, float]]:
        """Every file with the seconds since it was last written, by this machine's clock: machines
        that share a folder keep theirs together."""
        files = self._files()
        while some := await asyncio.to_thread(lambda: list(islice(files, AT_ONCE))):
            for name, written_at in some:
                yield name, clock.now().timestamp() - written_at

    async def discard(self, name: str) -> None:
        """Remove a file by its name under the root, an abandoned half included."""
        path = (self.root / name).resolve()
        if path.is_relative_to(self.root.resolve()) and path.is_file():
            await asyncio.to_thread(path.unlink, missing_ok=True)

    def _files(self) -> Iterator[tuple[str, float]]:
        for path in self.root.rglob("*"):
            with contextlib.suppress(FileNotFoundError):  # removed while we looked
                if path.is_file():
                    yield path.relative_to(self.root).as_posix(), path.stat().st_mtime


def _write(target: Path, data: bytes) -> None:
    # two writers of one key do not share their half
    partial = target.with_suffix(f".{secrets.token_hex(4)}.partial")
    try:
        _make(target.parent)
        with partial.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
        _sync(target.parent)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise StorageFull from error
        raise


def _remove(path: Path) -> int:
    try:
        size = path.stat().st_size
        path.unlink()
    except FileNotFoundError:
        return 0
    return size


def _make(folder: Path) -> None:
    """Make a folder that survives power loss: each new one is written into the one above it."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(exist_ok=True)
        _sync(folder.parent)


def _sync(folder: Path) -> None:
    """Make a new name in `folder` survive power loss, where the system can open folders."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
