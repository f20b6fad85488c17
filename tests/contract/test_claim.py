"""Who comes first: one claim for each job, fair between members, by a look into an index."""

from __future__ import annotations

import asyncio
import sys
import tempfile
from asyncio.subprocess import PIPE
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from storage import line, queue, turns
from storage.engine import Database
from storage.tables import Job
from tests import sqlite
from tests.conftest import Clock
from tests.rows import ask, claimed, new_subject

RACER = """
import asyncio, sys
from pathlib import Path
from storage import line, queue
from storage.engine import Database

async def main():
    database = await Database.open(sys.argv[1])
    sys.stdin.read(1)
    while (lease := await queue.claim(database)) is not None:
        async with queue.finishing(database, lease, {}):
            print(lease.job.id, flush=True)
    await database.close()

asyncio.run(main())
"""


async def test_processes_that_race_get_each_job_once(database: Database, place: Path | str) -> None:
    racers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", RACER, str(place), stdin=PIPE, stdout=PIPE
        )
        for _ in range(3)
    ]
    jobs = [(await ask(database, owner_id=n % 3)).id for n in range(30)]
    said = [(await racer.communicate(b"go"))[0] for racer in racers]
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert sorted(int(number) for lines in said for number in lines.split()) == jobs


async def test_connections_that_race_get_each_job_once(
    database: Database, place: Path | str
) -> None:
    jobs = {(await ask(database)).id for _ in range(5)}
    others = [await Database.open(place) for _ in range(3)]
    leases = await asyncio.gather(*(queue.claim(d) for d in (database, *others) for _ in range(3)))
    for other in others:
        await other.close()
    taken = [lease.job.id for lease in leases if lease is not None]
    assert sorted(taken) == sorted(jobs)  # type: ignore[type-var]


async def test_interactive_work_comes_before_trainings(database: Database) -> None:
    subject = await new_subject(database)
    training = await ask(database, kind="train", subject=subject)
    picture = await ask(database)
    assert (await claimed(database)).job.id == picture.id
    assert (await claimed(database)).job.id == training.id


async def test_a_worker_in_a_training_takes_only_interactive_work(database: Database) -> None:
    training = await ask(database, kind="train", subject=await new_subject(database))
    assert await queue.claim(database, interactive_only=True) is None
    picture = await ask(database)
    assert (await claimed(database, interactive_only=True)).job.id == picture.id
    assert await queue.claim(database, interactive_only=True) is None
    assert (await claimed(database)).job.id == training.id


async def test_a_member_with_many_jobs_does_not_hold_up_the_others(
    database: Database, clock: Clock
) -> None:
    flood = [await ask(database, owner_id=1) for _ in range(3)]
    late = await ask(database, owner_id=2)
    order = []
    for _ in range(4):
        clock.advance(1)
        order.append((await claimed(database)).job.id)
    assert order == [flood[0].id, late.id, flood[1].id, flood[2].id]


async def test_place_in_line_counts_everything_before(database: Database, clock: Clock) -> None:
    running = await ask(database, owner_id=1)
    await claimed(database)
    clock.advance(1)
    mine = [await ask(database, owner_id=1) for _ in range(2)]
    other = await ask(database, owner_id=2)
    places = [await line.place_in_line(database, job.id or 0) for job in (*mine, other)]
    assert places == [2, 3, 1]
    assert await line.place_in_line(database, running.id or 0) is None
    assert await line.place_in_line(database, 999) is None


@settings(max_examples=12, deadline=None)
@given(
    asked=st.lists(
        st.tuples(st.integers(1, 3), st.booleans(), st.integers(0, 1)), min_size=1, max_size=9
    ),
    served=st.integers(0, 3),
)
def test_the_line_that_is_shown_is_the_order_of_the_claims(
    asked: list[tuple[int, bool, int]], served: int
) -> None:
    async def compare(path: Path) -> None:
        database = Database(sqlite.new_database(path))
        subjects = [
            await new_subject(database, owner, token=f"tkn{n}")
            for n, (owner, _, _) in enumerate(asked)
        ]
        for (owner, is_picture, priority), subject in zip(asked, subjects, strict=True):
            kind = "generate" if is_picture else "train"
            job = await ask(database, owner, kind=kind, subject=subject)
            async with database.write() as session:
                (await session.get_one(Job, job.id)).priority = priority
        for _ in range(min(served, len(asked))):
            moved.advance(1)
            await queue.fail(database, await claimed(database), "error")
        shown = [job.id for job in await line.open_jobs(database)]
        taken = []
        moved.advance(1)
        while (lease := await queue.claim(database)) is not None:
            taken.append(lease.job.id)
            moved.advance(1)
        await database.close()
        assert shown == taken

    moved = Clock()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.clock.now", moved.now)
        patch.setattr("storage.clock.shared", moved.shared)
        asyncio.run(compare(Path(folder) / "darkroom.sqlite3"))


async def test_a_claim_never_walks_over_finished_jobs(database: Database) -> None:
    """Every statement of a claim, explained with the very values it ran with."""
    waiting = await ask(database)
    async with database.write() as session:
        values = waiting.model_dump() | {
            "id": None,
            "state": "done",
            "finished_at": waiting.run_after,
        }
        session.add_all(Job(**values | {"request_id": f"old-{n}"}) for n in range(3000))
    if not database.is_sqlite:
        async with database._writer.connect() as connection:
            await connection.exec_driver_sql("ANALYZE job")
    ran: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        ran.append((statement, values))

    engines = (database._writer.sync_engine, database._readers.sync_engine)
    for engine in engines:
        event.listen(engine, "before_cursor_execute", note)
    await claimed(database)
    assert await queue.claim(database) is None  # an idle worker's look
    for engine in engines:
        event.remove(engine, "before_cursor_execute", note)
    plans = [await explained(database, *one) for one in ran if "FROM job" in one[0]]
    assert sum("job_waiting" in plan for plan in plans) >= 3
    assert sum("job_leased" in plan for plan in plans) >= 2
    for plan in plans:
        assert "Seq Scan on job" not in plan
        assert "SCAN job\n" not in plan + "\n"


async def explained(database: Database, statement: str, values: Sequence[Any]) -> str:
    how = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    async with database._readers.connect() as connection:
        plan = await connection.exec_driver_sql(f"{how} {statement}", tuple(values))
        return "\n".join(str(row[-1]) for row in plan.all())


@settings(max_examples=15, deadline=None)
@given(
    members=st.integers(1, 5),
    priority=st.integers(0, 1),
    seed=st.randoms(use_true_random=False),
)
def test_a_training_is_begun_in_bounded_time_whatever_the_others_ask_for(
    members: int, priority: int, seed: Random
) -> None:
    """The bound of `turns.fair_order`: from the moment it is overdue, a training waits for at most
    one claim of each other member, though each of them asks for more after every claim."""

    async def flood(path: Path) -> None:
        database = Database(sqlite.new_database(path))
        for owner in range(1, members + 1):
            for _ in range(3):
                await ask(database, owner, priority=priority)
        for _ in range(seed.randrange(4)):
            await served(database)
        training = await ask(
            database, 99, kind="train", subject=await new_subject(database, 99), priority=priority
        )
        moved.advance(turns.OVERDUE_S + 1)
        for _ in range(members):
            if await served(database) == training.id:
                break
        else:
            assert await served(database) == training.id
        await database.close()

    async def served(database: Database) -> int | None:
        moved.advance(seed.choice([0, 0.1, 100]))
        job = (await claimed(database)).job
        for _ in range(seed.randrange(1, 3)):
            if job.owner_id != 99:
                await ask(database, job.owner_id, priority=priority)
        return job.id

    moved = Clock()
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.clock.now", moved.now)
        patch.setattr("storage.clock.shared", moved.shared)
        asyncio.run(flood(Path(folder) / "darkroom.sqlite3"))


async def test_a_training_that_has_not_waited_long_lets_prompts_pass(
    database: Database, clock: Clock
) -> None:
    training = await ask(database, 1, kind="train", subject=await new_subject(database))
    clock.advance(turns.OVERDUE_S - 1)
    for owner in (2, 3):
        await ask(database, owner)
        assert (await claimed(database)).job.owner_id == owner
    assert (await claimed(database)).job.id == training.id


async def test_of_two_jobs_the_one_with_priority_comes_first(database: Database) -> None:
    await ask(database, 1)
    urgent = await ask(database, 2, priority=1)
    assert (await claimed(database)).job.id == urgent.id


async def test_turns_do_not_depend_on_the_clock(database: Database, clock: Clock) -> None:
    for owner in (1, 2):
        for _ in range(2):
            await ask(database, owner)
    order = []
    for step in (3600, -7200, 3600, 0):
        order.append((await claimed(database)).job.owner_id)
        clock.advance(step)
    assert order == [1, 2, 1, 2]
