"""Subjects that show another member: nothing is learned or drawn of them before that member's yes,
and all of it goes with their no.

    made --> asked --yes--> agreed
               |              |
               no, or         taken back, or
               no answer      forgotten
               v              v
              gone           gone

There is no way back from agreed to asked: who takes a yes back leaves nothing to be asked for. Not
covered here: what waits for the yes (`storage.rights.IS_AGREED` says so to whoever draws or learns,
`storage.subjects.add_photo` to photos), and how members are asked and told (`storage.outbox`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, outbox
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.erase import drop_subject
from storage.errors import AskedLately, NotYours
from storage.rights import IS_AGREED
from storage.subjects import know, open_folder
from storage.tables import Job, Member, Outgoing, Photo, Subject, columns

#: The same question comes again after so long at the earliest, and only if its asker wants.
AGAIN: Final = timedelta(days=1)
#: A question that nobody answers ends after so many days, or as many as photos are kept.
UNANSWERED_DAYS: Final = 30

jobs = columns(Job)
members = columns(Member)
outgoing = columns(Outgoing)
photos = columns(Photo)
subjects = columns(Subject)


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Where the asker is: the channel to ask in where direct messages are closed, and the language
    that is spoken there."""

    channel_id: int | None = None
    language: str = "en"

    def facts(self) -> dict[str, Any]:
        return {"channel": self.channel_id, "language": self.language}


def state(subject: Subject) -> Literal["own", "asked", "agreed"]:
    """How it stands with whoever is shown; "own": nobody else is."""
    if subject.likeness_of is None or subject.likeness_of == subject.owner_id:
        return "own"
    return "asked" if subject.likeness_agreed_at is None else "agreed"


async def create(database: Database, subject: Subject, asking: Asking) -> Subject:
    """Keep a new subject that shows another member, and ask them. Raises TokenTaken as
    `storage.subjects.create_subject`, and AskedLately where its owner asked this member within the
    last day, whatever came of it: a no holds for as long."""
    assert state(subject) == "asked"
    async with database.write() as session:
        await know(session, subject.likeness_of or 0)
        await open_folder(session, subject)
        asked_at = await session.scalar(_last_asked(subject))
        if asked_at is not None and clock.now() < asked_at + AGAIN:
            raise AskedLately(asked_at + AGAIN)
        await _ask(session, subject, asking)
        return subject


def _last_asked(subject: Subject) -> Any:
    """When its owner last asked whoever it shows, as SQL."""
    asker = outgoing.facts["asker"].as_string()
    return select(func.max(outgoing.created_at)).where(
        outgoing.kind == "likeness",
        outgoing.topic == outbox.ASKED,
        outgoing.about_id == subject.likeness_of,
        asker == str(subject.owner_id),
    )


async def ask_again(database: Database, owner_id: int, subject_id: int, asking: Asking) -> Subject:
    """Ask once more; the question from before disappears. Raises AskedLately, and NotYours where
    there is no such subject of theirs, or nothing to ask any more."""
    async with database.write() as session:
        found = select(subjects).where(subjects.id == subject_id, subjects.owner_id == owner_id)
        subject: Subject | None = await session.scalar(found.with_for_update())
        if subject is None or state(subject) != "asked":
            raise NotYours
        if subject.likeness_asked_at is not None:
            until = subject.likeness_asked_at + AGAIN
            if clock.now() < until:
                raise AskedLately(until)
        await outbox.take_down(session, await outbox.questions_of(session, [subject_id]))
        await session.execute(outgoing.__table__.delete().where(outgoing.subject_id == subject_id))
        await _ask(session, subject, asking)
        return subject


async def _ask(session: AsyncSession, subject: Subject, asking: Asking) -> None:
    subject.likeness_asked_at = clock.now()
    await session.flush()
    await outbox.say_likeness(
        session,
        outbox.ASKED,
        subject.likeness_of or 0,
        subject_id=subject.id,
        facts={"asker": str(subject.owner_id), **asking.facts()},
    )


async def agree(database: Database, member_id: int, subject_id: int) -> Subject:
    """The member's yes to a subject that shows them; its owner is told. Twice is once. Raises
    NotYours, also where it is gone."""
    async with database.write() as session:
        subject = await _hold(session, member_id, subject_id)
        if subject.likeness_agreed_at is None:
            subject.likeness_agreed_at = clock.now()
            await _tell(session, subject, "agreed")
        return subject


async def end(database: Database, blobs: Blobs, member_id: int, subject_id: int) -> Subject:
    """The member's no to a subject that shows them, before a yes or after it: what waits or is
    being drawn of it ends, and it is gone with photos, adapters and pictures, all in one
    transaction; its owner is told. What it was. Raises NotYours, also where it is gone.
    """
    of_subject = jobs.subject_id == subject_id
    async with database.write() as session:
        # in the order in which workers and erasures lock: the jobs, the member, the subject
        await session.execute(select(jobs.id).where(of_subject).order_by(jobs.id).with_for_update())
        subject = await _hold(session, member_id, subject_id)
        topic = "refused" if state(subject) == "asked" else "taken-back"
        await _tell(session, subject, topic)
        # its jobs go with it, those too that were put in line while this waited for the subject: a
        # worker that has one of them can write nothing more
        await drop_subject(session, subject_id)
    await bury(database, blobs)
    return subject


async def _hold(session: AsyncSession, member_id: int, subject_id: int) -> Subject:
    """The subject that shows the member, and its owner, until the end of the transaction. Raises
    NotYours."""
    shows = (subjects.id == subject_id, subjects.likeness_of == member_id)
    whose = select(subjects.owner_id).where(*shows).scalar_subquery()
    held = select(members.id).where(members.id == whose)
    await session.execute(held.with_for_update(read=True, key_share=True))
    subject: Subject | None = await session.scalar(select(subjects).where(*shows).with_for_update())
    if subject is None or state(subject) == "own":
        raise NotYours
    return subject


async def _tell(session: AsyncSession, subject: Subject, topic: str) -> None:
    """Its owner is to be told, as and where they asked."""
    asked = select(outgoing.facts).where(outgoing.subject_id == subject.id)
    facts = await session.scalar(asked.order_by(outgoing.id.desc()).limit(1)) or {}
    facts = {"token": subject.token, **{name: facts.get(name) for name in ("channel", "language")}}
    await outbox.say_likeness(session, topic, subject.owner_id, facts=facts)


@dataclass(frozen=True)
class Showing:
    """A subject of somebody else's that shows a member, and of how many photos."""

    subject: Subject
    photos: int


async def showing(database: Database, member_id: int) -> list[Showing]:
    """The subjects of others that show the member, the oldest first."""
    counted = select(func.count()).where(photos.subject_id == subjects.id).scalar_subquery()
    async with database.read() as session:
        found = await session.execute(
            select(subjects, counted)
            .where(subjects.likeness_of == member_id, subjects.owner_id != member_id)
            .order_by(subjects.id)
        )
        return [Showing(*row) for row in found.all()]


async def waiting(database: Database, owner_id: int) -> Sequence[Subject]:
    """The member's own subjects that wait for somebody's yes."""
    async with database.read() as session:
        found = select(subjects).where(subjects.owner_id == owner_id, ~IS_AGREED)
        return (await session.scalars(found.order_by(subjects.id))).all()


async def is_undeliverable(database: Database, subject_id: int) -> bool:
    """Whether the question could not be handed to whoever is shown."""
    async with database.read() as session:
        found = select(outgoing.id).where(
            outgoing.subject_id == subject_id, outgoing.undeliverable.is_not(None)
        )
        return await session.scalar(found) is not None


async def forget_unanswered(session: AsyncSession, before: datetime) -> None:
    """Drop the subjects whose question nobody answered since `before`, and tell their owners. Part
    of the round in which everything goes that is past its time."""
    found = select(subjects).where(~IS_AGREED, subjects.likeness_asked_at < before)
    for subject in (await session.scalars(found.with_for_update(skip_locked=True))).all():
        await outbox.take_down(session, await outbox.questions_of(session, [subject.id]))
        await _tell(session, subject, "lapsed")
        await drop_subject(session, subject.id or 0)
