"""The process of a worker, which the supervisor starts: `python -m trainer.serve`.

It loads the base and serves until it is asked to stop (SIGTERM) or its supervisor is gone (standard
input ends), and then gives back what it holds.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import stat
import sys
from functools import partial

import torch
from pydantic import ValidationError

from storage import gallery, queue
from storage.blobs import open_blobs
from storage.engine import Database
from storage.errors import (
    Busy,
    DatabaseRefused,
    SchemaDamaged,
    SchemaMismatch,
    StorageFull,
    StoreUnreachable,
)
from storage.settings import explain
from storage.tables import Worker as WorkerRow
from trainer.fast import FastUnavailable, put_in
from trainer.generate import warm
from trainer.loading import BaseUnavailable, BaseUnsupported, load_base
from trainer.settings import TrainerSettings
from trainer.studio import Studio
from trainer.worker import OutOfMemory, Worker

log = logging.getLogger("darkroom.trainer")

#: Exit statuses the supervisor knows (sysexits.h): a setting is wrong; try again afresh.
EX_CONFIG = 78
EX_TEMPFAIL = 75


async def main() -> int:
    """Load the base, then serve until stopped; the process's exit status."""
    try:
        settings = TrainerSettings()
    except ValidationError as error:
        print(explain(error), file=sys.stderr)
        return EX_CONFIG
    try:
        device = torch.device(settings.device) if settings.device else None
        torch.empty(1, device=device)  # a device that is not there says so here
    except (RuntimeError, AssertionError) as error:
        print(f"DARKROOM_DEVICE={settings.device!r} cannot be used: {error}", file=sys.stderr)
        return EX_CONFIG
    try:
        await _serve(settings, device)
    except (
        BaseUnavailable,
        BaseUnsupported,
        FastUnavailable,
        SchemaMismatch,
        SchemaDamaged,
        DatabaseRefused,
    ) as error:
        print(error, file=sys.stderr)
        return EX_CONFIG
    except (StoreUnreachable, Busy, StorageFull) as error:
        print(error, file=sys.stderr)
        return EX_TEMPFAIL
    except OutOfMemory:
        return EX_TEMPFAIL
    return 0


async def _serve(settings: TrainerSettings, device: torch.device | None) -> None:
    blobs = open_blobs(settings)
    await blobs.ready()
    base = await asyncio.to_thread(load_base, settings.base, device)
    if settings.fast_adapter:
        await asyncio.to_thread(put_in, base, settings.fast_adapter)
    # patience short of a beat: a worker that hangs on a lock must notice that its lease runs out
    database = await Database.open(settings.database, settings.lease_s / queue.BEATS)
    studio = Studio(database, blobs, base)
    try:
        await studio.on_device(partial(warm, base))
        row = WorkerRow(
            base=base.id,
            family=base.family,
            base_hash=base.weights_hash,
            device=str(base.device),
        )
        worker = Worker(studio, settings, await gallery.check_in(database, row))
        _stop_when_asked(worker.stopping)
        log.info("ready: %s on %s", base.id, base.device)
        await worker.run()
    finally:
        studio.close()
        await database.close()


def _stop_when_asked(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for asked in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(asked, stopping.set)

    supervisor = sys.stdin.fileno()

    def supervisor_spoke() -> None:
        if not os.read(supervisor, 1):  # the pipe's other end is closed: it is gone
            stopping.set()
            loop.remove_reader(supervisor)

    kind = os.fstat(supervisor).st_mode
    if stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind):
        loop.add_reader(supervisor, supervisor_spoke)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    sys.exit(asyncio.run(main()))
