"""Somebody who does all jobs, as a trainer would, but draws nothing."""

from __future__ import annotations

import asyncio
import random
from typing import Any

from storage import gallery, queue
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import LeaseLost, StorageError
from storage.queue import Lease
from storage.subjects import get_subject
from storage.tables import Worker
from tests.bot.commands.endings import PROMPTS, STEPS, a_card
from tests.rows import SQUARE, an_adapter, an_image

LOOK_EVERY_S = 0.1
#: So many of a hundred go wrong.
FAILED = 8


async def work(database: Database, blobs: Blobs, dice: random.Random) -> None:
    """Until cancelled."""
    worker = Worker(base="tiny", base_hash="0" * 64, family="tiny", device="cpu", step_s=0.1)
    await gallery.check_in(database, worker)
    while True:
        try:
            lease = await queue.claim(database)
            if lease is not None:
                await _do(database, blobs, lease, dice)
                continue
        except StorageError:
            pass  # the bot writes; the next look will do
        await asyncio.sleep(LOOK_EVERY_S)  # a trainer looks again like this


async def _do(database: Database, blobs: Blobs, lease: Lease, dice: random.Random) -> None:
    try:
        told = {"phase": "training", "step": 20, "of": 120, "rate": 2.0, "eta_s": 50}
        cancel = await queue.beat(
            database, lease, progress=told if lease.job.kind == "train" else None
        )
        if cancel is not None:
            await queue.stop(database, lease)
        elif dice.randrange(100) < FAILED:
            await queue.fail(database, lease, "no_photos")
        else:
            await _finish(database, blobs, lease)
    except LeaseLost:
        pass  # its member thought better of it


async def _finish(database: Database, blobs: Blobs, lease: Lease) -> None:
    job = lease.job
    subject = await get_subject(database, job.subject_id or 0)
    outcome: dict[str, Any] = a_card() if job.kind == "train" else {"seconds": 1.0}
    async with queue.finishing(database, lease, outcome) as session:
        if job.kind == "train" and subject is not None:
            for row, step in enumerate(STEPS):
                key = await blobs.put("adapters", f"{job.id} {step}".encode(), "safetensors")
                session.add(
                    an_adapter(
                        subject, job, key, step=step, is_chosen=step == 280, card=a_card(step)
                    )
                )
                for column, prompt in enumerate(PROMPTS):
                    image = an_image(job, row * 4 + column, await _picture(blobs))
                    image.parameters, image.explicit = f"{prompt}\nSteps: 20", 0.01
                    session.add(image)
        else:
            for number in range(job.spec.get("pictures", 1)):
                session.add(an_image(job, number, await _picture(blobs)))


async def _picture(blobs: Blobs) -> str:
    return await blobs.put("images", SQUARE, "png")
