"""Pictures that nobody waits for any more: their member left the server they were asked for in."""

from __future__ import annotations

from typing import Any

from sqlalchemy import and_, func, select, update

from storage import clock, outbox
from storage.engine import Database
from storage.tables import Job, columns, in_state

jobs = columns(Job)


def _waiting() -> Any:
    return and_(in_state("queued"), jobs.kind == "generate")


async def who_waits(database: Database, since_s: float) -> list[tuple[int, int]]:
    """(server, member) of pictures that wait in a server for at least so long; who was first is
    first, and each comes once."""
    async with database.read() as session:
        at = await clock.shared(session)
        found = await session.execute(
            select(jobs.server_id, jobs.owner_id)
            .where(
                _waiting(),
                jobs.server_id.is_not(None),
                clock.reached(jobs.run_after, at, since_s),
            )
            .group_by(jobs.server_id, jobs.owner_id)
            .order_by(func.min(jobs.id))
        )
        return [(server_id, member_id) for server_id, member_id in found.all()]


async def drop(database: Database, server_id: int, member_id: int) -> int:
    """Cancel what the member waits for in that server, and take its messages down; how many.

    A picture that is being drawn already is not touched, and nobody is told anything.
    """
    async with database.write() as session:
        gone = await session.execute(
            update(jobs)
            .where(_waiting(), jobs.server_id == server_id, jobs.owner_id == member_id)
            .values(state="cancelled", finished_at=clock.now(), cancel_asked_at=clock.now())
            .returning(jobs.id, jobs.channel_id, jobs.message_id)
            .execution_options(synchronize_session=False)
        )
        dropped = gone.all()
        for job_id, *_ in dropped:
            await outbox.say_nothing(session, job_id, "left")
        await outbox.take_down(
            session,
            [outbox.Message(channel, message) for _, channel, message in dropped if message],
        )
        return len(dropped)
