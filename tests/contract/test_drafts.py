"""What members began is kept for a day, and links to somebody's photos for an hour."""

from __future__ import annotations

import pytest

from storage import drafts
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import NotYours
from storage.retention import expire
from storage.settings import StorageSettings
from storage.tables import Draft
from tests.conftest import Clock
from tests.rows import count

HOUR_S = 3600.0
WISH = {"prompt": "two words"}
PHOTOS = {"framing": None, "photos": [{"url": "https://cdn.discordapp.com/a.jpg"}]}


@pytest.mark.parametrize(("wish", "kept_s"), [(WISH, 24 * HOUR_S), (PHOTOS, HOUR_S)])
async def test_a_draft_is_there_until_its_time_and_its_row_goes_with_the_next_round(
    database: Database, blobs: Blobs, clock: Clock, wish: dict[str, object], kept_s: float
) -> None:
    number = await drafts.keep(database, 1, dict(wish))
    clock.advance(kept_s - 1)
    assert await drafts.own(database, 1, number) == wish
    await expire(database, blobs, StorageSettings())
    assert await count(database, Draft) == 1
    clock.advance(2)
    with pytest.raises(NotYours):
        await drafts.own(database, 1, number)
    await expire(database, blobs, StorageSettings())
    assert await count(database, Draft) == 0
