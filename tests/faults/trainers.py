"""What a trainer writes for a job, by the code of the real one; only the pixels are made up."""

from __future__ import annotations

import asyncio
import random
from types import SimpleNamespace
from typing import Any, cast

from PIL import Image as Pictures

from storage import clock, queue
from storage.blobs import sha256_of
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.errors import LeaseLost
from storage.queue import Cancel, Lease
from storage.tables import Adapter
from tests.faults.members import at, hasten, share_class_image, whose
from tests.faults.zygote import Say
from trainer.base import Base
from trainer.request import Request
from trainer.results import File, finish
from trainer.studio import Studio

PICTURE = Pictures.new("RGB", (8, 8), "teal")
WEIGHTS = b"weights" * 9999
#: All that rows and file names ask of a base.
NO_BASE = cast(
    "Base",
    SimpleNamespace(
        id="tiny", resolution=8, weights_hash="0" * 64, wardrobe=SimpleNamespace(kept=()),
        device="cpu", prediction_type="epsilon",
    ),
)  # fmt: skip


def a_studio(database: Database, blobs: FolderBlobs) -> Studio:
    """A studio whose base draws nothing."""
    return Studio(database, blobs, NO_BASE)


async def do(say: Say, database: Database, blobs: FolderBlobs, lease: Lease) -> None:
    """Finish a job with the pictures it was asked for, and the adapter if it is a training."""
    job = lease.job

    def row(key: str) -> Adapter:
        now = clock.now()
        return Adapter(
            subject_id=job.subject_id or 0, job_id=job.id, blob_key=key, sha256=sha256_of(WEIGHTS),
            size_bytes=len(WEIGHTS), base="tiny", base_hash="0" * 64, created_at=now, chosen_at=now,
        )  # fmt: skip

    adapter = [File("adapters", WEIGHTS, "safetensors", row)] if job.kind == "train" else []
    pictures = [(Request("a portrait", seed=n), PICTURE) for n in range(job.spec["pictures"])]
    await finish(a_studio(database, blobs), lease, {}, pictures, *adapter)
    say("ended", job=job.id, state="done", **whose(job))


async def fail(say: Say, database: Database, lease: Lease) -> None:
    await queue.fail(database, lease, "no_photos")
    say("ended", job=lease.job.id, state="failed", **whose(lease.job))


async def stop(say: Say, database: Database, lease: Lease) -> None:
    await queue.stop(database, lease)
    say("ended", job=lease.job.id, state="cancelled", **whose(lease.job))


async def trainer(say: Say, *, place: str, seed: int) -> None:
    """Claim and do jobs of all kinds of ends, until killed."""
    hasten()
    dice = random.Random(seed)
    database, blobs = at(place)
    numbers = iter(range(seed % 1_000_000 * 1000, 2**31))
    while True:
        lease = await queue.claim(
            database, lease_s=dice.choice((0.3, 1.0, 3.0)), interactive_only=dice.random() < 0.2
        )
        if lease is None:
            await share_class_image(say, database, blobs, next(numbers))
            await asyncio.sleep(0.02)
            continue
        try:
            await _work(say, database, blobs, lease, dice)
        except LeaseLost:
            say("lost", job=lease.job.id)


async def _work(
    say: Say, database: Database, blobs: FolderBlobs, lease: Lease, dice: random.Random
) -> None:
    cancel: Cancel | None = None
    for step in range(dice.randrange(4)):
        progress: dict[str, Any] = {"phase": "training", "step": step}
        cancel = await queue.beat(database, lease, lease_s=1.0, progress=progress)
        await asyncio.sleep(dice.random() * 0.02)
    if cancel is not None and not cancel.keeps:
        await stop(say, database, lease)
        return
    how = dice.random()
    if how < 0.7:
        await do(say, database, blobs, lease)
    elif how < 0.85:
        await fail(say, database, lease)
    else:
        await queue.give_back(database, lease, count_attempt=dice.random() < 0.5, wait_s=0.05)
