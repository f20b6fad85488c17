"""The long form: `python -m tests.faults.soak [SEED]`, or `make soak`.

Every fault of the short form, often; 600 kills at random and one before every single write; two
thousand photos with something wrong in them. Prints a Markdown table, keeps it in
var/soak/faults.json with every loss, and ends with 1 on any loss.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from tests.faults import failpoints, scenarios
from tests.faults.chapters import CHAPTERS
from tests.faults.conftest import new_place
from tests.faults.full_disk import fill
from tests.faults.scenarios import Bench
from tests.faults.storm import storm
from tests.faults.zygote import ROOT, Zygote
from trainer.serve import EX_TEMPFAIL

KEPT = ROOT / "var" / "soak" / "faults.json"
STORMS = 30
KILLS = 20
REPEATS = 10
PHOTOS = 2000
#: Room on a disk of 8 MB: from none to what a few jobs need, odd with regard to pages.
ROOMS = (0, 5_000, 13_000, 40_000, 90_000, 170_000, 400_000)
HOLD_S = 40.0
#: What the trainer has: its lease by its beats.
PATIENCE_S = 5.0


@dataclass
class Row:
    """A kind of fault, how often it was done, and what it cost."""

    kind: str
    count: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: float = 0.0
    note: str = ""


@dataclass
class Soak:
    """The processes, the places and the dice of one run."""

    zygote: Zygote
    empty: Path
    where: Path
    dice: random.Random
    _places: int = 0

    def place(self) -> Path:
        self._places += 1
        return self.where / str(self._places)

    def bench(self) -> Bench:
        return Bench(self.zygote, self.empty, self.place())

    def rows(self) -> Iterator[tuple[Row, Callable[[Row], None]]]:
        """Each kind, and what does it."""
        for when in ("before", "among"):
            row = Row(f"SIGSTOP past the lease, {when} its files")
            yield row, self._often(partial(scenarios.pause, when=when))
        yield Row("SIGSTOP inside the last transaction"), self._often(scenarios.pause_within)
        locked = partial(scenarios.locked, hold_s=HOLD_S, patience_s=PATIENCE_S)
        yield Row(f"write lock held {HOLD_S:.0f} s"), self._often(locked, times=1)
        for during in ("files", "commit", "wal", "adapter"):
            yield Row(f"disk full: {during}"), self._full(during)
        for hours in (1, -1):
            row = Row(f"clock {hours:+d} h")
            yield row, self._often(partial(scenarios.clock_steps, hours=hours))
        yield Row("rows from before a reboot"), self._often(scenarios.reboot)
        two_bots = partial(scenarios.two_bots, interactions=40)
        yield Row("two bots, 40 interactions"), self._often(two_bots)
        for deadly, status, error in (
            ("kill", -9, "crashed"),
            ("memory", EX_TEMPFAIL, "out_of_memory"),
        ):
            crash = partial(scenarios.crash, deadly=deadly, status=status, error=error)
            yield Row(f"job that ends its worker: {deadly}"), self._often(crash)
        yield Row("SIGKILL at a random instant"), self._storms
        for chapter in CHAPTERS:
            yield Row(f"SIGKILL before each write: {chapter}"), self._failpoints(chapter)
        yield Row("photos with something wrong in them"), self._photos

    def _storms(self, row: Row) -> None:
        told = 0
        killed = {"bot": 0, "trainer": 0}
        for _ in range(STORMS):
            seed = self.dice.randrange(2**31)
            blown = storm(self.zygote, self.empty, self.place(), seed=seed, kills=KILLS)
            row.count += blown.killed.total()
            row.lost += [f"seed {seed}: {one}" for one in blown.lost]
            told += len(blown.lines)
            for role in killed:
                killed[role] += blown.killed[role]
        row.note = f"{killed['bot']} bots, {killed['trainer']} trainers; {told} acknowledgements"

    def _photos(self, row: Row) -> None:
        from tests.bot.photos.fuzz import through_the_child

        seed, row.count = self.dice.randrange(2**31), PHOTOS
        with _told_to(KEPT.with_name("photos.log")):
            run = asyncio.run(through_the_child(seed, PHOTOS))
        row.lost = [f"seed {seed}, {one}" for one in run.wrong]
        row.note = str(run)

    def _failpoints(self, chapter: str) -> Callable[[Row], None]:
        def do(row: Row) -> None:
            result = failpoints.run(self.zygote, self.empty, self.place(), chapter)
            row.count, row.lost = result.killed, result.lost

        return do

    def _often(
        self, scenario: Callable[[Bench], list[str]], times: int = REPEATS
    ) -> Callable[[Row], None]:
        def do(row: Row) -> None:
            for _ in range(times):
                row.count += 1
                try:
                    row.lost += scenario(self.bench())
                except AssertionError as error:  # somebody broke who should not have
                    row.lost.append(str(error))

        return do

    def _full(self, during: str) -> Callable[[Row], None]:
        def do(row: Row) -> None:
            # with more room than that the adapter is simply kept
            for room in ROOMS[:5] if during == "adapter" else ROOMS:
                place = self.place()
                place.mkdir()
                child = self.zygote.fork(fill, place=str(place), during=during, room_bytes=room)
                status, last = child.end(), child.lines[-1]
                if last["what"] == "refused":
                    row.note = f"not done: {last['why']}"
                    return
                row.count += 1
                row.lost += [f"{room} bytes: {one}" for one in last.get("wrong", [])]
                if status != 0:
                    row.lost.append(f"{room} bytes: {last}")

        return do


@contextmanager
def _told_to(path: Path) -> Iterator[None]:
    """What child processes say of themselves goes there meanwhile: it is a line for each photo."""
    path.parent.mkdir(parents=True, exist_ok=True)
    before = os.dup(2)
    try:
        with path.open("w") as log:
            os.dup2(log.fileno(), 2)
            yield
    finally:
        os.dup2(before, 2)
        os.close(before)


def main() -> int:
    """Do all of it; the process's exit status."""
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else random.SystemRandom().randrange(2**31)
    print(f"seed {seed}", flush=True)
    done: list[Row] = []
    with Zygote() as zygote, tempfile.TemporaryDirectory(prefix="darkroom-soak-") as folder:
        where = Path(folder)
        soak = Soak(zygote, new_place(where / "empty"), where, random.Random(seed))
        for row, do in soak.rows():
            began = time.monotonic()
            do(row)
            row.seconds = round(time.monotonic() - began, 1)
            done.append(row)
            print(f"{row.kind}: {row.count}, {len(row.lost)} lost, {row.seconds} s", flush=True)
            for one in row.lost:
                print(f"  {one}", flush=True)
    _keep(seed, done)
    print("\n".join(["", *_table(done)]))
    return int(any(row.lost for row in done))


def _keep(seed: int, done: list[Row]) -> None:
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    kept = {
        "command": f"python -m tests.faults.soak {seed}",
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "rows": [asdict(row) for row in done],
    }
    KEPT.write_text(json.dumps(kept, indent=2) + "\n")


def _table(done: list[Row]) -> Iterator[str]:
    yield "| fault | times | losses | seconds | |"
    yield "|---|---:|---:|---:|---|"
    for row in done:
        yield f"| {row.kind} | {row.count} | {len(row.lost)} | {row.seconds:.0f} | {row.note} |"
    times, lost = sum(row.count for row in done), sum(len(row.lost) for row in done)
    yield f"| all | {times} | {lost} | {sum(row.seconds for row in done):.0f} | |"


if __name__ == "__main__":
    sys.exit(main())
