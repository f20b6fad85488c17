from __future__ import annotations

import asyncio

import pytest

from storage import previews, queue
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.erase import delete_subject, erase
from storage.errors import LeaseLost
from storage.orphans import sweep_orphans
from storage.tables import Preview
from tests.rows import ask, claimed, files, new_subject, rows


async def a_training(database: Database) -> queue.Lease:
    await ask(database, kind="train", subject=await new_subject(database))
    return await claimed(database)


async def kept(database: Database, blobs: Blobs, lease: queue.Lease, step: int) -> str:
    key = await blobs.put("previews", f"step {step}".encode(), "png")
    await previews.keep(database, lease, step, key)
    return key


async def test_the_newest_preview_is_the_only_one(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    assert await previews.latest(database, lease.job.id or 0) is None
    for step in (10, 20):
        key = await kept(database, blobs, lease, step)
    await bury(database, blobs)
    found = await previews.latest(database, lease.job.id or 0)
    assert found is not None
    assert (found.step, found.blob_key, found.explicit) == (20, key, None)
    assert await files(blobs) == {key}
    assert await sweep_orphans(database, blobs, older_than_s=-1) == 0


async def test_what_was_seen_on_it_first_holds(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    await kept(database, blobs, lease, 10)
    [row] = await rows(database, Preview)
    for score in (0.1, 0.9):
        await previews.note_score(database, row.id, score)
    [row] = await rows(database, Preview)
    assert row.explicit == pytest.approx(0.1)


async def test_a_stale_worker_cannot_replace_it(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    await kept(database, blobs, lease, 10)
    await queue.give_back(database, lease, count_attempt=False)
    with pytest.raises(LeaseLost):
        await previews.keep(database, lease, 15, "previews/late")
    again = await claimed(database)
    found = await previews.latest(database, again.job.id or 0)
    assert found is not None
    assert found.step == 10


@pytest.mark.parametrize("how", ["done", "failed", "cancelled", "cancelled in line"])
async def test_it_goes_with_the_end_of_its_job(database: Database, blobs: Blobs, how: str) -> None:
    lease = await a_training(database)
    await kept(database, blobs, lease, 10)
    if how == "done":
        async with queue.finishing(database, lease, {}):
            pass
    elif how == "failed":
        await queue.fail(database, lease, "error")
    elif how == "cancelled":
        await queue.stop(database, lease)
    else:
        await queue.give_back(database, lease, count_attempt=False)
        await queue.cancel(database, lease.job.id or 0, 1)
    assert await rows(database, Preview) == []
    await bury(database, blobs)
    assert await files(blobs) == set()


@pytest.mark.parametrize("what", ["member", "subject"])
async def test_it_goes_with_whose_it_is(database: Database, blobs: Blobs, what: str) -> None:
    lease = await a_training(database)
    await kept(database, blobs, lease, 10)
    if what == "member":
        assert (await erase(database, blobs, 1)).freed_bytes == len(b"step 10")
    else:
        assert await delete_subject(database, blobs, 1, "zwx") == len(b"step 10")
    assert await files(blobs) == set()
    with pytest.raises(LeaseLost):
        await previews.keep(database, lease, 20, "previews/late")


async def test_of_two_at_once_one_is_kept(database: Database, blobs: Blobs) -> None:
    lease = await a_training(database)
    await asyncio.gather(*(kept(database, blobs, lease, step) for step in (10, 20)))
    assert len(await rows(database, Preview)) == 1
    await bury(database, blobs)
    assert len(await files(blobs)) == 1
