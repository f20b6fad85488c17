"""Files: photos, crops, adapters, pictures. The only owner of their names.

They lie in a folder, or in a bucket of any store that speaks S3. A blob is never half there, and
what `put` returned a key for survives power loss. File first, row second; on deletion row first,
file second: what a crash leaves behind is a file without a row (`storage.orphans`), never a row
without a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Protocol

from storage.blobs.bucket import BucketBlobs
from storage.blobs.folder import FolderBlobs
from storage.settings import StorageSettings


class Blobs(Protocol):
    """What every place for files promises; tests/contract holds each of them to it.

    Where the place itself fails, a bucket raises StoreUnreachable; a folder raises StorageFull
    for want of room, else OSError.
    """

    async def ready(self) -> None:
        """Ask, before the first file, whether the place can be used. Raises StoreUnreachable."""

    async def put(self, folder: str, data: bytes, suffix: str) -> str:
        """Write a blob durably and return its key."""

    async def put_as(self, key: str, data: bytes) -> None:
        """Write a blob under a key that it had before, as a restore does; again changes nothing.

        Raises BlobMissing for what is not a key.
        """

    async def get(self, key: str) -> bytes:
        """Read a blob. Raises BlobMissing."""

    async def exists(self, key: str) -> bool:
        """Whether a blob is there. Raises BlobMissing for what is not a key."""

    async def delete(self, key: str) -> int:
        """Remove a blob and return its size in bytes, 0 when it was gone already.

        Raises BlobMissing for what is not a key.
        """

    def ages(self) -> AsyncIterator[tuple[str, float]]:
        """Every name that is there, abandoned halves included, with the seconds since it was
        written."""

    async def discard(self, name: str) -> None:
        """Remove what `ages` named; what leads out of the place is left alone."""


def open_blobs(settings: StorageSettings) -> Blobs:
    """The place the settings name: a bucket (DARKROOM_BLOBS), or the folder beside the database.

    Nothing is asked of it yet; `ready` does that.
    """
    if settings.blobs is None:
        return FolderBlobs(settings.data / "blobs")
    bucket, _, prefix = settings.blobs.removeprefix("s3://").partition("/")
    return BucketBlobs(
        bucket, prefix.strip("/"), endpoint=settings.blobs_endpoint, region=settings.blobs_region
    )


def sha256_of(data: bytes) -> str:
    """The sha256 of a blob's content in hex, as rows keep it."""
    return hashlib.sha256(data).hexdigest()
