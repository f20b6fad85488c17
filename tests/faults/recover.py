"""Going on from where things stand: what a fresh bot and a fresh trainer do after a crash."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from storage import clock, queue
from storage.doomed import bury
from storage.engine import Database
from storage.orphans import sweep_orphans
from tests.faults.losses import DATABASE, strays
from tests.faults.members import at, deliver, do_again, past_its_time
from tests.faults.trainers import do
from tests.faults.zygote import Line, Say

#: Longer than any lease, backoff or time in which a bot must mark what it took.
LATER_S = 700.0
#: A job comes back at most so often before it ends.
ROUNDS = 6


async def settle(say: Say, *, place: str, again: list[Line], is_start: bool = True) -> None:
    """Repeat what was begun, do every job, say everything, bury and sweep.

    Time is moved ahead in this process: whoever held something is dead for good.
    """
    database, blobs = at(place)
    if is_start:  # with all the checks of a start; else as one that was running all along
        database = await Database.open(Path(place) / DATABASE)
    if any(one.get("by") == "expire" for one in again):
        await past_its_time(database, blobs)  # once, for all of them
    for one in again:
        if one.get("by") == "expire":
            say(**{**one, "what": "gone"})
        else:
            await do_again(say, database, blobs, one)
    for later in range(1, ROUNDS):
        _move_ahead(LATER_S * later)
        while lease := await queue.claim(database):
            await do(say, database, blobs, lease)
        while await deliver(say, database):
            pass
    await bury(database, blobs)
    for name in strays(Path(place)):
        say("swept", key=name)
    await sweep_orphans(database, blobs, older_than_s=0)
    await database.close()


_since_boot = clock.since_boot


def _move_ahead(seconds: float) -> None:
    def later() -> datetime:
        return _since_boot() + timedelta(seconds=seconds)

    clock.since_boot = later
