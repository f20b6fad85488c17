"""Small parts for one process each: ask, hold, inherit, look, deliver, lock."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any

from storage import clock, outbox, queue
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.errors import Busy, LeaseLost
from storage.queue import Lease
from storage.wake import Watch
from tests.faults.losses import BLOBS, DATABASE
from tests.faults.members import Member, ask_again, at, deliver, hasten
from tests.faults.trainers import do
from tests.faults.zygote import Say
from trainer.pulse import Pulse

MEMBER = 1
#: Between two looks of somebody who waits for a lease to run out.
LOOK_EVERY_S = 0.05


def set_clock_by(hours: float) -> None:
    """The wall clock of this process goes wrong by so much."""
    right = clock.now
    clock.now = lambda: right() + timedelta(hours=hours)


async def ask(
    say: Say, *, place: str, trainings: int = 0, prompts: int = 0, hours: float = 0
) -> None:
    """A member asks."""
    hasten()
    set_clock_by(hours)
    member = Member(say, *at(place), MEMBER)
    await member.consent()
    for _ in range(trainings):
        subject = await member.subject()
        await member.photo(subject)
        await member.ask("train", subject)
    for _ in range(prompts):
        await member.ask()


async def hold(say: Say, *, place: str, lease_s: float, hours: float = 0) -> None:
    """Claim a job, wait for the parent, and finish it."""
    hasten()
    set_clock_by(hours)
    database, blobs = at(place)
    lease = await queue.claim(database, lease_s=lease_s)
    assert lease is not None
    say("claimed", job=lease.job.id)
    say.wait_for_go()
    await do(say, database, blobs, lease)


async def look(say: Say, *, place: str, hours: float = 0) -> None:
    """Claim, once, and say whether there was anything."""
    set_clock_by(hours)
    database, _ = at(place)
    say("found", job=(await queue.claim(database)) is not None)


async def inherit(say: Say, *, place: str, hours: float = 0) -> None:
    """Wait for a job whose holder is gone, and do it."""
    hasten()
    set_clock_by(hours)
    database, blobs = at(place)
    async with Watch(database) as watch:
        while (lease := await queue.claim(database)) is None:
            await watch.changed(asyncio.Event(), LOOK_EVERY_S)  # a lease runs out without a write
    await do(say, database, blobs, lease)


async def post(say: Say, *, place: str, hours: float = 0) -> None:
    """Deliver what is due when the parent lets go."""
    set_clock_by(hours)
    database, _ = at(place)
    say("ready")
    say.wait_for_go()
    while await deliver(say, database):
        pass


async def ask_more(say: Say, *, place: str, hours: float) -> None:
    """The member asks for one thing more."""
    hasten()
    set_clock_by(hours)
    await Member(say, *at(place), MEMBER, names_from=200).ask()


async def do_all(say: Say, *, place: str) -> None:
    """Do every job that waits."""
    hasten()
    database, blobs = at(place)
    while lease := await queue.claim(database):
        await do(say, database, blobs, lease)


async def knock_once(say: Say, *, place: str, patience_s: float) -> None:
    """Claim, while somebody holds the lock."""
    database = Database(Path(place) / DATABASE, patience_s)
    try:
        say("claimed", job=(await queue.claim(database)) is not None)
    except Busy:
        say("busy")


async def rival(say: Say, *, place: str, interactions: int) -> None:
    """One of two bots that are told of the same interactions."""
    hasten()
    database, _ = at(place)
    say("ready")
    say.wait_for_go()
    for number in range(interactions):
        asking = {"kind": "generate", "member": MEMBER, "subject": None, "token": None,
                  "request": f"interaction-{number}", "pictures": 1}  # fmt: skip
        await ask_again(say, database, asking)


class Pausing(FolderBlobs):
    """Files in front of which, or after the first of which, the whole process stands still."""

    def __init__(self, root: Path, say: Say, database: Database, *, after: bool) -> None:
        super().__init__(root)
        self._say = say
        self._writers = database._writer.sync_engine.pool
        self._after = after
        self._stood = False

    async def put(self, folder: str, data: bytes, suffix: str) -> str:
        if not self._after:
            await self._stand_still()
        key = await super().put(folder, data, suffix)
        if self._after:
            await self._stand_still()
        return key

    async def _stand_still(self) -> None:
        """The first time only; and not inside a heartbeat, which would hold the lock."""
        if not self._stood:
            self._stood = True
            # looked at again and again, because a pool tells nobody when a connection comes back;
            # the base class of pools does not have `checkedout`, those with a size do
            while self._writers.checkedout():  # type: ignore[attr-defined]  # noqa: ASYNC110
                await asyncio.sleep(0)
            stand_still(self._say)


def stand_still(say: Say) -> None:
    """Until the parent sends SIGCONT."""
    say("pausing")
    os.kill(os.getpid(), signal.SIGSTOP)


async def pause(say: Say, *, place: str, when: str, lease_s: float) -> None:
    """A worker with its heartbeat that is stopped before, among or after its files, or inside the
    transaction that finishes its job."""
    database, blobs = at(place)
    if when in {"before", "among"}:
        blobs = Pausing(Path(place) / BLOBS, say, database, after=when == "among")
    lease = await queue.claim(database, lease_s=lease_s)
    assert lease is not None
    try:
        async with Pulse(database, lease, lease_s):
            if when == "within":
                await _finish_within(say, database, lease)
            else:
                await do(say, database, blobs, lease)
    except LeaseLost:
        say("lost")


async def _finish_within(say: Say, database: Database, lease: Lease) -> None:
    async with database.write() as session:
        await queue._end(session, lease, state="cancelled", outcome={})
        stand_still(say)
    say("ended", job=lease.job.id, state="cancelled", member=MEMBER,
        token=lease.job.spec["token"], request=lease.job.request_id)  # fmt: skip


async def lock(say: Say, *, place: str) -> None:
    """Hold the database's write lock until the parent lets go."""
    connection = sqlite3.connect(Path(place) / DATABASE, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    say("locked")
    say.wait_for_go()
    say("releasing")
    connection.execute("ROLLBACK")
    connection.close()


class _Refusals(logging.Handler):
    def __init__(self, say: Say) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say("retrying", why=record.getMessage())


async def knock(say: Say, *, place: str, patience_s: float) -> None:
    """Everything that bot and trainer write, while another process holds the lock."""
    hasten()
    database = Database(Path(place) / DATABASE, patience_s)
    blobs = FolderBlobs(Path(place) / BLOBS)
    lease = await queue.claim(database, lease_s=600)
    assert lease is not None
    say("claimed")
    say.wait_for_go()
    member = Member(say, database, blobs, MEMBER, names_from=50)
    acts: dict[str, Any] = {
        "consent": member.consent,
        "enqueue": member.ask,
        "claim": lambda: queue.claim(database),
        "beat": lambda: queue.beat(database, lease),
        "take": lambda: outbox.take(database),
        "erase": member.erase,
    }
    for name, act in acts.items():
        try:
            await act()
        except Busy:
            say("busy", act=name)
    say("finishing")
    logging.getLogger("darkroom.trainer").addHandler(_Refusals(say))
    await do(say, database, blobs, lease)
