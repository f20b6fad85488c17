"""One fault each, arranged from outside: what went wrong, in sentences; none when nothing was lost.

The tests run each of these once and short, the soak often and long.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.faults import roles
from tests.faults.crashes import ask_for_trouble, work
from tests.faults.losses import DATABASE, losses, strays
from tests.faults.members import MOST_ATTEMPTS, begun
from tests.faults.recover import settle
from tests.faults.zygote import Child, Line, Work, Zygote

#: A lease that is soon over, and one that outlives every scenario.
SHORT_S = 1.0
LONG_S = 600.0
#: All that can be held up by a lock. A look into an empty outbox takes no lock.
HELD_UP = {"consent", "enqueue", "claim", "beat", "erase"}


@dataclass(frozen=True)
class Bench:
    """A zygote and a place with an empty database."""

    zygote: Zygote
    empty: Path
    place: Path

    def __post_init__(self) -> None:
        shutil.copytree(self.empty, self.place)

    def fork(self, work: Work, **facts: object) -> Child:
        return self.zygote.fork(work, place=str(self.place), **facts)

    def run(self, work: Work, **facts: object) -> list[Line]:
        return self.zygote.run(work, place=str(self.place), **facts)

    def verdict(self, told: list[Line], *wrong: str | None) -> list[str]:
        """Go on from here, then say what is lost."""
        told = told + self.run(settle, again=begun(told))
        return [one for one in wrong if one] + losses(self.place, told, settled=True)


def pause(bench: Bench, when: str) -> list[str]:
    """A worker is stopped for longer than its lease, and goes on as if nothing had been."""
    told = bench.run(roles.ask, trainings=1)
    holder = bench.fork(roles.pause, when=when, lease_s=SHORT_S)
    holder.until("pausing")
    heir = bench.run(roles.inherit)
    between = losses(bench.place, [*told, *heir], settled=False)
    holder.signal(signal.SIGCONT)
    status = holder.end()
    words = [line["what"] for line in holder.lines]
    return bench.verdict(
        [*told, *heir, *holder.lines],
        *between,
        None if status == 0 else f"the late worker broke: {holder.lines[-1]}",
        None if words == ["pausing", "lost"] else f"the late worker was not refused: {words}",
        *(f"the late worker left {name}" for name in strays(bench.place)),
    )


def pause_within(bench: Bench) -> list[str]:
    """A worker is stopped inside its finishing transaction: nobody can take its job, and what it
    writes when it goes on stands."""
    told = bench.run(roles.ask, prompts=2)
    holder = bench.fork(roles.pause, when="within", lease_s=SHORT_S)
    holder.until("pausing")
    refused = bench.fork(roles.knock_once, patience_s=SHORT_S)
    refused.end()
    holder.signal(signal.SIGCONT)
    status = holder.end()
    words = [line["what"] for line in holder.lines]
    return bench.verdict(
        [*told, *holder.lines],
        None if refused.lines[-1]["what"] == "busy" else f"it got in: {refused.lines}",
        None if status == 0 and words == ["pausing", "ended"] else f"it did not end: {words}",
    )


def locked(bench: Bench, *, hold_s: float, patience_s: float) -> list[str]:
    """Another process holds the write lock: everybody is told so, nothing is lost."""
    told = bench.run(roles.ask, trainings=1, prompts=1)
    knocker = bench.fork(roles.knock, patience_s=patience_s)
    knocker.until("claimed")
    locker = bench.fork(roles.lock)
    locker.until("locked")
    until = time.monotonic() + hold_s
    knocker.go()
    knocker.until("retrying")  # the finish was refused at least once
    time.sleep(max(0.0, until - time.monotonic()))
    locker.go()
    locker.end()
    status = knocker.end()
    released = locker.lines[-1]["at"]
    busy = {line["act"] for line in knocker.lines if line["what"] == "busy"}
    late = [line for line in knocker.lines if line["what"] == "busy" and line["at"] > released]
    ended = [line for line in knocker.lines if line["what"] == "ended"]
    return bench.verdict(
        [*told, *knocker.lines],
        None if status == 0 else f"the worker broke: {knocker.lines[-1]}",
        None if busy == HELD_UP else f"told that it is busy: only {sorted(busy)}",
        f"told too late that it is busy: {late}" if late else None,
        None if ended and ended[0]["at"] > released else "the finish did not land afterwards",
    )


def clock_steps(bench: Bench, hours: float) -> list[str]:
    """Workers and bots whose wall clocks are wrong by hours: no early steal, no stuck job."""
    told = bench.run(roles.ask, prompts=2)
    holder = bench.fork(roles.hold, lease_s=LONG_S, hours=-hours)
    holder.until("claimed")
    doomed = bench.fork(roles.hold, lease_s=SHORT_S, hours=hours)
    doomed.until("claimed")
    wrong = [
        f"a job was stolen from a living worker by a clock {by} h ahead"
        for by in (hours, -hours, 0)
        if bench.run(roles.look, hours=by)[0]["job"]
    ]
    doomed.kill()
    doomed.end()
    told += bench.run(roles.inherit, hours=-hours)  # returns, or the test hangs: not stuck
    holder.go()
    holder.end()
    told += holder.lines
    told += bench.run(roles.ask_more, hours=hours)
    told += bench.run(roles.inherit, hours=-hours)
    poster = bench.fork(roles.post, hours=-hours)
    poster.end()
    told += poster.lines
    posted = [line for line in told if line["what"] == "delivered"]
    if len(posted) != 3:
        wrong.append(f"only {len(posted)} of 3 ends were said")
    return bench.verdict(told, *wrong)


def reboot(bench: Bench) -> list[str]:
    """Rows of before a reboot lie far ahead on the clock that starts again: nothing waits."""
    told = bench.run(roles.ask, prompts=2)
    holder = bench.fork(roles.hold, lease_s=LONG_S)
    holder.until("claimed")
    holder.kill()
    holder.end()
    with closing(sqlite3.connect(bench.place / DATABASE)) as database, database:
        database.execute("UPDATE job SET run_after = datetime('now', '+2 hours')")
        database.execute("UPDATE job SET lease_until = datetime('now') WHERE state = 'running'")
    for _ in range(2):
        told += bench.run(roles.inherit)
    with closing(sqlite3.connect(bench.place / DATABASE)) as database, database:
        database.execute("UPDATE outgoing SET send_after = datetime('now')")
    poster = bench.fork(roles.post)
    poster.end()
    posted = [line for line in poster.lines if line["what"] == "delivered"]
    stuck = None if len(posted) == 2 else f"only {len(posted)} of 2 ends were said"
    return bench.verdict([*told, *poster.lines], stuck)


def two_bots(bench: Bench, interactions: int) -> list[str]:
    """Two bots on one database are told of the same interactions, and both deliver."""
    told = bench.run(roles.ask)
    told += _at_once(bench, roles.rival, interactions=interactions)
    told += bench.run(roles.do_all)
    told += _at_once(bench, roles.post)
    posts = [line["request"] for line in told if line["what"] == "posted"]
    wrong = []
    if len(posts) != interactions or len(set(posts)) != interactions:
        wrong.append(f"{interactions} jobs were said {len(posts)} times")
    with closing(sqlite3.connect(bench.place / DATABASE)) as database:
        (jobs,) = database.execute("SELECT count(*) FROM job").fetchone()
    if jobs != interactions:
        wrong.append(f"{interactions} interactions made {jobs} jobs")
    return bench.verdict(told, *wrong)


def _at_once(bench: Bench, work: Work, **facts: object) -> list[Line]:
    """What two processes say that begin at the same moment."""
    both = [bench.fork(work, **facts) for _ in range(2)]
    for child in both:
        child.until("ready")
    for child in both:
        child.go()
    statuses = [child.end() for child in both]
    assert statuses == [0, 0], [child.lines[-1:] for child in both]
    return [line for child in both for line in child.lines]


def crash(bench: Bench, deadly: str, status: int, error: str) -> list[str]:
    """A job that ends every worker that takes it: failed after its last attempt, and no other
    job suffers."""
    told = bench.run(ask_for_trouble, deadly=deadly)
    statuses: list[int] = []
    while not statuses or (statuses[-1] != 0 and len(statuses) <= 2 * MOST_ATTEMPTS):
        worker = bench.fork(work)
        statuses.append(worker.end())
        told += worker.lines
    with closing(sqlite3.connect(bench.place / DATABASE)) as database:
        ends = database.execute("SELECT state, error, attempt FROM job ORDER BY id").fetchall()
    wanted = [("failed", error, MOST_ATTEMPTS), ("done", None, 1)]
    return bench.verdict(
        told,
        None if statuses == [status] * MOST_ATTEMPTS + [0] else f"workers ended with {statuses}",
        None if ends == wanted else f"the jobs ended as {ends}",
    )
