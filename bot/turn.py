"""When it is a waiting job's turn: its place, about how long that takes by what was measured, or
when the quiet hours that it waits for end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot import words
from bot.estimate import minutes, until_turn
from storage import gallery, line
from storage.engine import Database
from storage.errors import StorageError
from storage.line import Line
from storage.tables import Worker


@dataclass(frozen=True)
class Turn:
    """`place`: how many come before; None where it does not wait, or that is not known. `seconds`
    until it begins, where that was measured. `rests_until`: quiet hours hold it up."""

    place: int | None
    seconds: float | None = None
    rests_until: datetime | None = None

    def said(self) -> str:
        """As its member is told."""
        if self.rests_until is not None:
            return words.resting_line(self.rests_until)
        waiting = words.waiting_line(self.place)
        if not self.place or not self.seconds:
            return waiting
        return f"{waiting} {words.about_minutes(minutes(self.seconds))}"


#: Of a job that does not wait, or whose line could not be read.
UNKNOWN: Final = Turn(None)


def turns(seen: Line, trainer: Worker | None) -> dict[int, Turn]:
    """The turn of every job that waits, by its id. A picture waits for pictures alone: trainings
    are interrupted for them."""
    awake = trainer if gallery.is_awake(trainer) else None
    found: dict[int, Turn] = {}
    all_s: float | None = 0.0
    pictures_s: float | None = 0.0
    for place, job in enumerate(seen.jobs):
        rests = seen.resting.get(job.id or 0)
        if job.state == "queued":
            before = pictures_s if job.interactive else all_s
            told = Turn(place, None if awake is None else before, rests)
            found[job.id or 0] = told
        own = until_turn([job], awake)
        all_s = None if own is None or all_s is None else all_s + own
        if job.interactive:
            pictures_s = None if own is None or pictures_s is None else pictures_s + own
    return found


async def turn_of(database: Database, job_id: int) -> Turn:
    """The job's turn, or UNKNOWN."""
    seen = await line.look(database)
    return turns(seen, await gallery.latest_worker(database)).get(job_id, UNKNOWN)


async def turn_if_known(database: Database, job_id: int) -> Turn:
    """As `turn_of`; UNKNOWN where the line cannot be read now."""
    try:
        return await turn_of(database, job_id)
    except StorageError:
        return UNKNOWN
