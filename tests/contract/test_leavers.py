from __future__ import annotations

from storage import leavers, line, outbox, queue
from storage.engine import Database
from storage.tables import Job, Outgoing
from tests.conftest import Clock
from tests.rows import ask, claimed, new_subject, rows

HERE, THERE = 1_180_000_000_000_000_001, 2


async def test_who_waits_long_enough_is_named_once_and_in_turn(
    database: Database, clock: Clock
) -> None:
    subject = await new_subject(database, 3)
    await ask(database, 1)  # in private
    await ask(database, 3, kind="train", subject=subject, server_id=HERE)
    await ask(database, 2, server_id=HERE)
    clock.advance(20)
    for member, server in ((1, HERE), (2, HERE), (2, THERE)):
        await ask(database, member, server_id=server)
    clock.advance(10)
    assert await leavers.who_waits(database, 30) == [(HERE, 2)]
    clock.advance(20)
    assert await leavers.who_waits(database, 30) == [(HERE, 2), (HERE, 1), (THERE, 2)]


async def test_what_a_member_waits_for_in_one_server_is_dropped_without_a_word(
    database: Database, clock: Clock
) -> None:
    running = await ask(database, 1, server_id=HERE)
    assert (await claimed(database)).job.id == running.id
    shown = await ask(database, 1, server_id=HERE, channel_id=5)
    await line.set_message(database, shown.id or 0, 5, 6)
    unshown = await ask(database, 1, server_id=HERE, channel_id=5)
    others = [
        await ask(database, 1, server_id=THERE),
        await ask(database, 1),
        await ask(database, 2, server_id=HERE),
    ]
    assert await leavers.drop(database, HERE, 1) == 2
    states = {job.id: job.state for job in await rows(database, Job)}
    assert states[running.id] == "running"
    assert states[shown.id] == states[unshown.id] == "cancelled"
    assert all(states[other.id] == "queued" for other in others)
    (said,) = await outbox.take(database)
    assert (said.kind, said.channel_id, said.message_id) == ("withdraw", 5, 6)
    ended = [row for row in await rows(database, Outgoing) if row.kind == "ended"]
    assert [(row.job_id, row.undeliverable) for row in ended] == [
        (shown.id, "left"),
        (unshown.id, "left"),
    ]
    assert await leavers.drop(database, HERE, 1) == 0
    cancelled = await queue.cancel(database, shown.id or 0, 1)
    assert cancelled.state == "cancelled"
    assert len(await rows(database, Outgoing)) == 3
