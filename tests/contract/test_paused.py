"""A break runs to its end, whatever becomes of its member's row, and of its own."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, text

from storage import clock as clocks
from storage import offences, retention, subjects
from storage.blobs import Blobs
from storage.engine import Database
from storage.erase import erase
from storage.offences import MOST, SUSPENDED
from storage.schema import configuration
from storage.settings import StorageSettings
from storage.tables import Member, Moment, Offence, Suspension
from tests.conftest import Clock
from tests.contract.test_offences import ALICE, is_suspended, offend
from tests.contract.test_schema import run
from tests.rows import count, rows


async def test_being_forgotten_ends_no_break_and_leaves_nothing_but_its_end(
    database: Database, blobs: Blobs, clock: Clock, tmp_path: Path
) -> None:
    await offend(database, *range(MOST))
    until = clock.now() + SUSPENDED
    for _ in range(2):  # the second time there is nobody left to forget
        assert (await erase(database, blobs, ALICE)).suspended_until == until
    (left,) = await rows(database, Suspension)
    assert (left.member_id, left.until) == (ALICE, until)
    assert await is_suspended(database)
    await offend(database, MOST)
    assert await count(database, Member) == 0  # who has a break is not counted, and not known
    await subjects.give_consent(database, ALICE, 1)
    assert await is_suspended(database)
    await retention.expire(database, blobs, StorageSettings(data=tmp_path))
    assert await is_suspended(database)
    clock.advance(SUSPENDED.total_seconds() + 1)
    assert not await is_suspended(database)
    assert (await erase(database, blobs, ALICE)).suspended_until is None
    await retention.expire(database, blobs, StorageSettings(data=tmp_path))
    assert await count(database, Suspension) == 0


async def test_a_break_from_before_breaks_had_rows_goes_on(nowhere: Path | str) -> None:
    until = clocks.now().replace(microsecond=0) + timedelta(hours=3)

    def before(connection: Connection) -> None:
        def at(hours: int) -> object:
            return Moment().process_bind_param(until - timedelta(hours=hours), connection.dialect)

        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, "0007")
        member = "INSERT INTO member (id, created_at, suspended_until) VALUES (:id, :at, :until)"
        for number, ends in ((1, at(0)), (2, None)):
            connection.execute(text(member), {"id": number, "at": at(99), "until": ends})
        offence = (
            "INSERT INTO offence (member_id, kind, request_id, created_at)"
            " VALUES (:member, 'prompt', :request, :at)"
        )
        for request, (number, hours) in enumerate(((1, 30), (1, 2), (2, 30))):
            told = {"member": number, "request": str(request), "at": at(hours)}
            connection.execute(text(offence), told)

    if isinstance(nowhere, Path):
        nowhere.parent.mkdir()
    await run(nowhere, before)
    database = await Database.open(nowhere)
    assert await offences.suspended_until(database, 1) == until
    assert await offences.suspended_until(database, 2) is None
    assert [one.led_to for one in await rows(database, Offence)] == [until, None, None]
    await database.close()
