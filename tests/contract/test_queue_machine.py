"""Queue and outbox against plain dictionaries: whatever happens in whatever order, they agree."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, multiple, rule

from storage import outbox, queue
from storage.clock import LONGEST_S
from storage.engine import Database
from storage.errors import LeaseLost, NotYours
from storage.outbox import GRACE_S, TAKEN_S
from storage.queue import BACKOFF_S, Lease
from storage.tables import Job
from storage.turns import OVERDUE_S
from tests import postgresql, sqlite
from tests.conftest import Clock
from tests.rows import ask, rows

LEASE_S = 30.0
MOST_ATTEMPTS = 2
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

    def is_ready(self, at: float) -> bool:
        return not 0 < self.ready_at - at <= LONGEST_S

    def is_first_lane(self, at: float) -> bool:
        waited_s = at - self.ready_at
        return self.interactive or waited_s >= OVERDUE_S or waited_s < -LONGEST_S


class QueueMachine(RuleBasedStateMachine):
    leases = Bundle("leases")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr("storage.clock.now", self.clock.now)
        self.patch.setattr("storage.clock.shared", self.clock.shared)
        self.patch.setattr("secrets.randbelow", lambda most: most // 2)  # no jitter
        self.folder = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.place = self.new_place()
        self.database = Database(self.place)
        self.jobs: dict[int, Expected] = {}
        self.turns: dict[int, int] = {}
        self.unsaid: set[int | None] = set()
        self.said: set[int | None] = set()

    def new_place(self) -> Path | str:
        return sqlite.new_database(Path(self.folder.name) / "queue.sqlite3")

    def teardown(self) -> None:
        self.runner.run(self.database.close())
        if isinstance(self.place, str):
            self.runner.run(postgresql.drop(self.place))
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
            if job.state == "running" and not 0 < job.until - self.at <= LONGEST_S:
                job.key = None
                if job.asked:
                    job.state = "cancelled"
                elif job.attempt >= MOST_ATTEMPTS:
                    job.state = "failed"
                else:
                    job.state, job.ready_at = "queued", self.at + BACKOFF_S
        self.tell_ends()
        ready = [
            (not job.is_first_lane(self.at), self.turns.get(job.owner, 0), number)
            for number, job in self.jobs.items()
            if job.state == "queued"
            and job.is_ready(self.at)
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
        self.turns[job.owner] = max(self.turns.values(), default=0) + 1
        return lease

    def tell_ends(self) -> None:
        """Every job that has ended is to be told of, once."""
        ended = {n for n, job in self.jobs.items() if job.state not in ("queued", "running")}
        self.unsaid |= ended - self.said

    @rule(lease=leases)
    def beat(self, lease: Lease) -> None:
        job = self.holds(lease)
        if job is None:
            with pytest.raises(LeaseLost):
                self.runner.run(queue.beat(self.database, lease, lease_s=LEASE_S))
        else:
            asked = self.runner.run(queue.beat(self.database, lease, lease_s=LEASE_S))
            assert (asked is not None) == job.asked
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
        else:
            self.runner.run(queue.give_back(self.database, lease, count_attempt=counted))
            job.attempt -= not counted
            job.key, job.ready_at = None, self.at
            if job.asked:
                job.state = "cancelled"
            else:
                job.state = "queued" if job.attempt < MOST_ATTEMPTS else "failed"

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

    @rule()
    def reboot(self) -> None:
        self.clock.advance(-1e7)

    @rule(delivers=st.booleans())
    def say(self, delivers: bool) -> None:
        self.clock.advance(max(GRACE_S, TAKEN_S) + 1)
        self.tell_ends()
        taken = self.runner.run(outbox.take(self.database, at_most=100))
        assert {row.job_id for row in taken} == self.unsaid
        for row in taken if delivers else ():
            self.runner.run(outbox.delivered(self.database, row.id or 0))
        if delivers:
            self.said |= self.unsaid
            self.unsaid = set()

    @invariant()
    def the_rows_are_as_expected(self) -> None:
        found = {
            job.id: (job.state, job.attempt, job.lease_key)
            for job in self.runner.run(rows(self.database, Job))
        }
        assert found == {
            number: (job.state, job.attempt, job.key) for number, job in self.jobs.items()
        }


class PostgresqlMachine(QueueMachine):
    def new_place(self) -> str:
        template = postgresql.template()
        return self.runner.run(postgresql.new_database(template))


BOUNDS = settings(max_examples=25, stateful_step_count=30, deadline=None)
TestQueueMachine = QueueMachine.TestCase
TestQueueMachine.settings = BOUNDS
TestPostgresqlMachine = PostgresqlMachine.TestCase
TestPostgresqlMachine.settings = settings(BOUNDS, max_examples=10)
