"""Workers that die of their job: the real loop, with a way to die in the place of the drawing."""

from __future__ import annotations

import logging
import os
import signal
from pathlib import Path
from typing import Any

import torch

from storage import queue
from storage.queue import Lease
from tests.faults.members import Member, ask_again, at, hasten
from tests.faults.roles import MEMBER
from tests.faults.trainers import a_studio, do
from tests.faults.zygote import Say
from trainer import drawing
from trainer.printing import PrintingRoom
from trainer.pulse import Pulse
from trainer.results import Speed
from trainer.serve import EX_TEMPFAIL
from trainer.settings import TrainerSettings
from trainer.studio import Studio
from trainer.worker import OutOfMemory, Worker

LEASE_S = 0.6


async def ask_for_trouble(say: Say, *, place: str, deadly: str) -> None:
    """A job that nobody survives, then one like any other."""
    hasten()
    database, blobs = at(place)
    await Member(say, database, blobs, MEMBER).consent()
    for request, token in (("deadly", deadly), ("harmless", "none")):
        asking = {"kind": "generate", "member": MEMBER, "subject": None, "token": token,
                  "request": request, "pictures": 1}  # fmt: skip
        await ask_again(say, database, asking)


class UntilDone(Worker):
    """Leaves when nothing is open any more."""

    async def _claim(self, *, interactive_only: bool) -> Lease | None:
        lease = await super()._claim(interactive_only=interactive_only)
        if lease is None and not await self._is_anything_open():
            self.stopping.set()
        return lease

    async def _is_anything_open(self) -> bool:
        jobs = [await queue.get(self.studio.database, number) for number in (1, 2)]
        return any(job is not None and job.finished_at is None for job in jobs)


async def work(say: Say, *, place: str) -> None:
    """One life of a worker."""
    hasten()
    logging.getLogger("darkroom.trainer").setLevel(logging.CRITICAL)  # it is meant to break
    database, blobs = at(place)

    async def draw(studio: Studio, room: PrintingRoom, lease: Lease, pulse: Pulse) -> Speed:
        how: Any = lease.job.spec["token"]
        if how == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if how == "memory":
            raise torch.OutOfMemoryError
        await do(say, database, blobs, lease)
        return Speed()

    drawing.run = draw
    settings = TrainerSettings(data=Path(place), lease_s=LEASE_S, reserve_mb=0)
    try:
        await UntilDone(a_studio(database, blobs), settings, worker_id=1).run()
    except OutOfMemory:
        os._exit(EX_TEMPFAIL)
