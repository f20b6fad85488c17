"""What members want by default, as part of their row."""

from __future__ import annotations

import asyncio

import pytest

from storage import subjects, wishes
from storage.engine import Database
from storage.errors import NotYours
from storage.tables import Member
from tests.rows import count

ALICE = 1


async def test_wishes_are_kept_beside_each_other_and_taken_back(database: Database) -> None:
    await subjects.give_consent(database, ALICE, 1)
    assert await wishes.of(database, ALICE) == {}
    await asyncio.gather(
        wishes.keep(database, ALICE, pictures=3),
        wishes.keep(database, ALICE, language="de"),
        wishes.keep(database, ALICE, prompts=False),
    )
    assert await wishes.of(database, ALICE) == {"pictures": 3, "language": "de", "prompts": False}
    await wishes.keep(database, ALICE, language=None, pictures=1)
    assert await wishes.of(database, ALICE) == {"pictures": 1, "prompts": False}


async def test_who_is_not_known_has_none_and_gets_no_row(database: Database) -> None:
    with pytest.raises(NotYours):
        await wishes.keep(database, ALICE, pictures=3)
    assert await wishes.of(database, ALICE) == {}
    assert await count(database, Member) == 0
