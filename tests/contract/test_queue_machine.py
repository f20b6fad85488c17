"""The queue against a plain dictionary: whatever happens in whatever order, they agree."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from storage import queue
from storage.engine import Database
from storage.errors import LeaseLost, NotYours
from storage.queue import Lease
from storage.tables import Job
from tests.conftest import Clock
from tests.rows import ask, rows

LEASE_S = 30.0
MOST_ATTEMPTS = 2
#: A backoff is over after any step of the clock, and is not before one.
STEPS_S = (10.0, 31.0)


@dataclass
class Expected:
    """A job as it should be."""

    owner: int
    interactive: bool
    state: str = "queued"
    attempt: int = 0
    key: str | None = None
    until: float = 0.0
    asked: bool = False
    ready_at: float = 0.0


class QueueMachine(RuleBasedStateMachine):
    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("storage.clock.now", self.clock.now)
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.database = self.runner.run(Database.open(Path(self.folder.name) / "queue.sqlite3"))
        self.jobs: dict[int, Expected] = {}
        self.served: dict[int, float] = {}

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        self.runner.close()
        self.folder.cleanup()
        self.patch.undo()

    @property
    def at(self) -> float:
        return self.clock.monotonic_s()

    def holds(self, lease: Lease) -> Expected | None:
        job = self.jobs[lease.job.id or 0]
        return job if job.state == "running" and job.key == lease.key else None

    @rule(owner=st.integers(1, 3), interactive=st.booleans())
    def enqueue(self, owner: int, interactive: bool) -> None:
        kind = "generate" if interactive else "class-images"
        job = self.runner.run(ask(self.database, owner, kind=kind, max_attempts=MOST_ATTEMPTS))
        self.jobs[job.id or 0] = Expected(owner, interactive, ready_at=self.at)

    @rule(target=leases, interactive_only=st.booleans())
    def claim(self, interactive_only: bool):
        lease = self.runner.run(
            queue.claim(self.database, lease_s=LEASE_S, interactive_only=interactive_only)
        )
        for job in self.jobs.values():
            if job.state == "running" and job.until < self.at:
                job.key = None
                if job.asked:
                    job.state = "cancelled"
                elif job.attempt >= MOST_ATTEMPTS:
                    job.state = "failed"
                else:
                    job.state, job.ready_at = "queued", self.at + 1
        ready = [
            (not job.interactive, self.served.get(job.owner, 0.0), number)
            for number, job in self.jobs.items()
            if job.state == "queued"
            and job.ready_at <= self.at
            and (job.interactive or not interactive_only)
        ]
        if not ready:
            assert lease is None
            return multiple()
        assert lease is not None
        number = min(ready)[2]
        assert lease.job.id == number
        job = self.jobs[number]
        job.state, job.key, job.until = "running", lease.key, self.at + LEASE_S
        job.attempt += 1
        self.served[job.owner] = self.at
        return lease

    @rule(lease=leases)
    def beat(self, lease: Lease) -> None:
        job = self.holds(lease)
        if job is None:
            with pytest.raises(LeaseLost):
                self.runner.run(queue.beat(self.database, lease, lease_s=LEASE_S))
        else:
            assert self.runner.run(queue.beat(self.database, lease, lease_s=LEASE_S)) == job.asked
            job.until = self.at + LEASE_S

    @rule(lease=consumes(leases), end=st.sampled_from(["done", "failed", "cancelled"]))
    def end(self, lease: Lease, end: str) -> None:
        async def write() -> None:
            if end == "failed":
                await queue.fail(self.database, lease, "error")
            elif end == "cancelled":
                await queue.stop(self.database, lease)
            else:
                async with queue.finishing(self.database, lease, {}):
                    pass

        job = self.holds(lease)
        if job is None:
            with pytest.raises(LeaseLost):
                self.runner.run(write())
        else:
            self.runner.run(write())
            job.state, job.key = end, None

    @rule(lease=consumes(leases), counted=st.booleans())
    def give_back(self, lease: Lease, counted: bool) -> None:
        job = self.holds(lease)
        if job is None:
            with pytest.raises(LeaseLost):
                self.runner.run(queue.give_back(self.database, lease, count_attempt=counted))
        elif not counted or job.attempt < MOST_ATTEMPTS:  # workers fail a job on its last attempt
            self.runner.run(queue.give_back(self.database, lease, count_attempt=counted))
            job.state, job.key = ("cancelled" if job.asked else "queued"), None
            job.ready_at = self.at
            job.attempt -= not counted

    @rule(number=st.integers(1, 6), member=st.integers(1, 3))
    def cancel(self, number: int, member: int) -> None:
        job = self.jobs.get(number)
        if job is None or job.owner != member:
            with pytest.raises(NotYours):
                self.runner.run(queue.cancel(self.database, number, member))
            return
        self.runner.run(queue.cancel(self.database, number, member))
        if job.state == "queued":
            job.state = "cancelled"
        elif job.state == "running":
            job.asked = True

    @rule(seconds=st.sampled_from(STEPS_S))
    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @invariant()
    def the_rows_are_as_expected(self) -> None:
        found = {
            job.id: (job.state, job.attempt, job.lease_key)
            for job in self.runner.run(rows(self.database, Job))
        }
        assert found == {
            number: (job.state, job.attempt, job.key) for number, job in self.jobs.items()
        }


TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
