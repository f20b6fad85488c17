from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import OperationalError

from storage import clock, subjects
from storage.connect import LOOK_AGAIN_MS, journal_mode
from storage.engine import Database
from storage.errors import Busy
from storage.tables import Consent, Member, columns
from tests.rows import count


@pytest.mark.parametrize("session", ["write", "read"])
async def test_every_connection_is_durable_and_strict(database: Database, session: str) -> None:
    async with getattr(database, session)() as opened:
        for pragma, value in (
            ("journal_mode", journal_mode().lower()),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("busy_timeout", 30_000 if session == "read" else LOOK_AGAIN_MS),
        ):
            assert await opened.scalar(text(f"PRAGMA {pragma}")) == value


async def test_the_sqlite_in_use_is_the_one_that_was_chosen(database: Database) -> None:
    async with database.read() as session:
        assert await session.scalar(text("SELECT sqlite_version()")) == sqlite3.sqlite_version


async def test_rows_survive_closing(tmp_path: Path) -> None:
    for known in (0, 1):
        database = await Database.open(tmp_path / "new" / "darkroom.sqlite3")
        assert await count(database, Member) == known
        await subjects.give_consent(database, 1, 1)
        await database.close()


async def test_two_who_read_and_then_write_both_succeed(database: Database) -> None:
    """With a deferred BEGIN the second would get in between, and the first fail at its write."""
    other = await Database.open(database.path)
    await subjects.give_consent(database, 1, 1)

    async def add(to: Database, number: int) -> None:
        async with to.write() as session:
            assert (await session.get_one(Member, 1)).served_turn is None
            session.add(Member(id=number, created_at=clock.now()))

    async with database.write() as session:
        assert (await session.get_one(Member, 1)).served_turn is None
        second = asyncio.create_task(add(other, 3))
        done, _ = await asyncio.wait({second}, timeout=0.3)
        assert not done  # it waits for its turn, even to read
        session.add(Member(id=2, created_at=clock.now()))
    await second
    await other.close()
    assert await count(database, Member) == 3


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    with pytest.raises(RuntimeError):  # noqa: PT012
        async with database.write() as session:
            session.add(Member(id=1, created_at=clock.now()))
            await session.flush()
            raise RuntimeError
    assert await count(database, Member) == 0


async def test_whoever_waits_too_long_for_a_write_is_told_to_try_again(
    database: Database, tmp_path: Path
) -> None:
    hasty = await Database.open(database.path, patience_s=0.05)
    async with database.write() as session:
        session.add(Member(id=1, created_at=clock.now()))
        await session.flush()
        with pytest.raises(Busy):
            await subjects.give_consent(hasty, 2, 1)
        assert await count(hasty, Member) == 0  # readers never wait
    await subjects.give_consent(hasty, 2, 1)
    await hasty.close()
    assert await count(database, Member) == 2


async def test_a_start_while_the_file_is_locked_is_told_to_try_again(database: Database) -> None:
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
        with pytest.raises(Busy):
            await Database.open(database.path, patience_s=0.05)


async def test_a_postgresql_that_does_not_answer_is_a_matter_of_trying_again() -> None:
    with pytest.raises(Busy):
        await Database.open("postgresql://nobody@127.0.0.1:1/nothing")


async def test_whoever_stands_in_line_for_the_writer_is_told_in_time_too(
    database: Database,
) -> None:
    """Many commands at once under a lock: each is refused after its own patience, not after the
    sum of everybody's."""
    hasty = await Database.open(database.path, patience_s=0.2)
    async with database.write() as session:
        await session.execute(text("SELECT 1"))
        began = clock.monotonic_s()
        asked = await asyncio.gather(
            *(subjects.give_consent(hasty, number, 1) for number in range(12)),
            return_exceptions=True,
        )
        assert {type(one) for one in asked} == {Busy}
        assert clock.monotonic_s() - began < 12 * 0.2  # one after the other it would be that
    await hasty.close()


async def test_a_read_sees_the_state_of_its_first_question_and_the_next_read_the_new_one(
    database: Database,
) -> None:
    consents = select(func.count()).select_from(columns(Consent))
    async with database.read() as early, database.read() as late:
        assert await early.scalar(consents) == 0
        await subjects.give_consent(database, 1, 1)
        assert await early.scalar(consents) == 0
        assert await late.scalar(consents) == 1
    for _ in range(5):  # on whichever connection
        async with database.read() as session:
            assert await session.scalar(consents) == 1


async def test_a_read_that_fails_leaves_its_connection_fit_for_the_next(database: Database) -> None:
    for _ in range(5):
        with pytest.raises(OperationalError):
            async with database.read() as session:
                await session.execute(text("SELECT nonsense"))
        async with database.read():
            pass  # nothing is asked
        async with database.read() as session:
            assert await session.scalar(text("SELECT 1")) == 1


async def test_a_read_that_is_given_up_half_way_leaves_its_connection_fit_for_the_next(
    database: Database,
) -> None:
    for _ in range(5):
        async with database.read() as session:
            asking = asyncio.create_task(session.execute(text("SELECT 1")))
            await asyncio.sleep(0)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking
        async with database.read() as session:
            assert await session.scalar(text("SELECT 1")) == 1
