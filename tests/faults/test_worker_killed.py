"""A worker that is killed at once, while it holds a job."""

from __future__ import annotations

import signal
import subprocess
import sys

from storage import clock as real_clock
from storage import queue
from storage.engine import Database
from storage.tables import Job
from tests.conftest import Clock
from tests.rows import ask, rows

REAL_NOW = real_clock.now

HOLDER = """
import asyncio, sys
from pathlib import Path
from storage import queue
from storage.engine import Database

async def main():
    database = await Database.open(Path(sys.argv[1]))
    lease = await queue.claim(database, lease_s=30)
    await queue.beat(database, lease, lease_s=30, progress={"step": 1})
    async with database.write() as session:  # dies with a transaction open
        print(lease.key, flush=True)
        sys.stdin.read()

asyncio.run(main())
"""


async def test_the_job_of_a_killed_worker_returns_and_ends_after_its_last_attempt(
    database: Database, clock: Clock
) -> None:
    await ask(database, max_attempts=2)
    clock.at = REAL_NOW()  # the killed process reads the real clock
    for attempt in (1, 2):
        holder = subprocess.Popen(  # noqa: ASYNC220
            [sys.executable, "-c", HOLDER, str(database.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert holder.stdout
        key = holder.stdout.readline().strip()
        holder.send_signal(signal.SIGKILL)
        holder.communicate()
        (job,) = await rows(database, Job)
        assert (job.state, job.attempt, job.lease_key) == ("running", attempt, key)
        assert job.lease_until is not None
        clock.at = job.lease_until
        clock.advance(1)
        assert await queue.claim(database) is None
        (job,) = await rows(database, Job)
        # the next process reads the real clock again: nothing may hold it off
        async with database.write() as session:
            (await session.get_one(Job, job.id)).run_after = REAL_NOW()
    assert (job.state, job.error, job.attempt) == ("failed", "crashed", 2)
