from __future__ import annotations

import asyncio

import pytest

from storage import newest, queue, screening
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.erase import delete_subject, erase
from storage.errors import LeaseLost
from storage.newest import Kind
from storage.orphans import sweep_orphans
from storage.tables import Checkpoint, Preview
from tests.rows import ask, claimed, files, new_subject, rows

KINDS = pytest.mark.parametrize("kind", [Checkpoint, Preview])


async def a_training(database: Database) -> queue.Lease:
    await ask(database, kind="train", subject=await new_subject(database))
    return await claimed(database)


async def kept(
    database: Database, blobs: Blobs, kind: type[Kind], lease: queue.Lease, step: int
) -> str:
    key = await blobs.put("checkpoints", f"step {step}".encode(), "safetensors")
    await newest.keep(database, kind, lease, step, key)
    return key


@KINDS
async def test_the_newest_is_the_only_one(
    database: Database, blobs: Blobs, kind: type[Kind]
) -> None:
    lease = await a_training(database)
    assert await newest.latest(database, kind, lease.job.id or 0) is None
    for step in (10, 20):
        key = await kept(database, blobs, kind, lease, step)
    await bury(database, blobs)
    found = await newest.latest(database, kind, lease.job.id or 0)
    assert found is not None
    assert (found.step, found.blob_key) == (20, key)
    assert await files(blobs) == {key}
    assert await sweep_orphans(database, blobs, older_than_s=-1) == 0


@KINDS
async def test_the_next_worker_finds_it_and_a_stale_one_cannot_replace_it(
    database: Database, blobs: Blobs, kind: type[Kind]
) -> None:
    lease = await a_training(database)
    await kept(database, blobs, kind, lease, 10)
    await queue.give_back(database, lease, count_attempt=False)
    with pytest.raises(LeaseLost):
        await newest.keep(database, kind, lease, 15, "checkpoints/late")
    again = await claimed(database)
    found = await newest.latest(database, kind, again.job.id or 0)
    assert found is not None
    assert found.step == 10


@KINDS
@pytest.mark.parametrize("how", ["done", "failed", "cancelled", "cancelled in line", "crashed"])
async def test_it_goes_with_the_end_of_its_job(
    database: Database, blobs: Blobs, kind: type[Kind], how: str
) -> None:
    lease = await a_training(database)
    job_id = lease.job.id or 0
    await kept(database, blobs, kind, lease, 10)
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
            assert await rows(database, kind)
            lease = await claimed(database)
    assert await rows(database, kind) == []
    await bury(database, blobs)
    assert await files(blobs) == set()


@KINDS
@pytest.mark.parametrize("what", ["member", "subject"])
async def test_it_goes_with_whose_it_is(
    database: Database, blobs: Blobs, kind: type[Kind], what: str
) -> None:
    lease = await a_training(database)
    await kept(database, blobs, kind, lease, 10)
    if what == "member":
        assert (await erase(database, blobs, 1)).freed_bytes == len(b"step 10")
    else:
        assert await delete_subject(database, blobs, 1, "zwx") == len(b"step 10")
    assert await files(blobs) == set()
    with pytest.raises(LeaseLost):
        await newest.keep(database, kind, lease, 20, "checkpoints/late")


@KINDS
async def test_of_two_at_once_one_is_kept(
    database: Database, blobs: Blobs, kind: type[Kind]
) -> None:
    lease = await a_training(database)
    await asyncio.gather(*(kept(database, blobs, kind, lease, step) for step in (10, 20)))
    assert len(await rows(database, kind)) == 1
    await bury(database, blobs)
    assert len(await files(blobs)) == 1


async def test_what_was_seen_on_a_preview_first_holds(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    await kept(database, blobs, Preview, lease, 10)
    [row] = await rows(database, Preview)
    for score in (0.1, 0.9):
        await screening.note_scores(database, {row.id: score}, of=Preview)
    [row] = await rows(database, Preview)
    assert row.explicit == pytest.approx(0.1)
