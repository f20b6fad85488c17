"""What nobody draws, asked for again and again: counted once each, then a pause that ends."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from storage import offences, outbox, retention, subjects
from storage.blobs import Blobs
from storage.engine import Database
from storage.erase import erase
from storage.offences import MOST, SUSPENDED, WITHIN
from storage.settings import StorageSettings
from storage.tables import Member, Offence, Outgoing
from tests.conftest import Clock
from tests.rows import count, rows

SERVER, ALICE = 70, 1
DAY_S = 86_400.0


async def offend(database: Database, *requests: int, **other: Any) -> None:
    for request in requests:
        told = {"member_id": ALICE, "server_id": SERVER, "kind": "prompt"} | other
        await offences.note(database, request_id=f"request-{request}", **told)


async def is_suspended(database: Database) -> bool:
    return await offences.suspended_until(database, ALICE) is not None


async def test_one_offence_counts_once_however_often_it_is_told(database: Database) -> None:
    for _ in range(MOST + 1):
        await offend(database, 1)
    assert await count(database, Offence) == 1
    assert not await is_suspended(database)


async def test_the_one_too_many_suspends_for_a_while_and_tells_the_admins(
    database: Database, clock: Clock
) -> None:
    await offend(database, *range(MOST - 1))
    assert not await is_suspended(database)
    assert await outbox.waiting(database) == 0
    await offend(database, MOST)
    assert await offences.suspended_until(database, ALICE) == clock.now() + SUSPENDED
    (row,) = await outbox.take(database)
    assert (row.kind, row.server_id, row.about_id, row.job_id) == ("alert", SERVER, ALICE, None)
    clock.advance(SUSPENDED.total_seconds() + 1)
    assert not await is_suspended(database)


async def test_withheld_pictures_count_as_prompts_do(database: Database) -> None:
    await offend(database, 0, 1)
    await offend(database, *range(2, MOST), kind="picture")
    assert await is_suspended(database)


async def test_offences_of_long_ago_do_not_count(database: Database, clock: Clock) -> None:
    await offend(database, *range(MOST - 1))
    clock.advance(WITHIN.total_seconds() + 1)
    await offend(database, MOST)
    assert not await is_suspended(database)


async def test_offences_of_others_do_not_count(database: Database) -> None:
    for member in range(2, 2 + MOST):
        await offend(database, member, member_id=member)
    assert not any([await offences.suspended_until(database, n) for n in range(2, 2 + MOST)])


async def test_who_is_suspended_is_not_counted_and_nobody_is_told_twice(
    database: Database,
) -> None:
    await offend(database, *range(3 * MOST))
    assert await count(database, Offence) == MOST
    assert await count(database, Outgoing) == 1


async def test_what_led_to_one_suspension_does_not_lead_to_the_next(
    database: Database, clock: Clock
) -> None:
    await offend(database, *range(MOST))
    clock.advance(SUSPENDED.total_seconds() + 1)
    await offend(database, *range(10, 10 + MOST - 1))
    assert not await is_suspended(database)
    await offend(database, 20)
    assert await is_suspended(database)
    assert await count(database, Outgoing) == 2


async def test_outside_a_server_a_member_is_suspended_and_nobody_is_told(
    database: Database,
) -> None:
    await offend(database, *range(MOST), server_id=None)
    assert await is_suspended(database)
    assert await count(database, Outgoing) == 0


async def test_offences_at_once_suspend_once(database: Database, place: Path | str) -> None:
    await subjects.give_consent(database, ALICE, 1)
    other = await Database.open(place)
    bots = (database, other)
    await asyncio.gather(*(offend(bots[n % 2], n) for n in range(2 * MOST)))
    await other.close()
    assert await is_suspended(database)
    assert await count(database, Offence) == MOST
    assert await count(database, Outgoing) == 1


async def test_a_suspension_that_is_lifted_leaves_nothing_behind(database: Database) -> None:
    await offend(database, *range(MOST))
    assert await offences.lift(database, ALICE, SERVER)
    assert not await is_suspended(database)
    assert not await offences.lift(database, ALICE, SERVER)
    await offend(database, *range(10, 10 + MOST - 1))
    assert not await is_suspended(database)


async def test_only_a_server_where_the_member_offended_may_lift(database: Database) -> None:
    await offend(database, *range(MOST))
    assert not await offences.lift(database, ALICE, SERVER + 1)
    assert await is_suspended(database)
    assert not await offences.lift(database, 99, SERVER)


async def in_three_places(database: Database) -> None:
    """Two offences in one server, two in another, and one outside of servers."""
    await offend(database, 0, 1)
    await offend(database, 2, 3, server_id=SERVER + 1)
    await offend(database, 4, server_id=None)


async def test_every_server_where_an_offence_counted_is_told_once(database: Database) -> None:
    await in_three_places(database)
    told = await outbox.take(database)
    assert [(row.kind, row.server_id) for row in told] == [("alert", SERVER), ("alert", SERVER + 1)]


async def test_a_server_lifts_what_happened_there_and_nothing_else(database: Database) -> None:
    await in_three_places(database)
    assert await offences.lift(database, ALICE, SERVER)
    places = (SERVER, SERVER + 1, SERVER + 2, None)
    held = [await offences.suspended_until(database, ALICE, place) for place in places]
    assert [end is not None for end in held] == [False, True, True, True]
    assert not await offences.lift(database, ALICE, SERVER)
    assert not await offences.lift(database, ALICE, SERVER + 2)


async def test_when_all_servers_have_lifted_it_is_over_everywhere(database: Database) -> None:
    await offend(database, 0, 1, 2)
    await offend(database, 3, 4, server_id=SERVER + 1)
    assert await offences.lift(database, ALICE, SERVER + 1)
    assert await is_suspended(database)
    assert await offences.lift(database, ALICE, SERVER)
    assert not await is_suspended(database)


async def test_a_server_of_ones_own_lifts_nothing_for_another(
    database: Database, clock: Clock
) -> None:
    """Who has a break lifted somewhere, asks on there, and has the next one lifted, too, is where
    they were."""
    own = SERVER + 1
    await offend(database, 0, 1, 2, 3)
    await offend(database, 4, server_id=own)
    first = await offences.suspended_until(database, ALICE, SERVER)
    for break_ in range(1, 3):
        assert await offences.lift(database, ALICE, own)
        assert await offences.suspended_until(database, ALICE, own) is None
        assert await offences.suspended_until(database, ALICE, SERVER) == first
        clock.advance(60)
        await offend(database, *range(10 * break_, 10 * break_ + MOST), server_id=own)
        assert await offences.suspended_until(database, ALICE, own) == clock.now() + SUSPENDED


async def test_a_picture_of_a_forgotten_member_is_nobodys(database: Database, blobs: Blobs) -> None:
    await offend(database, 1)
    await erase(database, blobs, ALICE)
    await offend(database, 2, kind="picture")
    assert await count(database, Member) == await count(database, Offence) == 0


async def test_a_forgotten_members_offences_and_alert_are_forgotten(
    database: Database, blobs: Blobs
) -> None:
    await offend(database, *range(MOST))
    await erase(database, blobs, ALICE)
    for table in (Member, Offence, Outgoing):
        assert await count(database, table) == 0


async def test_what_admins_were_told_of_a_forgotten_member_is_taken_down(
    database: Database, blobs: Blobs
) -> None:
    await offend(database, *range(MOST))
    (row,) = await outbox.take(database)
    await outbox.delivered(database, row.id or 0, outbox.Message(10, 20))
    await erase(database, blobs, ALICE)
    (word,) = await rows(database, Outgoing)
    assert (word.kind, word.channel_id, word.message_id) == ("withdraw", 10, 20)
    assert word.about_id is None


async def test_an_alert_that_was_sent_while_its_member_was_forgotten_is_taken_down(
    database: Database, blobs: Blobs
) -> None:
    await offend(database, *range(MOST))
    (row,) = await outbox.take(database)
    await erase(database, blobs, ALICE)
    await outbox.delivered(database, row.id or 0, outbox.Message(10, 20))
    (word,) = await rows(database, Outgoing)
    assert (word.kind, word.message_id) == ("withdraw", 20)


@pytest.mark.parametrize(("days", "left"), [(6, 1), (8, 0)])
async def test_an_offence_is_kept_as_long_as_it_counts(  # noqa: PLR0917
    database: Database, blobs: Blobs, clock: Clock, tmp_path: Path, days: int, left: int
) -> None:
    await offend(database, 1)
    clock.advance(days * DAY_S)
    await retention.expire(database, blobs, StorageSettings(data=tmp_path))
    assert await count(database, Offence) == left
