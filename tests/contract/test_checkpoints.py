from __future__ import annotations

import asyncio

import pytest

from storage import checkpoints, queue
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.erase import erase
from storage.errors import LeaseLost
from storage.orphans import sweep_orphans
from storage.tables import Checkpoint
from tests.rows import ask, claimed, files, new_subject, rows


async def a_training(database: Database) -> queue.Lease:
    await ask(database, kind="train", subject=await new_subject(database))
    return await claimed(database)


async def kept(database: Database, blobs: Blobs, lease: queue.Lease, step: int) -> str:
    key = await blobs.put("checkpoints", f"step {step}".encode(), "safetensors")
    await checkpoints.keep(database, lease, step, key)
    return key


async def test_the_newest_checkpoint_is_the_only_one(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    assert await checkpoints.latest(database, lease.job.id or 0) is None
    for step in (10, 20):
        key = await kept(database, blobs, lease, step)
    await bury(database, blobs)
    found = await checkpoints.latest(database, lease.job.id or 0)
    assert found is not None
    assert (found.step, found.blob_key) == (20, key)
    assert await files(blobs) == {key}
    assert await sweep_orphans(database, blobs, older_than_s=-1) == 0


async def test_the_next_worker_finds_it_and_a_stale_one_cannot_replace_it(
    database: Database, blobs: Blobs
) -> None:
    lease = await a_training(database)
    await kept(database, blobs, lease, 10)
    await queue.give_back(database, lease, count_attempt=False)
    with pytest.raises(LeaseLost):
        await checkpoints.keep(database, lease, 15, "checkpoints/late")
    again = await claimed(database)
    found = await checkpoints.latest(database, again.job.id or 0)
    assert found is not None
    assert found.step == 10


@pytest.mark.parametrize("how", ["done", "failed", "cancelled", "cancelled in line", "crashed"])
async def test_it_goes_with_the_end_of_its_job(database: Database, blobs: Blobs, how: str) -> None:
    lease = await a_training(database)
    job_id = lease.job.id or 0
    await kept(database, blobs, lease, 10)
    if how == "done":
        async with queue.finishing(database, lease, {}):
            pass
    elif how == "failed":
        await queue.fail(database, lease, "error")
    elif how == "cancelled":
        await queue.stop(database, lease)
    elif how == "cancelled in line":
        await queue.give_back(database, lease, count_attempt=False)
        await queue.cancel(database, job_id, 1)
    else:
        for _ in range(lease.job.max_attempts):
            await queue.give_back(database, lease, count_attempt=True)
            if (job := await queue.get(database, job_id)) and job.state == "failed":
                break
            assert await rows(database, Checkpoint)
            lease = await claimed(database)
    assert await rows(database, Checkpoint) == []
    await bury(database, blobs)
    assert await files(blobs) == set()


async def test_it_goes_with_its_member(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    await kept(database, blobs, lease, 10)
    receipt = await erase(database, blobs, 1)
    assert receipt.freed_bytes == len(b"step 10")
    assert await files(blobs) == set()
    with pytest.raises(LeaseLost):
        await checkpoints.keep(database, lease, 20, "checkpoints/late")


async def test_of_two_at_once_one_is_kept(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    await asyncio.gather(*(kept(database, blobs, lease, step) for step in (10, 20)))
    assert len(await rows(database, Checkpoint)) == 1
    await bury(database, blobs)
    assert len(await files(blobs)) == 1
