"""A server's rules and breaks, as rows."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from storage import pauses, retention, servers
from storage.blobs import Blobs
from storage.engine import Database
from storage.erase import erase
from storage.settings import StorageSettings
from storage.tables import Pause, Server
from tests.conftest import Clock
from tests.rows import count, new_subject, rows

HERE, ELSEWHERE, ALICE = 7, 8, 1
HOUR_S = 3600


async def test_changes_at_once_are_all_kept(database: Database) -> None:
    def adding(name: str) -> Any:
        def change(had: Mapping[str, Any]) -> dict[str, Any]:
            return {**had, name: True}

        return change

    names = [f"rule-{n}" for n in range(8)]
    await asyncio.gather(*(servers.set_rules(database, HERE, adding(n)) for n in names))
    (server,) = await rows(database, Server)
    assert set(server.rules) == set(names)


async def test_a_break_holds_in_one_server_and_ends_by_itself(
    database: Database, clock: Clock
) -> None:
    until = await pauses.give(database, HERE, ALICE, 24)
    assert await pauses.until(database, HERE, ALICE) == until
    assert await pauses.until(database, ELSEWHERE, ALICE) is None
    assert await pauses.until(database, None, ALICE) is None
    assert await pauses.until(database, HERE, 2) is None
    clock.advance(24 * HOUR_S + 1)
    assert await pauses.until(database, HERE, ALICE) is None
    assert not await pauses.end(database, HERE, ALICE)


async def test_a_break_is_given_anew_and_ended(database: Database, clock: Clock) -> None:
    await pauses.give(database, HERE, ALICE, 24)
    shorter = await pauses.give(database, HERE, ALICE, 1)
    assert await pauses.until(database, HERE, ALICE) == shorter
    assert await pauses.end(database, HERE, ALICE)
    assert not await pauses.end(database, HERE, ALICE)
    assert await count(database, Pause) == 0


async def test_being_forgotten_ends_no_break_and_says_so(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    await new_subject(database)
    await pauses.give(database, ELSEWHERE, ALICE, 1)
    until = await pauses.give(database, HERE, ALICE, 24)
    assert (await erase(database, blobs, ALICE)).suspended_until == until
    assert await pauses.until(database, HERE, ALICE) == until


async def test_breaks_that_are_over_are_forgotten(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    await pauses.give(database, HERE, ALICE, 1)
    await pauses.give(database, ELSEWHERE, ALICE, 48)
    clock.advance(2 * HOUR_S)
    await retention.expire(database, blobs, StorageSettings())
    (left,) = await rows(database, Pause)
    assert left.server_id == ELSEWHERE
