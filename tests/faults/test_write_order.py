"""Case 29, power loss: what is acknowledged has reached the disk, in the right order.

Covered: a file is synced, then gets its name, then its folder is synced, and only then is the row
committed; on deletion the row goes first; SQLite syncs every commit (synchronous=FULL). Not
covered: the power itself. Nothing here drops the page cache, and a disk that claims to have
written what it has not is beyond this program.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, text

from storage import queue
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from tests.faults.members import Member
from tests.faults.trainers import do
from tests.rows import files, keys_of


class Mute:
    """Somebody to tell, who does not listen."""

    def __call__(self, what: str, **facts: Any) -> None:
        pass


class Order:
    """What was asked of the disk, in the order in which it was."""

    def __init__(self, database: Database, root: Path, patch: pytest.MonkeyPatch) -> None:
        self.events: list[tuple[str, str]] = []
        self._root = root
        for name in ("fsync", "replace", "unlink"):
            patch.setattr(os, name, self._noting(name, getattr(os, name)))
        event.listen(database._writer.sync_engine, "commit", self._committed)

    def _noting(self, name: str, call: Any) -> Any:
        def noted(what: Any, *rest: Any, **options: Any) -> Any:
            # a rename counts for what it makes
            path = (
                Path(f"/proc/self/fd/{what}").readlink()
                if isinstance(what, int)
                else [what, *rest][-1]
            )
            self.events.append((name, os.path.relpath(path, self._root)))
            return call(what, *rest, **options)

        return noted

    def _committed(self, _: object) -> None:
        self.events.append(("commit", ""))

    def of(self, key: str) -> list[str]:
        """What happened to this file and to the rows, in order; a half goes by its whole's name."""
        stem, folder = Path(key).stem, str(Path(key).parent)
        return [
            "sync folder" if path == folder else f"{name} file" if stem in path else name
            for name, path in self.events
            if path == folder or stem in path or name == "commit"
        ]


@pytest.fixture
def member(database: Database, blobs: FolderBlobs) -> Member:
    return Member(Mute(), database, blobs, 1)  # type: ignore[arg-type]  # only ever called


async def test_files_are_on_the_disk_before_their_rows_and_leave_after_them(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    subject = await member.subject()
    order = Order(member.database, member.blobs.root, monkeypatch)
    photo = await member.photo(subject)
    keys = await keys_of(member.database, photo)
    assert len(keys) == 3
    for key in keys:
        seen = order.of(key)
        kept = seen[seen.index("fsync file") :]
        assert kept == ["fsync file", "replace file", "sync folder", "commit"]
    order.events.clear()
    await member.drop(photo)
    for key in keys:
        seen = order.of(key)
        assert seen.index("commit") < seen.index("unlink file")


async def test_what_a_job_made_is_on_the_disk_before_it_is_done(
    member: Member, monkeypatch: pytest.MonkeyPatch
) -> None:
    await member.ask("train", await member.subject())
    lease = await queue.claim(member.database)
    assert lease is not None
    order = Order(member.database, member.blobs.root, monkeypatch)
    await do(Mute(), member.database, member.blobs, lease)  # type: ignore[arg-type]  # as above
    made = await files(member.blobs)
    assert {key.partition("/")[0] for key in made} == {"adapters", "images"}
    for key in made:
        seen = order.of(key)
        kept = seen[seen.index("fsync file") :]
        assert kept == ["fsync file", "replace file", "sync folder", "commit"]


async def test_every_commit_is_synced(database: Database) -> None:
    async with database.write() as session:
        assert await session.scalar(text("PRAGMA synchronous")) == 2  # FULL
