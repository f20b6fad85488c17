"""Numbers of rows that were erased: somebody may still hold one in hand."""

from __future__ import annotations

import pytest

from storage import outbox, queue
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.erase import erase
from tests.rows import ask, claimed


async def test_what_a_bot_marks_as_said_is_what_it_said(
    database: Database, blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases 17 and 39: a member is erased while a bot says the end of one of their jobs."""
    monkeypatch.setattr(outbox, "GRACE_S", 0.0)
    await ask(database, 1)
    await queue.fail(database, await claimed(database), "error")
    (said,) = await outbox.take(database)
    await erase(database, blobs, 1)
    await ask(database, 2)
    await queue.fail(database, await claimed(database), "error")
    await outbox.delivered(database, said.id or 0)
    assert await outbox.waiting(database) == 1, "an end was marked as said that nobody said"
