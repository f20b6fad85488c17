"""How a Darkroom is doing, read off its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select

from storage import clock, outbox
from storage.engine import Database
from storage.gallery import AWAKE_S
from storage.schema import configuration
from storage.tables import Doomed, Job, Session, Worker, columns, in_state
from storage.turns import is_held

jobs = columns(Job)
doomed = columns(Doomed)
sessions = columns(Session)
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


@dataclass(frozen=True)
class Floor:
    """What goes on, as a server's admins see it: the whole line, how many trainings of it wait for
    their server's quiet hours to end, the trainers that are awake; and of that server the pictures
    of today, the trainings of this week, and the sessions under way."""

    waiting: int
    running: int
    held: int
    trainers: Sequence[Worker]
    pictures: int
    trainings: int
    sessions: int


async def floor(database: Database, server_id: int, today: datetime, this_week: datetime) -> Floor:
    """How it is now. `today` and `this_week`: when they began there."""
    async with database.read() as session:
        waiting, running, held = [
            await session.scalar(select(func.count(jobs.id)).where(which)) or 0
            for which in (in_state("queued"), in_state("running"), is_held())
        ]
        awake = workers.seen_at > clock.now() - timedelta(seconds=AWAKE_S)
        trainers = await session.scalars(select(workers).where(awake).order_by(workers.id))
        pictures = func.sum(func.coalesce(jobs.spec["pictures"].as_integer(), 1))
        drawn, trained = [
            await session.scalar(
                select(amount).where(
                    jobs.server_id == server_id,
                    jobs.created_at >= since,
                    jobs.kind == kind,
                    jobs.state == "done",
                )
            )
            or 0
            for amount, kind, since in (
                (pictures, "generate", today),
                (func.count(jobs.id), "train", this_week),
            )
        ]
        rooms = select(func.count(sessions.id)).where(
            sessions.server_id == server_id, sessions.stage != "closed"
        )
        under_way = await session.scalar(rooms) or 0
        return Floor(waiting, running, held, trainers.all(), drawn, trained, under_way)
