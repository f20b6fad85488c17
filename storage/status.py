"""How a Darkroom is doing, read off its rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from storage import clock, outbox
from storage.engine import Database
from storage.gallery import AWAKE_S
from storage.schema import configuration
from storage.tables import Doomed, Job, Worker, columns

jobs = columns(Job)
doomed = columns(Doomed)
workers = columns(Worker)


@dataclass(frozen=True)
class Status:
    """What there is to do, and who is there to do it."""

    revision: str
    waiting_jobs: int
    running_jobs: int
    undelivered: int
    doomed_files: int
    awake_trainers: int


async def revision(database: Database) -> str | None:
    """The revision of the tables; None where there are none, or they are older than revisions."""
    async with database.read() as session:
        return await (await session.connection()).run_sync(_revision)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def newest_revision() -> str | None:
    """The revision that this Darkroom's code is written for."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


async def status(database: Database) -> Status | None:
    """How it is doing; None while the tables are not this version's."""
    found = await revision(database)
    if found is None or found != newest_revision():
        return None
    async with database.read() as session:
        counted = [
            await session.scalar(select(func.count()).where(condition)) or 0
            for condition in (
                jobs.state == "queued",
                jobs.state == "running",
                doomed.key.is_not(None),
                workers.seen_at > clock.now() - timedelta(seconds=AWAKE_S),
            )
        ]
    waiting, running, files, awake = counted
    return Status(
        revision=found,
        waiting_jobs=waiting,
        running_jobs=running,
        undelivered=await outbox.waiting(database),
        doomed_files=files,
        awake_trainers=awake,
    )
