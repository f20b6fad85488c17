"""Who may write for a job: the worker that holds its lease, and nobody else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from storage import queue
from storage.engine import Database
from storage.errors import LeaseLost
from storage.queue import Lease
from storage.tables import Image, Job
from tests.conftest import Clock
from tests.rows import an_image, ask, claimed, count, rows

#: Longer than any lease and backoff of these tests.
AGES_S = 1000


async def beat(database: Database, lease: Lease) -> None:
    await queue.beat(database, lease, progress={"phase": "stolen"})


async def finish(database: Database, lease: Lease) -> None:
    async with queue.finishing(database, lease, {"stolen": True}) as session:
        session.add(an_image(lease.job, 0, "images/00/" + "0" * 32 + ".png"))


async def fail(database: Database, lease: Lease) -> None:
    await queue.fail(database, lease, "error")


async def give_back(database: Database, lease: Lease) -> None:
    await queue.give_back(database, lease, count_attempt=True)


WRITES = [beat, finish, fail, queue.stop, give_back]


@pytest.mark.parametrize("write", WRITES)
async def test_a_stale_worker_cannot_write(
    database: Database, clock: Clock, write: Callable[[Database, Lease], Awaitable[None]]
) -> None:
    await ask(database)
    stale = await claimed(database)
    clock.advance(AGES_S)
    assert await queue.claim(database) is None  # it waits out its backoff
    clock.advance(AGES_S)
    fresh = await claimed(database)
    assert fresh.key != stale.key
    before = (await rows(database, Job))[0].model_dump()
    with pytest.raises(LeaseLost):
        await write(database, stale)
    assert (await rows(database, Job))[0].model_dump() == before
    assert await count(database, Image) == 0
    await queue.beat(database, fresh)


@pytest.mark.parametrize("write", WRITES)
async def test_nothing_is_written_for_a_job_that_was_removed(
    database: Database, write: Callable[[Database, Lease], Awaitable[None]]
) -> None:
    await ask(database)
    lease = await claimed(database)
    async with database.write() as session:
        await session.delete(await session.get_one(Job, lease.job.id))
    with pytest.raises(LeaseLost):
        await write(database, lease)


async def test_a_beat_renews_the_lease_and_shows_progress(database: Database, clock: Clock) -> None:
    await ask(database)
    lease = await claimed(database, lease_s=30)
    for _ in range(4):
        clock.advance(20)
        await queue.beat(database, lease, lease_s=30, progress={"step": 3})
    assert await queue.claim(database) is None
    (job,) = await rows(database, Job)
    assert (job.state, job.progress) == ("running", {"step": 3})


async def test_a_beat_without_news_leaves_the_progress(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    await queue.beat(database, lease, progress={"step": 3})
    await queue.beat(database, lease)
    (job,) = await rows(database, Job)
    assert job.progress == {"step": 3}


async def test_a_lease_is_good_until_it_runs_out(database: Database, clock: Clock) -> None:
    await ask(database)
    lease = await claimed(database, lease_s=30)
    clock.advance(29)
    assert await queue.claim(database) is None
    await queue.beat(database, lease, lease_s=30)


async def test_an_expired_job_returns_and_ends_as_crashed_after_its_last_attempt(
    database: Database, clock: Clock
) -> None:
    await ask(database, max_attempts=2)
    for attempt in (1, 2):
        lease = await claimed(database)
        assert lease.job.attempt == attempt
        clock.advance(AGES_S)
        assert await queue.claim(database) is None
        clock.advance(AGES_S)
    assert await queue.claim(database) is None
    (job,) = await rows(database, Job)
    assert (job.state, job.error, job.attempt) == ("failed", "crashed", 2)
    assert job.lease_key is None


async def test_an_expired_job_waits_longer_with_each_crash(
    database: Database, clock: Clock
) -> None:
    await ask(database, max_attempts=6)
    for attempt in range(1, 6):
        await claimed(database)
        clock.advance(AGES_S)
        assert await queue.claim(database) is None
        (job,) = await rows(database, Job)
        wait_s = (job.run_after - clock.at).total_seconds()
        assert 0.5 <= wait_s / (queue.BACKOFF_S * 2 ** (attempt - 1)) <= 1.5
        clock.advance(AGES_S)


async def test_an_expired_job_that_was_cancelled_does_not_return(
    database: Database, clock: Clock
) -> None:
    await ask(database)
    lease = await claimed(database)
    await queue.cancel(database, lease.job.id or 0, lease.job.owner_id)
    clock.advance(AGES_S)
    assert await queue.claim(database) is None
    (job,) = await rows(database, Job)
    assert (job.state, job.error) == ("cancelled", None)


@pytest.mark.parametrize(("counted", "attempt"), [(True, 2), (False, 1)])
async def test_a_job_given_back_is_next_at_once(
    database: Database, counted: bool, attempt: int
) -> None:
    await ask(database)
    lease = await claimed(database)
    await queue.give_back(database, lease, count_attempt=counted)
    again = await claimed(database)
    assert again.job.id == lease.job.id
    assert again.job.attempt == attempt


async def test_shutdowns_never_use_up_the_attempts(database: Database) -> None:
    await ask(database, max_attempts=1)
    for _ in range(5):
        await queue.give_back(database, await claimed(database), count_attempt=False)
    assert (await claimed(database)).job.attempt == 1
