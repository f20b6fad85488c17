"""What the bot must still say: written with the end it tells of, there until it was said."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from storage import line, outbox, queue
from storage.blobs import Blobs
from storage.engine import Database
from storage.erase import delete_subject, erase
from storage.outbox import BACKOFF_S, GRACE_S, LONGEST_BACKOFF_S, TAKEN_S
from storage.tables import Job, Outgoing
from tests.conftest import Clock
from tests.rows import ask, claimed, count, new_subject, rows


async def ended(database: Database, *, shown: bool = True) -> Job:
    """A job that is done, its panel known or not."""
    job = await ask(database, channel_id=10)
    if shown:
        await line.set_message(database, job.id or 0, 10, 20)
    async with queue.finishing(database, await claimed(database), {}):
        pass
    return job


@pytest.mark.parametrize("end", ["done", "failed", "cancelled", "crashed", "withdrawn", "returned"])
async def test_every_end_of_a_job_is_to_be_told(database: Database, clock: Clock, end: str) -> None:
    job = await ask(database, max_attempts=1)
    if end == "withdrawn":
        await queue.cancel(database, job.id or 0, job.owner_id)
    else:
        lease = await claimed(database)
        match end:
            case "done":
                async with queue.finishing(database, lease, {}):
                    pass
            case "failed":
                await queue.fail(database, lease, "error")
            case "cancelled":
                await queue.stop(database, lease)
            case "returned":
                await queue.give_back(database, lease, count_attempt=True)
            case _:
                clock.advance(queue.LEASE_S + 1)
                assert await queue.claim(database) is None
    (row,) = await rows(database, Outgoing)
    assert (row.kind, row.job_id, row.delivered_at) == ("ended", job.id, None)


async def test_an_end_that_is_undone_is_not_told(database: Database) -> None:
    await ask(database)
    with pytest.raises(ZeroDivisionError):
        async with queue.finishing(database, await claimed(database), {}):
            raise ZeroDivisionError
    assert await count(database, Outgoing) == 0


async def test_what_was_said_is_not_said_again(database: Database) -> None:
    await ended(database)
    (row,) = await outbox.take(database)
    await outbox.delivered(database, row.id or 0)
    await outbox.delivered(database, row.id or 0)
    assert await outbox.take(database) == []
    assert await outbox.waiting(database) == 0


async def test_what_a_bot_took_and_died_over_is_said_by_the_next(
    database: Database, clock: Clock
) -> None:
    await ended(database)
    (first,) = await outbox.take(database)
    assert await outbox.take(database) == []
    clock.advance(TAKEN_S + 1)
    (again,) = await outbox.take(database)
    assert (again.id, again.attempt) == (first.id, 2)  # the id is what tells it for a repeat


async def test_two_bots_never_take_the_same(database: Database, place: Path | str) -> None:
    for _ in range(6):
        await ended(database)
    other = await Database.open(place)
    takes = await asyncio.gather(
        *(outbox.take(bot, at_most=2) for bot in (database, other) for _ in range(3))
    )
    await other.close()
    taken = [row.id for rows_ in takes for row in rows_]
    assert len(taken) == len(set(taken))


async def test_a_failure_is_tried_again_later_and_later(database: Database, clock: Clock) -> None:
    await ended(database)
    for attempt in range(1, 12):
        (row,) = await outbox.take(database)
        assert row.attempt == attempt
        await outbox.try_later(database, row)
        wait_s = min(BACKOFF_S * 2 ** (attempt - 1), LONGEST_BACKOFF_S)
        clock.advance(wait_s - 0.5)
        assert await outbox.take(database) == []
        clock.advance(1)


async def test_what_can_never_be_said_is_recorded_and_ended(
    database: Database, clock: Clock
) -> None:
    await ended(database)
    (row,) = await outbox.take(database)
    await outbox.give_up(database, row.id or 0, "403 50007")
    await outbox.delivered(database, row.id or 0)  # too late: it stays as it was recorded
    clock.advance(10 * TAKEN_S)
    assert await outbox.take(database) == []
    (kept,) = await rows(database, Outgoing)
    assert (kept.undeliverable, kept.delivered_at) == ("403 50007", None)


async def test_an_end_waits_for_the_command_that_is_just_answering(
    database: Database, clock: Clock
) -> None:
    hasty, lost = [await ended(database, shown=False) for _ in range(2)]
    assert await outbox.take(database) == []
    await line.set_message(database, hasty.id or 0, 10, 20)
    assert [row.job_id for row in await outbox.take(database)] == [hasty.id]
    clock.advance(GRACE_S + 1)  # the bot died before it could write down where its message is
    assert [row.job_id for row in await outbox.take(database)] == [lost.id]


async def test_a_row_from_before_a_reboot_is_due(database: Database, clock: Clock) -> None:
    await ended(database)
    (row,) = await outbox.take(database)
    await outbox.try_later(database, row)
    clock.advance(-1_000_000)  # time since boot starts again
    assert [again.id for again in await outbox.take(database)] == [row.id]


@pytest.mark.parametrize("forgotten", ["member", "subject"])
async def test_answers_of_what_is_forgotten_are_to_be_taken_down(
    database: Database, blobs: Blobs, forgotten: str
) -> None:
    subject = await new_subject(database, 1)
    job = await ask(database, 1, subject=subject)
    await line.set_message(database, job.id or 0, 10, 20)
    await ask(database, 1, subject=subject)  # never shown anywhere
    kept = await ask(database, 2)
    await line.set_message(database, kept.id or 0, 10, 21)
    if forgotten == "member":
        await erase(database, blobs, 1)
    else:
        await delete_subject(database, blobs, 1, subject.token)
    (row,) = await outbox.take(database)
    assert (row.kind, row.job_id, row.channel_id, row.message_id) == ("withdraw", None, 10, 20)
