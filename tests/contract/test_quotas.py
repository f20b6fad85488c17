"""What a member has asked for since a day or a week began: counted from jobs, and held to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from storage import queue, quotas
from storage.engine import Database
from storage.errors import QuotaSpent
from storage.queue import Quotas
from storage.quotas import Allowance, What
from storage.tables import Job
from tests.conftest import Clock
from tests.rows import ask, claimed, count, new_subject

HERE, ELSEWHERE = 7, 8
DAY = timedelta(days=1)


def allowance(clock: Clock, limit: int | None, what: What = "pictures") -> Allowance:
    since = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return Allowance(what, limit, since, since + DAY)


async def draw(database: Database, clock: Clock, limit: int | None, **options: Any) -> Job:
    held = Quotas(allowance=allowance(clock, limit))
    return await ask(database, **{"server_id": HERE, "quotas": held, **options})


async def used(database: Database, clock: Clock, what: What = "pictures") -> int:
    (number,) = await quotas.used(database, 1, HERE, [allowance(clock, None, what)])
    return number


async def test_pictures_count_one_by_one_until_the_next_day(
    database: Database, clock: Clock
) -> None:
    await draw(database, clock, 5, spec={"pictures": 3})
    await draw(database, clock, 5, spec={"pictures": 1})
    with pytest.raises(QuotaSpent) as refused:
        await draw(database, clock, 5, spec={"pictures": 2})
    why = refused.value
    assert (why.what, why.limit, why.used) == ("pictures", 5, 4)
    assert why.opens_at == clock.now() + DAY
    await draw(database, clock, 5, spec={"pictures": 1})
    clock.advance(DAY.total_seconds())
    await draw(database, clock, 5, spec={"pictures": 4})
    assert await used(database, clock) == 4


async def test_each_member_each_server_and_each_kind_is_counted_by_itself(
    database: Database, clock: Clock
) -> None:
    await draw(database, clock, 1)
    await draw(database, clock, 1, owner_id=2)
    await draw(database, clock, 1, server_id=ELSEWHERE)
    await draw(database, clock, 1, server_id=None)
    weekly = Quotas(allowance=allowance(clock, 1, "trainings"))
    subject = await new_subject(database)
    await ask(database, kind="train", subject=subject, server_id=HERE, quotas=weekly)
    assert [await used(database, clock, what) for what in ("pictures", "trainings")] == [1, 1]
    with pytest.raises(QuotaSpent):
        await draw(database, clock, 1)
    with pytest.raises(QuotaSpent):
        await draw(database, clock, 1, server_id=None)


async def test_direct_messages_count_with_the_only_server(database: Database, clock: Clock) -> None:
    together = Quotas(allowance=replace(allowance(clock, 2), home=HERE))
    await ask(database, server_id=HERE, quotas=together)
    await ask(database, server_id=None, quotas=together)
    with pytest.raises(QuotaSpent):
        await ask(database, server_id=HERE, quotas=together)
    await ask(database, server_id=ELSEWHERE)  # where the bot once was


async def test_what_never_ran_and_what_failed_does_not_count(
    database: Database, clock: Clock
) -> None:
    waiting = await draw(database, clock, 1)
    await queue.cancel(database, waiting.id or 0, 1)
    assert await used(database, clock) == 0
    await draw(database, clock, 1)
    await queue.fail(database, await claimed(database), "error")
    assert await used(database, clock) == 0
    await draw(database, clock, 1)
    await queue.stop(database, await claimed(database))  # somebody began it
    assert await used(database, clock) == 1
    with pytest.raises(QuotaSpent):
        await draw(database, clock, 1)


async def test_nothing_may_mean_nothing_and_no_limit_none(database: Database, clock: Clock) -> None:
    with pytest.raises(QuotaSpent):
        await draw(database, clock, 0)
    await draw(database, clock, None, spec={"pictures": 1000})


async def test_two_quick_presses_do_not_both_pass(database: Database, clock: Clock) -> None:
    asked = [draw(database, clock, 3, spec={"pictures": 2}) for _ in range(4)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert sum(isinstance(one, QuotaSpent) for one in answers) == 3
    assert await count(database, Job) == 1


async def test_one_request_that_is_told_twice_is_no_second_one(
    database: Database, clock: Clock
) -> None:
    first = await draw(database, clock, 1, request_id="once")
    assert (await draw(database, clock, 1, request_id="once")).id == first.id


@pytest.mark.parametrize("home", [None, HERE])
async def test_counting_reads_the_jobs_of_that_time_alone(
    database: Database, clock: Clock, home: int | None
) -> None:
    statement = quotas.counted(replace(allowance(clock, 1), home=home), 1, HERE)
    async with database.write() as session:
        dialect = session.get_bind().dialect
        written = str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
        if database.is_sqlite:
            plan = await session.execute(text(f"EXPLAIN QUERY PLAN {written}"))
        else:
            await session.execute(text("SET LOCAL enable_seqscan = off"))
            plan = await session.execute(text(f"EXPLAIN {written}"))
        told = " ".join(str(row) for row in plan.all())
    # of two that both end with the time, PostgreSQL takes either while there are no jobs
    assert "job_asked" in told or ("job_there" in told and not database.is_sqlite)
    assert "created_at" in told.lower()
