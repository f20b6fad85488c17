"""A database with everything in it, and every file of a folder."""

from __future__ import annotations

from pathlib import Path

from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from tests.rows import (
    new_photo,
    new_subject,
    trained,
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
