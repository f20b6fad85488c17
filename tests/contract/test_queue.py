"""The life of a job, step by step; test_claim.py: who comes first, test_lease.py: who may write."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage import queue
from storage.engine import Database
from storage.errors import AlreadyTraining, NotYours, QuotaFull
from storage.queue import Cancel, Quotas
from storage.tables import Image, Job
from tests.conftest import Clock
from tests.rows import an_image, ask, claimed, count, new_subject, rows


async def test_asking_twice_with_one_request_id_makes_one_job(database: Database) -> None:
    first = await ask(database, request_id="interaction-1", spec={"steps": 1})
    again = await ask(database, request_id="interaction-1", spec={"steps": 2})
    assert again.id == first.id
    assert again.spec == {"steps": 1}
    assert await count(database, Job) == 1


async def test_a_finished_request_is_still_known(database: Database) -> None:
    first = await ask(database, request_id="interaction-1")
    async with queue.finishing(database, await claimed(database), {}):
        pass
    assert (await ask(database, request_id="interaction-1")).id == first.id


async def test_a_subject_has_one_open_training(database: Database, clock: Clock) -> None:
    subject = await new_subject(database)
    await ask(database, kind="train", subject=subject)
    with pytest.raises(AlreadyTraining):
        await ask(database, kind="train", subject=subject)
    lease = await claimed(database)
    with pytest.raises(AlreadyTraining):
        await ask(database, kind="train", subject=subject)
    await queue.fail(database, lease, "error")
    await ask(database, kind="train", subject=subject)
    await ask(database, kind="train", subject=await new_subject(database, token="qqxy"))


async def test_a_claim_counts_the_attempt_and_starts_the_job(
    database: Database, clock: Clock
) -> None:
    asked = await ask(database)
    clock.advance(5)
    lease = await claimed(database, lease_s=30)
    job = await queue.get(database, lease.job.id or 0)
    assert job is not None
    assert (job.id, job.state, job.attempt, job.lease_key) == (asked.id, "running", 1, lease.key)
    assert job.started_at == clock.at
    assert job.lease_until is not None
    assert (job.lease_until - clock.at).total_seconds() == 30
    assert await queue.claim(database) is None


async def test_results_and_the_finished_row_become_visible_together(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {"seconds": 2}) as session:
        session.add(an_image(lease.job, 0, "images/00/" + "0" * 32 + ".png"))
        await session.flush()
        assert await count(database, Image) == 0  # nobody else sees it yet
    job = await queue.get(database, lease.job.id or 0)
    assert job is not None
    assert (job.state, job.outcome, job.lease_key) == ("done", {"seconds": 2}, None)
    assert await count(database, Image) == 1


async def test_results_that_cannot_be_written_leave_the_job_running(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    with pytest.raises(RuntimeError):  # noqa: PT012
        async with queue.finishing(database, lease, {}) as session:
            session.add(an_image(lease.job, 0, "images/00/" + "0" * 32 + ".png"))
            await session.flush()
            raise RuntimeError
    job = await queue.get(database, lease.job.id or 0)
    assert job is not None
    assert (job.state, job.lease_key) == ("running", lease.key)
    assert await count(database, Image) == 0


async def test_a_failure_is_written_with_its_code(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    await queue.fail(database, lease, "out_of_memory", {"tried": 2})
    (job,) = await rows(database, Job)
    assert (job.state, job.error, job.outcome) == ("failed", "out_of_memory", {"tried": 2})
    assert job.finished_at is not None


async def test_a_cancelled_job_in_line_is_gone_at_once(database: Database) -> None:
    job = await ask(database)
    ended = await queue.cancel(database, job.id or 0, job.owner_id)
    assert ended.state == "cancelled"
    assert ended.finished_at is not None
    assert await queue.claim(database) is None


async def test_a_running_job_hears_of_a_cancel_at_its_next_beat(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    assert not await queue.beat(database, lease)
    job = await queue.cancel(database, lease.job.id or 0, lease.job.owner_id)
    assert job.state == "running"
    assert await queue.beat(database, lease)
    await queue.stop(database, lease)
    (job,) = await rows(database, Job)
    assert (job.state, job.error) == ("cancelled", None)


async def test_cancelling_a_finished_job_changes_nothing(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {"seconds": 1}):
        pass
    job = await queue.cancel(database, lease.job.id or 0, lease.job.owner_id)
    assert (job.state, job.outcome, job.cancel_asked_at) == ("done", {"seconds": 1}, None)


async def test_nobody_cancels_another_members_job(database: Database) -> None:
    job = await ask(database, owner_id=1)
    with pytest.raises(NotYours):
        await queue.cancel(database, job.id or 0, 2)
    with pytest.raises(NotYours):
        await queue.cancel(database, 999, 1)
    (row,) = await rows(database, Job)
    assert row.state == "queued"


async def test_what_was_given_back_unfinished_may_still_be_cancelled(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    await queue.give_back(database, lease, count_attempt=False)
    job = await queue.cancel(database, lease.job.id or 0, lease.job.owner_id)
    assert job.state == "cancelled"


async def test_a_job_given_back_after_its_cancel_does_not_wait_in_line_again(
    database: Database,
) -> None:
    await ask(database)
    lease = await claimed(database)
    await queue.cancel(database, lease.job.id or 0, lease.job.owner_id)
    await queue.give_back(database, lease, count_attempt=False)
    (job,) = await rows(database, Job)
    assert (job.state, job.finished_at is not None) == ("cancelled", True)
    assert await queue.claim(database) is None


async def test_quotas_are_held_for_members_and_servers(database: Database) -> None:
    quotas = Quotas(per_member=2, per_server=3)
    for _ in range(2):
        await ask(database, 1, server_id=7, quotas=quotas)
    with pytest.raises(QuotaFull) as full:
        await ask(database, 1, server_id=8, quotas=quotas)
    assert (full.value.whose, full.value.limit) == ("member", 2)
    await ask(database, 2, server_id=7, quotas=quotas)
    with pytest.raises(QuotaFull) as full:
        await ask(database, 3, server_id=7, quotas=quotas)
    assert (full.value.whose, full.value.limit) == ("server", 3)
    await ask(database, 3, server_id=None, quotas=quotas)  # a direct message is no server's
    await queue.fail(database, await claimed(database), "error")
    await ask(database, 3, server_id=7, quotas=quotas)


async def test_a_known_request_is_answered_even_when_the_quota_is_full(
    database: Database,
) -> None:
    first = await ask(database, request_id="interaction-1", quotas=Quotas(per_member=1))
    again = await ask(database, request_id="interaction-1", quotas=Quotas(per_member=1))
    assert again.id == first.id


async def test_requests_that_race_never_pass_the_quota(
    database: Database, place: Path | str
) -> None:
    others = [await Database.open(place) for _ in range(2)]
    await ask(database, 2)  # members exist before they race
    await ask(database, 1)
    asked = await asyncio.gather(
        *(
            ask(one, 1, quotas=Quotas(per_member=4))
            for one in (database, *others)
            for _ in range(4)
        ),
        return_exceptions=True,
    )
    for other in others:
        await other.close()
    refused = [error for error in asked if isinstance(error, BaseException)]
    assert {type(error) for error in refused} == {QuotaFull}
    assert len(asked) - len(refused) == 3


async def test_requests_that_race_with_one_id_make_one_job(
    database: Database, place: Path | str
) -> None:
    await ask(database)
    other = await Database.open(place)
    asked = await asyncio.gather(
        *(ask(one, request_id="interaction-1") for one in (database, other) for _ in range(4))
    )
    await other.close()
    assert len({job.id for job in asked}) == 1
    assert await count(database, Job) == 2


async def test_trainings_of_one_subject_that_race_make_one(
    database: Database, place: Path | str
) -> None:
    subject = await new_subject(database)
    await ask(database)
    other = await Database.open(place)
    asked = await asyncio.gather(
        *(ask(one, kind="train", subject=subject) for one in (database, other) for _ in range(4)),
        return_exceptions=True,
    )
    await other.close()
    assert [type(one) for one in asked].count(AlreadyTraining) == 7
    assert await count(database, Job) == 2


async def test_a_cancel_tells_the_worker_whether_to_keep_what_it_has(database: Database) -> None:
    await ask(database)
    lease = await claimed(database)
    number, owner = lease.job.id or 0, lease.job.owner_id
    assert await queue.beat(database, lease) is None
    await queue.cancel(database, number, owner, keeps=True)
    assert await queue.beat(database, lease) == Cancel(keeps=True)
    await queue.cancel(database, number, owner)  # on second thought: throw it away
    assert await queue.beat(database, lease) == Cancel(keeps=False)
    await queue.cancel(database, number, owner, keeps=True)
    assert await queue.beat(database, lease) == Cancel(keeps=False)


async def test_a_job_that_is_put_off_waits(database: Database, clock: Clock) -> None:
    await ask(database)
    await queue.give_back(database, await claimed(database), count_attempt=False, wait_s=15)
    assert await queue.claim(database) is None
    clock.advance(16)
    assert (await claimed(database)).job.attempt == 1


async def test_a_job_given_back_on_its_last_attempt_ends(database: Database) -> None:
    await ask(database, max_attempts=1)
    await queue.give_back(database, await claimed(database), count_attempt=True)
    (job,) = await rows(database, Job)
    assert (job.state, job.error) == ("failed", "crashed")


async def test_times_from_before_a_reboot_hold_nothing_up(database: Database, clock: Clock) -> None:
    """The shared clock of SQLite starts again at a boot; what it wrote before lies far ahead."""
    clock.advance(10**7)
    for _ in range(2):
        await ask(database)
    running = await claimed(database)
    await queue.give_back(database, await claimed(database), count_attempt=False, wait_s=60)
    clock.advance(-(10**7) + 60)
    assert (await claimed(database)).job.id != running.job.id
    clock.advance(queue.LONGEST_BACKOFF_S)
    again = await claimed(database)
    assert (again.job.id, again.job.attempt) == (running.job.id, 2)
