"""What the bot must still say, in rows until it was said.

A row is written in the transaction of the change it tells of. The bot takes due rows, says them
and marks them; one it could not finish, because it died or Discord did not answer, is due again
by itself. So everything is said at least once; a repeat is recognised by its row's id, which the
bot sends along as the message's nonce. What can never be said is marked with the reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.engine import Database, insert
from storage.tables import Job, Outgoing, columns

#: How long a bot may take over what it took before another may.
TAKEN_S = 60.0
#: A command that has just answered writes down where its message is; until then a job that ends
#: at once waits this long for it.
GRACE_S = 10.0
#: After a failure a row waits this long, doubled with each attempt.
BACKOFF_S = 2.0
LONGEST_BACKOFF_S = 300.0

#: The topic of a question to whoever a subject shows.
ASKED = "asked"

jobs = columns(Job)
outgoing = columns(Outgoing)


@dataclass(frozen=True)
class Message:
    """Where a message is."""

    channel_id: int
    message_id: int


async def say_ended(session: AsyncSession, job_id: int, message_id: int | None) -> None:
    """A job, shown in that message, has ended: its member is to be told. Part of the transaction
    that ended it."""
    at = await clock.shared(session)
    wait_s = 0.0 if message_id else GRACE_S
    await session.execute(
        insert(session, outgoing)
        .values(
            kind="ended",
            job_id=job_id,
            attempt=0,
            send_after=at + timedelta(seconds=wait_s),
            created_at=clock.now(),
        )
        .on_conflict_do_nothing(index_elements=["job_id", "kind"])
    )


async def say_nothing(session: AsyncSession, job_id: int, reason: str) -> None:
    """A job has ended and nobody is to be told. Part of the transaction that ended it."""
    await _add(session, kind="ended", job_id=job_id, undeliverable=reason)


async def say_alert(session: AsyncSession, server_id: int, member_id: int) -> None:
    """A server's admins are to look at a member. Part of the transaction that suspended them."""
    await _add(session, kind="alert", server_id=server_id, about_id=member_id)


async def say_in_session(session: AsyncSession, session_id: int, topic: str) -> None:
    """Something is to be told in a session's room. Part of the transaction that made it so."""
    await _add(session, kind="session", session_id=session_id, topic=topic)


async def say_removed(session: AsyncSession, server_id: int, member_id: int, job_id: int) -> None:
    """A member is to be told that a server's admins took down pictures of theirs, those of that
    number. Part of the transaction that removed them."""
    await _add(session, kind="removed", server_id=server_id, about_id=member_id, topic=str(job_id))


async def say_likeness(session: AsyncSession, topic: str, to_id: int, **said: Any) -> None:
    """A member is to be told something of a subject that shows another one, or asked. Part of the
    transaction that made it so."""
    await _add(session, kind="likeness", topic=topic, about_id=to_id, **said)


async def _add(session: AsyncSession, **said: Any) -> None:
    at = await clock.shared(session)
    session.add(Outgoing(send_after=at, created_at=clock.now(), **said))
    await session.flush()


async def alerts_about(session: AsyncSession, member_id: int) -> list[Message]:
    """Every word that admins were sent about a member, and what the member was asked or told of a
    likeness."""
    sent = await session.execute(
        select(outgoing.channel_id, outgoing.message_id).where(
            outgoing.about_id == member_id, outgoing.message_id.is_not(None)
        )
    )
    return [Message(channel, message) for channel, message in sent.all()]


async def forget_asker(session: AsyncSession, member_id: int) -> None:
    """Drop the questions that a member had put to others. Part of that transaction."""
    asker = outgoing.facts["asker"].as_string()
    await session.execute(
        delete(outgoing).where(outgoing.kind == "likeness", asker == str(member_id))
    )


async def questions_of(session: AsyncSession, subject_ids: Any) -> list[Message]:
    """Every card that asked whoever these subjects show."""
    sent = await session.execute(
        select(outgoing.channel_id, outgoing.message_id).where(
            outgoing.kind == "likeness",
            outgoing.subject_id.in_(subject_ids),
            outgoing.message_id.is_not(None),
        )
    )
    return [Message(channel, message) for channel, message in sent.all()]


async def take_down(session: AsyncSession, messages: Sequence[Message]) -> None:
    """Answers whose rows are being deleted are to disappear. Part of that transaction."""
    at = await clock.shared(session)
    for message in messages:
        session.add(
            Outgoing(
                kind="withdraw",
                channel_id=message.channel_id,
                message_id=message.message_id,
                send_after=at,
                created_at=clock.now(),
            )
        )
    await session.flush()


async def messages_of(session: AsyncSession, whose: Any) -> list[Message]:
    """Every answer that the jobs chosen by `whose` (SQL over `Job`) show, and every word that was
    sent of their ends."""
    answers = select(jobs.channel_id, jobs.message_id).where(
        whose, jobs.message_id.is_not(None), jobs.channel_id.is_not(None)
    )
    words = (
        select(outgoing.channel_id, outgoing.message_id)
        .join(jobs, jobs.id == outgoing.job_id)
        .where(whose, outgoing.message_id.is_not(None), outgoing.channel_id.is_not(None))
    )
    found = [*(await session.execute(answers)).all(), *(await session.execute(words)).all()]
    return [Message(channel, message) for channel, message in dict.fromkeys(map(tuple, found))]


async def hurry(session: AsyncSession, job_id: int) -> None:
    """The job's message is known now: what waited for it waits no more."""
    await session.execute(
        update(outgoing)
        .where(outgoing.job_id == job_id, _waiting(), outgoing.attempt == 0)
        .values(send_after=await clock.shared(session))
    )


async def take(database: Database, at_most: int = 20) -> Sequence[Outgoing]:
    """What is due now, oldest first; nobody else is given it for `TAKEN_S` seconds."""
    async with database.read() as session:
        due = and_(_waiting(), clock.reached(outgoing.send_after, await clock.shared(session)))
        if await session.scalar(select(outgoing.id).where(due).limit(1)) is None:
            return []
    async with database.write() as session:
        at = await clock.shared(session)
        first = (
            select(outgoing.id)
            .where(_waiting(), clock.reached(outgoing.send_after, at))
            .order_by(outgoing.id)
            .limit(at_most)
            .with_for_update(skip_locked=True)
            .cte("first")
        )
        taken = await session.scalars(
            update(outgoing)
            .where(outgoing.id.in_(select(first.c.id)))
            .values(attempt=outgoing.attempt + 1, send_after=at + timedelta(seconds=TAKEN_S))
            .returning(outgoing)
            .execution_options(synchronize_session=False)
        )
        return sorted(taken.all(), key=lambda row: row.id)


async def delivered(database: Database, outgoing_id: int, sent: Message | None = None) -> None:
    """It was said, in a message of its own where one was `sent`. Saying so twice is once.

    Where the row is gone, or the subject that it asked for, what it told of was erased meanwhile:
    the message is to disappear too.
    """
    where = {"channel_id": sent.channel_id, "message_id": sent.message_id} if sent else {}
    async with database.write() as session:
        await session.execute(
            update(outgoing)
            .where(outgoing.id == outgoing_id, _waiting())
            .values(delivered_at=clock.now(), **where)
        )
        row = await session.get(Outgoing, outgoing_id)
        if sent and (row is None or (row.topic == ASKED and row.subject_id is None)):
            await take_down(session, [sent])


async def give_up(database: Database, outgoing_id: int, reason: str) -> None:
    """It can never be said: the channel is gone, direct messages are closed."""
    await _settle(database, outgoing_id, undeliverable=reason)


async def _settle(database: Database, outgoing_id: int, **values: Any) -> None:
    async with database.write() as session:
        await session.execute(
            update(outgoing).where(outgoing.id == outgoing_id, _waiting()).values(**values)
        )


async def try_later(database: Database, row: Outgoing) -> None:
    """Discord did not take it this time: again after a while, longer with each attempt."""
    wait_s = min(BACKOFF_S * 2 ** (row.attempt - 1), LONGEST_BACKOFF_S)
    async with database.write() as session:
        at = await clock.shared(session)
        await session.execute(
            update(outgoing)
            .where(outgoing.id == row.id, _waiting())
            .values(send_after=at + timedelta(seconds=wait_s))
        )


async def waiting(database: Database) -> int:
    """How much is still to be said."""
    async with database.read() as session:
        return await session.scalar(select(func.count(outgoing.id)).where(_waiting())) or 0


async def forget_old(session: AsyncSession, before: Any) -> None:
    """Drop settled rows that belong to no job; the others go with their jobs."""
    await session.execute(
        delete(outgoing).where(outgoing.job_id.is_(None), ~_waiting(), outgoing.created_at < before)
    )


def _waiting() -> Any:
    return and_(outgoing.delivered_at.is_(None), outgoing.undeliverable.is_(None))
