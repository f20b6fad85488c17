"""Files: photos, crops, adapters, pictures. The only owner of their names.

A blob is never half there (temporary file, fsync, rename, fsync of the folder). Its key is
random, so no word of a member ever becomes part of a path. File first, row second; on deletion
row first, file second: what a crash leaves behind is a file without a row, never a row without
a file.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from storage.errors import BlobMissing

_KEY = re.compile(r"[a-z-]+/[0-9a-f]{2}/[0-9a-f]{32}\.[a-z]+")


class Blobs:
    """The blob folder. Keys look like `photos/3f/3f0c....png`."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, key: str) -> Path:
        """Where a blob lies. Raises BlobMissing for what is not a key at all."""
        if not _KEY.fullmatch(key):
            raise BlobMissing(f"{key!r} is not a blob's key.")
        return self.root / key

    def put_now(self, folder: str, data: bytes, suffix: str) -> str:
        """Write a blob durably and return its key. Blocks: a few milliseconds of disk."""
        name = secrets.token_hex(16)
        key = f"{folder}/{name[:2]}/{name}.{suffix}"
        target = self.path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        partial = target.with_suffix(".partial")
        try:
            with partial.open("wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
            _sync_folder(target.parent)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        return key

    def get_now(self, key: str) -> bytes:
        """Read a blob. Raises BlobMissing."""
        try:
            return self.path(key).read_bytes()
        except FileNotFoundError:
            raise BlobMissing(f"The file {key} is missing from {self.root}.") from None

    def delete_now(self, key: str) -> int:
        """Remove a blob and return its size in bytes, 0 when it was gone already."""
        path = self.path(key)
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        return size

    def keys(self) -> Iterator[str]:
        """Every blob that is there, whole or abandoned halfway."""
        for path in self.root.rglob("*"):
            if path.is_file():
                yield path.relative_to(self.root).as_posix()

    def ages(self, at: datetime) -> Iterator[tuple[str, float]]:
        """Every file with the seconds since it was last written."""
        for key in self.keys():
            with contextlib.suppress(FileNotFoundError):  # removed while we looked
                yield key, at.timestamp() - (self.root / key).stat().st_mtime

    def discard_now(self, name: str) -> None:
        """Remove a file by its name under the root, an abandoned half included."""
        path = (self.root / name).resolve()
        if path.is_relative_to(self.root.resolve()):
            path.unlink(missing_ok=True)

    async def put(self, folder: str, data: bytes, suffix: str) -> str:
        return await asyncio.to_thread(self.put_now, folder, data, suffix)

    async def get(self, key: str) -> bytes:
        return await asyncio.to_thread(self.get_now, key)

    async def delete(self, key: str) -> int:
        return await asyncio.to_thread(self.delete_now, key)


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive power loss, where the system can open folders."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
