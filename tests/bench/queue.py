"""The queue's pace on both databases: claims, requests, a million finished rows, waking.

SQLite lies on this machine's disk with synchronous=FULL; PostgreSQL runs beside it with its own
defaults (fsync on). Figures without a suffix are SQLite's, `_postgresql` the other's.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from storage import clock, queue
from storage.engine import Database
from storage.wake import Watch
from tests import postgresql
from tests.rows import ask

REPETITIONS = 3
JOBS = 300
WRITERS = 8
REQUESTS_EACH = 60
#: Between two requests of a writer: eight of them then ask for up to 80 jobs a second, where a
#: busy server's evening has less than one. Without a pause they hold both cores at 100 %.
THINKS_S = 0.1
FINISHED = 1_000_000
WAKES = 30

#: Each of the eight: open, do it once (a bot asks its first request after a start, not with every
#: request), say so, wait for the start, work, print what it saw.
_OPEN = """
import asyncio, sys
from storage import clock, queue
from storage.engine import Database

async def main():
    database = await Database.open(sys.argv[1])
    {once}
    print("open", flush=True)
    sys.stdin.read(1)
    {work}
    await database.close()

asyncio.run(main())
"""
CLAIMER = _OPEN.format(
    once="",
    work="""
    while (lease := await queue.claim(database)) is not None:
        async with queue.finishing(database, lease, {}):
            pass
        print(lease.job.id)
""",
)
ASKER = _OPEN.format(
    once="""
    owner = int(sys.argv[2])
    first = queue.Request(kind="generate", owner_id=owner, request_id=f"{owner}")
    await queue.enqueue(database, first, queue.Quotas(per_member=10_000))
""",
    work="""
    for number in range(int(sys.argv[3])):
        request = queue.Request(kind="generate", owner_id=owner, request_id=f"{owner} {number}")
        began = clock.monotonic_s()
        await queue.enqueue(database, request, queue.Quotas(per_member=10_000))
        print(clock.monotonic_s() - began)
        await asyncio.sleep(float(sys.argv[4]))  # the load: a member's pause, as the section asks
""",
)


def run() -> dict[str, Any]:
    """Measure on SQLite, then on PostgreSQL."""
    figures: dict[str, float] = {}
    repetitions: dict[str, list[float]] = {}
    for suffix, place in (("", _file), ("_postgresql", _server)):
        for name, values in _measure(place).items():
            pick = max if name == "duplicates" else statistics.median
            figures[name + suffix] = pick(values)
            repetitions[name + suffix] = values
    return {"figures": figures, "repetitions": repetitions}


@contextmanager
def _file() -> Iterator[Path | str]:
    # beside the results and not in /tmp, which is often memory
    with tempfile.TemporaryDirectory(dir=Path(__file__).parents[2] / "var") as folder:
        yield Path(folder) / "darkroom.sqlite3"


@contextmanager
def _server() -> Iterator[Path | str]:
    template = postgresql.template()
    postgresql.as_it_comes()
    address = asyncio.run(postgresql.new_database(template))
    yield address
    asyncio.run(postgresql.drop(address))


def _measure(place: Any) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for _ in range(REPETITIONS):
        with place() as where:
            seconds = asyncio.run(_claim_and_finish(where))
            found.setdefault("claim_finish_per_s", []).append(JOBS / seconds)
        with place() as where:
            per_s, duplicates = _eight_claim(where)
            found.setdefault("claim_finish_per_s_8_workers", []).append(per_s)
            found.setdefault("duplicates", []).append(duplicates)
        for name, thinks_s in (("", THINKS_S), ("_without_pause", 0.0)):
            with place() as where:
                waits = sorted(_eight_ask(where, thinks_s))
            found.setdefault(f"enqueue_p99_ms{name}", []).append(_p99(waits) * 1000)
            found.setdefault(f"enqueue_p50_ms{name}", []).append(statistics.median(waits) * 1000)
    with place() as where:
        fast = asyncio.run(_claim_seconds(where))
        asyncio.run(_fill(where))
        slow = asyncio.run(_claim_seconds(where))
        found["claim_ms"] = [one * 1000 for one in fast]
        found["claim_slowdown_at_1m"] = [statistics.median(slow) / statistics.median(fast)]
    with place() as where:
        found["wake_ms"] = [one * 1000 for one in asyncio.run(_wake(where))]
    return found


def _p99(waits: list[float]) -> float:
    return waits[min(len(waits) - 1, int(len(waits) * 0.99))]


async def _claim_and_finish(where: Path | str) -> float:
    """Seconds in which one worker claims and finishes `JOBS` jobs of five members."""
    database = await Database.open(where)
    for number in range(JOBS):
        await ask(database, number % 5)
    began = clock.monotonic_s()
    while (lease := await queue.claim(database)) is not None:
        async with queue.finishing(database, lease, {}):
            pass
    seconds = clock.monotonic_s() - began
    await database.close()
    return seconds


def _eight(program: str, where: Path | str, *arguments: str) -> tuple[list[list[str]], float]:
    """What eight processes that start together print, and the seconds until the last ended."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(where), str(number), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(WRITERS)
    ]
    for one in running:
        assert one.stdout
        one.stdout.readline()
    began = clock.monotonic_s()
    for one in running:
        assert one.stdin
        one.stdin.write("go")
        one.stdin.flush()
    said = [one.communicate()[0].split() for one in running]
    if any(one.returncode for one in running):
        raise RuntimeError("a process failed")
    return said, clock.monotonic_s() - began


def _eight_claim(where: Path | str) -> tuple[float, int]:
    async def fill() -> None:
        database = await Database.open(where)
        for number in range(JOBS):
            await ask(database, number % 5)
        await database.close()

    asyncio.run(fill())
    said, seconds = _eight(CLAIMER, where)
    taken = [number for numbers in said for number in numbers]
    if len(set(taken)) != JOBS:
        raise RuntimeError(f"{len(set(taken))} of {JOBS} jobs were done")
    return JOBS / seconds, len(taken) - len(set(taken))


def _eight_ask(where: Path | str, thinks_s: float) -> list[float]:
    async def members() -> None:
        database = await Database.open(where)
        for owner in range(WRITERS):
            await ask(database, owner)
        await database.close()

    asyncio.run(members())
    said, _ = _eight(ASKER, where, str(REQUESTS_EACH), str(thinks_s))
    return [float(wait) for waits in said for wait in waits]


async def _claim_seconds(where: Path | str) -> list[float]:
    """Seconds of each of 50 claims while 10 jobs wait."""
    database = await Database.open(where)
    for number in range(10):
        await ask(database, number)
    found = []
    for number in range(50):
        await ask(database, number % 10)
        began = clock.monotonic_s()
        lease = await queue.claim(database)
        found.append(clock.monotonic_s() - began)
        assert lease is not None
        await queue.fail(database, lease, "error")
    while (lease := await queue.claim(database)) is not None:
        await queue.fail(database, lease, "error")
    await database.close()
    return found


async def _fill(where: Path | str) -> None:
    """A million finished jobs, each a copy of one that really finished."""
    database = await Database.open(where)
    names = (
        "kind, interactive, owner_id, subject_id, spec, state, priority, attempt, max_attempts,"
        " run_after, progress, outcome, error, cancel_keeps, created_at, started_at, finished_at"
    )
    numbers = (
        f"WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {FINISHED})"
    )
    async with database.write() as session:
        await session.execute(
            text(
                f"INSERT INTO job (request_id, {names}) {numbers}"
                f" SELECT 'old ' || n, {names} FROM n, (SELECT * FROM job LIMIT 1) AS one"
            )
        )
    if not database.is_sqlite:
        async with database.write() as session:
            await session.execute(text("ANALYZE job"))
    await database.close()


async def _wake(where: Path | str) -> list[float]:
    """Seconds from a request's return to its claim by a worker that sat idle."""
    asking, working = await Database.open(where), await Database.open(where)
    never = asyncio.Event()
    found = []
    async with Watch(working) as watch:
        for _ in range(WAKES):
            while await queue.claim(working) is not None:
                pass
            await watch.changed(never, 0.2)  # what was written before
            idle = asyncio.create_task(watch.changed(never, 10))
            await asyncio.sleep(0.06)  # the worker sits idle for longer than it looks between
            await ask(asking)
            began = clock.monotonic_s()
            await idle
            assert await queue.claim(working) is not None
            found.append(clock.monotonic_s() - began)
    await asking.close()
    await working.close()
    return found
