from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, StatementError

from storage import clock, subjects
from storage.blobs import Blobs
from storage.engine import SCHEMA_VERSION, Database, journal_mode
from storage.errors import SchemaMismatch
from storage.tables import Job, Member, Photo, Subject
from tests.rows import ask, count, new_photo, new_subject

OPENER = """
import asyncio, sys
from pathlib import Path
from storage import subjects
from storage.engine import Database

async def main():
    sys.stdin.read(1)
    database = await Database.open(Path(sys.argv[1]))
    await subjects.give_consent(database, int(sys.argv[2]), 1)
    await database.close()

asyncio.run(main())
"""


@pytest.mark.parametrize("session", ["write", "read"])
async def test_every_connection_is_durable_and_strict(database: Database, session: str) -> None:
    async with getattr(database, session)() as opened:
        for pragma, value in (
            ("journal_mode", journal_mode().lower()),
            ("synchronous", 2),
            ("foreign_keys", 1),
            ("busy_timeout", 30_000),
        ):
            assert await opened.scalar(text(f"PRAGMA {pragma}")) == value


async def test_the_sqlite_in_use_is_the_one_that_was_chosen(database: Database) -> None:
    async with database.read() as session:
        assert await session.scalar(text("SELECT sqlite_version()")) == sqlite3.sqlite_version


@pytest.mark.parametrize("version", [SCHEMA_VERSION + 1, 99])
async def test_another_versions_file_is_refused_in_a_sentence(tmp_path: Path, version: int) -> None:
    path = tmp_path / "darkroom.sqlite3"
    await (await Database.open(path)).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    with pytest.raises(SchemaMismatch, match=f"has schema {version}.*restore a backup"):
        await Database.open(path)


async def test_rows_survive_closing(tmp_path: Path) -> None:
    for known in (0, 1):
        database = await Database.open(tmp_path / "new" / "darkroom.sqlite3")
        assert await count(database, Member) == known
        await subjects.give_consent(database, 1, 1)
        await database.close()


def test_processes_that_open_a_new_file_at_once_all_get_in(tmp_path: Path) -> None:
    path = tmp_path / "darkroom.sqlite3"
    openers = [
        subprocess.Popen(
            [sys.executable, "-c", OPENER, str(path), str(number)], stdin=subprocess.PIPE, text=True
        )
        for number in range(3)
    ]
    for opener in openers:
        opener.communicate("go", timeout=60)
    assert [opener.returncode for opener in openers] == [0, 0, 0]
    connection = sqlite3.connect(path)
    assert connection.execute("SELECT count(*) FROM member").fetchone() == (3,)
    connection.close()


async def test_two_who_read_and_then_write_both_succeed(database: Database) -> None:
    """With a deferred BEGIN the second would get in between, and the first fail at its write."""
    other = await Database.open(database.path)
    await subjects.give_consent(database, 1, 1)

    async def add(to: Database, number: int) -> None:
        async with to.write() as session:
            assert (await session.get_one(Member, 1)).last_served_at is None
            session.add(Member(id=number, created_at=clock.now()))

    async with database.write() as session:
        assert (await session.get_one(Member, 1)).last_served_at is None
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


async def refused(database: Database, row: Any) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(row)


@pytest.mark.parametrize(
    "change",
    [
        {"owner_id": 99},
        {"subject_id": 99},
        {"kind": "wish"},
        {"state": "lost"},
        {"state": "done"},
        {"finished_at": clock.now()},
        {"lease_key": "key"},
        {"state": "running", "lease_key": "key"},
        {"lease_until": clock.now()},
        {"attempt": 4},
        {"attempt": -1},
        {"error": "crashed"},
        {"state": "failed", "finished_at": clock.now()},
        {"kind": "train", "subject_id": None},
    ],
)
async def test_an_impossible_job_is_refused(database: Database, change: dict[str, Any]) -> None:
    job = await ask(database)
    await refused(database, Job(**job.model_dump() | {"id": None, "request_id": "new"} | change))


@pytest.mark.parametrize(
    "change",
    [{"owner_id": 99}, {"kind": "ghost"}, {"token": "ab"}, {"token": "a" * 17}, {"token": "zwx"}],
)
async def test_an_impossible_subject_is_refused(database: Database, change: dict[str, Any]) -> None:
    subject = await new_subject(database)
    await refused(
        database, Subject(**subject.model_dump() | {"id": None, "token": "qqxy"} | change)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"subject_id": 99},
        {"framing": "feet"},
        {"crop_side": 0},
        {"crop_x": -1},
        {"crop_x": 1},
        {"crop_y": 1},
        {"upright_key": None},
    ],
)
async def test_an_impossible_photo_is_refused(
    database: Database, blobs: Blobs, change: dict[str, Any]
) -> None:
    photo = await new_photo(database, blobs, await new_subject(database))
    fresh = {"id": None, "source_sha256": "new", "upright_key": "new", "crop_key": "new"}
    await refused(database, Photo(**photo.model_dump() | fresh | change))


async def test_a_time_without_its_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="aware"):
        async with database.write() as session:
            session.add(Member(id=1, created_at=clock.now().replace(tzinfo=None)))


async def test_times_come_back_as_they_were(database: Database) -> None:
    at = clock.now()
    async with database.write() as session:
        session.add(Member(id=1, created_at=at))
    async with database.read() as session:
        assert (await session.get_one(Member, 1)).created_at == at
