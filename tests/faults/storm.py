"""A storm: bots and trainers on one database, killed with SIGKILL at random instants.

After each kill everybody else is stopped for a moment (SIGSTOP), and what was acknowledged until
then is looked for. At the end all are killed, and one fresh process goes on from there.
"""

from __future__ import annotations

import random
import select
import shutil
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.bots import bot
from tests.faults.losses import losses
from tests.faults.members import begun
from tests.faults.recover import settle
from tests.faults.trainers import trainer
from tests.faults.zygote import Child, Line, Zygote

BOTS = 2
TRAINERS = 2
#: The mean time between two kills.
BETWEEN_S = 0.12
#: A stopped process may hold the lock that even readers need, while it puts the file in order.
LOOKS = 100


@dataclass
class Storm:
    """Who is alive, and all that was told."""

    zygote: Zygote
    place: Path
    seed: int
    killed: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)
        self._alive: dict[Child, str] = {}
        self._forked = 0
        self._again: list[Line] = []

    def blow(self, kills: int) -> None:
        """Kill so many, and see that nothing was lost."""
        for role in ["bot"] * BOTS + ["trainer"] * TRAINERS:
            self._start(role)
        for _ in range(kills - len(self._alive)):
            self._listen(min(self._dice.expovariate(1 / BETWEEN_S), 0.5))
            victim = self._dice.choice(list(self._alive))
            role = self._alive[victim]
            self._kill(victim)
            with self._all_still():
                self.lost += self._look()
            self._start(role)
        for child in list(self._alive):
            self._kill(child)
        self.lines += self.zygote.run(settle, place=str(self.place), again=self._again)
        self.lost += losses(self.place, self.lines, settled=True)

    def _start(self, role: str) -> None:
        self._forked += 1
        facts = {"place": str(self.place), "seed": self._dice.randrange(2**31)}
        if role == "bot":
            number = self._forked * 1000
            child = self.zygote.fork(bot, number=number, again=self._again, **facts)
            self._again = []
        else:
            child = self.zygote.fork(trainer, **facts)
        self._alive[child] = role

    def _listen(self, seconds: float) -> None:
        """Let them work, and hear what they say."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            children = {child.told: child for child in self._alive}
            for told in select.select(list(children), [], [], left)[0]:
                child = children[told]
                if not child.listen():
                    self._ended_by_itself(child)

    def _ended_by_itself(self, child: Child) -> None:
        role = self._alive[child]
        child.end()
        self.lost.append(f"a {role} broke: {child.lines[-1]}")
        self._take_out(child)
        self._start(role)

    def _kill(self, child: Child) -> None:
        child.kill()
        role = self._alive[child]
        if child.end() == -signal.SIGKILL:
            self.killed[role] += 1
        else:
            self.lost.append(f"a {role} broke: {child.lines[-1]}")
        self._take_out(child)

    def _take_out(self, child: Child) -> None:
        if self._alive.pop(child) == "bot":
            self._again += begun(child.lines)
        self.lines += child.lines

    @contextmanager
    def _all_still(self) -> Iterator[None]:
        for child in self._alive:
            child.freeze()
            child.drain()
        try:
            yield
        finally:
            for child in self._alive:
                child.signal(signal.SIGCONT)

    def _look(self) -> list[str]:
        told = [*self.lines, *(line for child in self._alive for line in child.lines)]
        for _ in range(LOOKS):
            try:
                return losses(self.place, told, settled=False)
            except sqlite3.OperationalError as error:
                if "locked" not in str(error):
                    raise
            for child in self._alive:
                child.signal(signal.SIGCONT)
            for child in self._alive:
                child.freeze()
                child.drain()
            told = [*self.lines, *(line for child in self._alive for line in child.lines)]
        return ["nobody could read the database"]


def storm(zygote: Zygote, empty: Path, place: Path, *, seed: int, kills: int) -> Storm:
    """One storm over a copy of the `empty` database."""
    shutil.copytree(empty, place)
    print(f"storm: seed {seed}, {kills} kills, {place}", flush=True)
    blown = Storm(zygote, place, seed)
    blown.blow(kills)
    return blown
