"""Locks and broken lines on PostgreSQL; SQLite's are in tests/storage/test_engine.py."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from storage import clock, queue
from storage.engine import Database
from storage.errors import Busy, DatabaseRefused
from storage.tables import Job, Member
from tests.rows import ask, claimed, count


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_server_that_dropped_every_line_is_asked_again(
    database: Database, place: str
) -> None:
    other = await Database.open(place)
    await ask(database)
    async with other.write() as session:
        await session.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert (await claimed(database)).job.attempt == 1
    await other.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_a_line_that_breaks_in_the_middle_undoes_the_whole(
    database: Database, place: str
) -> None:
    other = await Database.open(place)
    with pytest.raises(Busy):  # noqa: PT012 (the break is in the middle)
        async with database.write() as session:
            session.add(Member(id=7, created_at=clock.now()))
            await session.flush()
            pid = await session.scalar(text("SELECT pg_backend_pid()"))
            async with other.write() as stronger:
                await stronger.execute(text(f"SELECT pg_terminate_backend({pid})"))
            await session.execute(text("SELECT 1"))
    assert await count(other, Member) == 0
    await other.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_whoever_waits_too_long_for_a_row_is_told_to_try_again(
    database: Database, place: str
) -> None:
    await ask(database)
    lease = await claimed(database)
    hasty = await Database.open(place, patience_s=0.05)
    async with database.write() as session:
        await session.get_one(Job, lease.job.id, with_for_update=True)
        with pytest.raises(Busy):
            await queue.beat(hasty, lease)
    await queue.beat(hasty, lease)
    await hasty.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
async def test_claims_do_not_wait_for_each_other(database: Database, place: str) -> None:
    for owner in (1, 2):
        await ask(database, owner)
    hasty = await Database.open(place, patience_s=0.05)
    async with database.write() as session:
        taken = await session.scalar(
            text("SELECT id FROM job ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED")
        )
        assert (await claimed(hasty)).job.id != taken
    await hasty.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)
@pytest.mark.parametrize("change", [("/test_", "/no_test_"), ("postgres:@", "nobody:@")])
async def test_a_database_or_a_role_that_is_not_there_is_said(
    place: str, change: tuple[str, str]
) -> None:
    assert change[0] in place
    with pytest.raises(DatabaseRefused, match="Check DARKROOM_POSTGRESQL"):
        await Database.open(place.replace(*change))
