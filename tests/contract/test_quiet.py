"""Quiet hours of a server: no training of it begins in them, and nothing else is held up."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from storage import line, queue, servers
from storage.engine import Database
from storage.tables import Job, columns
from storage.turns import is_held
from tests.conftest import Clock
from tests.rows import ask, claimed, new_subject

HERE, ELSEWHERE = 7, 8
HOUR = 60


@pytest.mark.parametrize(
    ("hours", "quiet"),
    [
        ((22 * HOUR, 6 * HOUR), {22, 23, 0, 5}),
        ((9 * HOUR, 17 * HOUR), {9, 16}),
        ((9 * HOUR, 9 * HOUR), set()),
        (None, set()),
    ],
)
async def test_a_training_begins_outside_of_them_only(
    database: Database, clock: Clock, hours: tuple[int, int] | None, quiet: set[int]
) -> None:
    await servers.set_quiet(database, HERE, (0, 1439))
    await servers.set_quiet(database, HERE, hours)
    subject = await new_subject(database)
    for hour in range(24):  # the clock begins at midnight
        job = await ask(database, kind="train", subject=subject, server_id=HERE)
        lease = await queue.claim(database)
        held = (hours is not None) and lease is None
        assert held == _within(hour, hours), hour
        if lease is None:
            await queue.cancel(database, job.id or 0, 1)
        else:
            await queue.stop(database, lease)
        clock.advance(3600)
    assert all(_within(hour, hours) for hour in quiet)


def _within(hour: int, hours: tuple[int, int] | None) -> bool:
    if hours is None:
        return False
    begins, ends = hours
    length = (ends - begins) % (24 * HOUR)
    return (hour * HOUR - begins) % (24 * HOUR) < length


async def test_pictures_and_other_servers_are_not_held_up(database: Database, clock: Clock) -> None:
    await servers.set_quiet(database, HERE, (0, 60))
    held = await ask(database, kind="train", subject=await new_subject(database), server_id=HERE)
    picture = await ask(database, server_id=HERE)
    other = await new_subject(database, token="qvy")
    training = await ask(database, kind="train", subject=other, server_id=ELSEWHERE)
    assert (await claimed(database)).job.id == picture.id
    assert (await claimed(database)).job.id == training.id
    assert await queue.claim(database) is None
    clock.advance(3600)
    assert (await claimed(database)).job.id == held.id


async def test_a_training_that_began_before_goes_on_in_them(
    database: Database, clock: Clock
) -> None:
    subject = await new_subject(database)
    job = await ask(database, kind="train", subject=subject, server_id=HERE)
    lease = await claimed(database)
    await servers.set_quiet(database, HERE, (0, 60))
    await queue.give_back(database, lease, count_attempt=False)
    assert (await claimed(database)).job.id == job.id


@pytest.mark.parametrize("hours", [(22 * HOUR, 6 * HOUR), (9 * HOUR, 17 * HOUR), (0, 1439)])
async def test_what_rests_is_last_in_line_and_told_until_when(
    database: Database, clock: Clock, hours: tuple[int, int]
) -> None:
    await servers.set_quiet(database, HERE, hours)
    held = await ask(database, kind="train", subject=await new_subject(database), server_id=HERE)
    other = await new_subject(database, token="qvy", owner_id=2)
    later = await ask(database, 2, kind="train", subject=other, server_id=ELSEWHERE)
    for minute in range(0, 24 * HOUR, 30):  # the clock begins at midnight
        seen = await line.look(database)
        if _within_minutes(minute, hours):
            assert [job.id for job in seen.jobs] == [later.id, held.id]
            until = seen.resting[held.id or 0]
            assert until > clock.now()
            assert until.hour * HOUR + until.minute == hours[1]
            assert (until - clock.now()).total_seconds() < 24 * 3600
        else:
            assert [job.id for job in seen.jobs] == [held.id, later.id]
            assert not seen.resting
        async with database.read() as session:
            found = (await session.scalars(select(columns(Job).id).where(is_held()))).all()
        assert set(found) == set(seen.resting)
        clock.advance(1800)


def _within_minutes(minute: int, hours: tuple[int, int]) -> bool:
    begins, ends = hours
    return (minute - begins) % (24 * HOUR) < (ends - begins) % (24 * HOUR)
