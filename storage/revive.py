"""A backup's copy of the database, brought into the present before anybody reads it.

Its tables are brought forward, its clocks set to this machine's, and whoever asked to be forgotten
after it was made is forgotten in it too.
"""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import case, update

from storage import clock
from storage.blobs import Blobs
from storage.engine import Database
from storage.erase import erase
from storage.gallery import AWAKE_S
from storage.snapshot import fold, open_copy, open_file
from storage.tables import Job, Outgoing, Worker, columns

jobs = columns(Job)
outgoing = columns(Outgoing)
workers = columns(Worker)


async def revive(staged: Path, live: Blobs, current: Path, later: list[Path]) -> tuple[int, bool]:
    """Bring the copy `staged` into the present.

    Whom to forget is asked of the database it will replace, and of later backups. How many members
    were forgotten again, and whether the replaced database could not be asked, or is not the one
    that the backup is of: a new one that knows none of its members knows of no wish either.
    """
    asked = await asyncio.to_thread(_wishes, current, is_copy=False)
    if not await asyncio.to_thread(_goes_on_from, staged, current):
        asked = None
    wishes = set(asked or ())
    for copy in later:
        told = await asyncio.to_thread(_wishes, copy, is_copy=True)
        wishes |= told or set()
    database = await Database.open(staged)
    try:
        await _set_clocks(database)
        members = await asyncio.to_thread(_carry_over, staged, wishes)
        receipts = [await erase(database, live, member_id) for member_id in members]
    finally:
        await database.close()
    await asyncio.to_thread(fold, staged)
    return sum(any(vars(receipt).values()) for receipt in receipts), asked is None


async def _set_clocks(database: Database) -> None:
    """Waits and leases of the backup are over: they were on the clock of another boot, or machine.

    A running job goes back in line at the next claim. Its attempt does not count: it did nothing
    wrong. No trainer of the backup is awake.
    """
    async with database.write() as session:
        at, silent_at = await clock.shared(session), clock.now() - timedelta(seconds=AWAKE_S)
        running, queued = jobs.state == "running", jobs.state == "queued"
        await session.execute(
            update(jobs)
            .where(running)
            .values(lease_until=at, attempt=case((jobs.attempt > 0, jobs.attempt - 1), else_=0))
        )
        await session.execute(update(jobs).where(queued).values(run_after=at))
        await session.execute(
            update(outgoing).where(outgoing.delivered_at.is_(None)).values(send_after=at)
        )
        await session.execute(
            update(workers).where(workers.seen_at > silent_at).values(seen_at=silent_at)
        )


def _goes_on_from(staged: Path, current: Path) -> bool:
    """Whether the database knows any member of the backup, if only as forgotten."""
    members = _numbers(staged, "SELECT id FROM member")
    known = _numbers(current, "SELECT id FROM member")
    known |= _numbers(current, "SELECT member_id FROM erasure")
    return not members or bool(members & known)


def _numbers(source: Path, question: str) -> set[int]:
    if not source.exists():
        return set()
    try:
        with closing(open_file(source)) as connection:
            return {number for (number,) in connection.execute(question)}
    except sqlite3.DatabaseError:
        return set()  # no such table, or no database


_WISH = "member_id, asked_at, finished_at, counts, freed_bytes"


def _wishes(source: Path, *, is_copy: bool) -> set[tuple[object, ...]] | None:
    """Who asked this database to be forgotten; None when it cannot be asked."""
    if not source.exists():
        return None
    try:
        with closing(open_copy(source) if is_copy else open_file(source)) as connection:
            if not connection.execute(
                "SELECT 1 FROM sqlite_schema WHERE name = 'erasure'"
            ).fetchone():
                return set()  # schema 0001 kept none
            return set(connection.execute(f"SELECT {_WISH} FROM erasure"))  # noqa: S608 - our own
    except sqlite3.DatabaseError:
        return None


def _carry_over(staged: Path, wishes: set[tuple[object, ...]]) -> list[int]:
    """Write down the wishes that the copy does not know, and say whose they are.

    One that it knows was granted before the backup: who came back since is a member like any other.
    """
    members: set[int] = set()
    with closing(open_file(staged)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for wish in wishes:
            added = connection.execute(
                f"INSERT INTO erasure ({_WISH}) SELECT ?, ?, ?, ?, ?"  # noqa: S608 - our own
                " WHERE NOT EXISTS"
                " (SELECT 1 FROM erasure WHERE member_id = ? AND asked_at = ?)",
                (*wish, *wish[:2]),
            )
            if added.rowcount:
                members.add(int(str(wish[0])))
        connection.execute("COMMIT")
    return sorted(members)
