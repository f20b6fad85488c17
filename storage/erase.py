"""Forgetting: a member everywhere, with a receipt; a subject; a photo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, offences, outbox, pauses
from storage.blobs import Blobs
from storage.doomed import bury, doom
from storage.engine import Database
from storage.errors import NotYours
from storage.subjects import hold_photo
from storage.tables import (
    Adapter,
    Checkpoint,
    Crop,
    Doomed,
    Erasure,
    Image,
    Job,
    Member,
    Photo,
    Preview,
    Session,
    Source,
    Subject,
    columns,
)

jobs = columns(Job)
members = columns(Member)
subjects = columns(Subject)
photos = columns(Photo)
crops = columns(Crop)
adapters = columns(Adapter)
images = columns(Image)
checkpoints = columns(Checkpoint)
previews = columns(Preview)
sessions = columns(Session)
sources = columns(Source)
doomed = columns(Doomed)
erasures = columns(Erasure)


@dataclass(frozen=True)
class Receipt:
    """What was removed. `waiting_files` go as soon as the place where they are kept answers. Until
    `suspended_until` the member's id and that time stay, where it is told."""

    subjects: int = 0
    photos: int = 0
    adapters: int = 0
    pictures: int = 0
    jobs: int = 0
    freed_bytes: int = 0
    waiting_files: int = 0
    suspended_until: datetime | None = None


async def erase(database: Database, blobs: Blobs, member_id: int) -> Receipt:
    """Remove the member everywhere, with the subjects of others that show them, whose owners are
    told; the empty receipt when there is nothing left. A second call tells of the files that still
    wait, and of nothing else. A suspension, and a break that a server's admins gave, run on to
    their end.

    Rows go first, in one transaction that also writes down the files, the answers to be taken
    down, and the receipt. A worker that holds one of the member's jobs loses its lease and can
    write nothing more. A kill afterwards loses nothing: the next start, or the next call, goes
    on with the files. (It may lose the count of the bytes of the one file being removed.)
    """
    async with database.write() as session:
        erasure_id = await _erase_rows(session, member_id)
    await bury(database, blobs)
    if erasure_id is None:
        receipt = Receipt(waiting_files=await _waiting_files(database, member_id))
    else:
        receipt = await _receipt(database, erasure_id)
    ends = (
        await offences.suspended_until(database, member_id),
        await pauses.latest(database, member_id),
    )
    return replace(receipt, suspended_until=max(filter(None, ends), default=None))


async def _erase_rows(session: AsyncSession, member_id: int) -> int | None:
    """The id of the erasure; None when the member has no row."""
    of_subject = or_(subjects.owner_id == member_id, subjects.likeness_of == member_id)
    owned = select(subjects.id).where(of_subject)
    of_jobs = or_(jobs.owner_id == member_id, jobs.subject_id.in_(owned))
    # in the order in which workers lock: the jobs, then whose they are
    await session.execute(select(jobs.id).where(of_jobs).order_by(jobs.id).with_for_update())
    # with the owners of what shows the member: they are told
    theirs = select(subjects.owner_id).where(subjects.likeness_of == member_id)
    whose = or_(members.id == member_id, members.id.in_(theirs))
    held = select(members.id).where(whose).order_by(members.id).with_for_update()
    if member_id not in (await session.scalars(held)).all():
        return None
    # nobody hangs another photo or crop on one of them between the list of files and their end
    await session.execute(
        select(subjects.id).where(of_subject).order_by(subjects.id).with_for_update()
    )
    counted = {
        "subjects": select(func.count(subjects.id)).where(of_subject),
        "photos": select(func.count(photos.id)).where(photos.subject_id.in_(owned)),
        "adapters": select(func.count(adapters.id)).where(adapters.subject_id.in_(owned)),
        "pictures": select(func.count(images.id)).join(jobs).where(of_jobs),
        "jobs": select(func.count(jobs.id)).where(of_jobs),
    }
    counts = {name: await session.scalar(query) or 0 for name, query in counted.items()}
    erasure = Erasure(member_id=member_id, asked_at=clock.now(), counts=counts)
    session.add(erasure)
    await session.flush()
    keys = await blob_keys(session, owned, of_jobs)
    for key in (sources.blob_key, sources.mask_key):
        own = select(key).where(sources.owner_id == member_id, key.is_not(None))
        keys += (await session.scalars(own)).all()
    await doom(session, keys, erasure.id)
    await outbox.take_down(session, await outbox.messages_of(session, of_jobs))
    await outbox.take_down(session, await outbox.alerts_about(session, member_id))
    await outbox.take_down(session, await outbox.questions_of(session, owned))
    await outbox.forget_asker(session, member_id)
    await _tell_owners(session, member_id)
    # what they called it may tell of them
    await session.execute(
        update(sessions).where(sessions.host_id == member_id).values(theme="", card_pictures=None)
    )
    await session.execute(delete(subjects).where(of_subject))
    await session.execute(delete(members).where(members.id == member_id))
    return erasure.id


async def _tell_owners(session: AsyncSession, member_id: int) -> None:
    """Others who keep subjects that show the member hear that these are gone."""
    found = select(subjects).where(subjects.likeness_of == member_id)
    for subject in (await session.scalars(found.where(subjects.owner_id != member_id))).all():
        topic = "refused" if subject.likeness_agreed_at is None else "taken-back"
        facts = {"token": subject.token}
        await outbox.say_likeness(session, topic, subject.owner_id, facts=facts)


async def _waiting_files(database: Database, member_id: int) -> int:
    """How many files of a member who was forgotten before are still there."""
    async with database.read() as session:
        left = select(func.count()).where(
            doomed.erasure_id == erasures.id, erasures.member_id == member_id
        )
        return await session.scalar(left) or 0


async def _receipt(database: Database, erasure_id: int) -> Receipt:
    async with database.read() as session:
        erasure = await session.get_one(Erasure, erasure_id)
        left = select(func.count()).where(doomed.erasure_id == erasure_id)
        waiting = await session.scalar(left) or 0
    counts: dict[str, Any] = erasure.counts
    return Receipt(freed_bytes=erasure.freed_bytes, waiting_files=waiting, **counts)


async def delete_subject(database: Database, blobs: Blobs, owner_id: int, token: str) -> int:
    """Remove a subject with its photos, adapters, jobs and pictures; bytes freed.

    A training that runs loses its lease with its row and stops. Raises NotYours.
    """
    async with database.write() as session:
        mine = (subjects.owner_id == owner_id, subjects.token == token)
        subject_id = await session.scalar(select(subjects.id).where(*mine))
        if subject_id is None:
            raise NotYours
        await session.execute(
            select(jobs.id).where(jobs.subject_id == subject_id).order_by(jobs.id).with_for_update()
        )
        await session.execute(select(subjects.id).where(*mine).with_for_update())
        await outbox.take_down(session, await outbox.questions_of(session, [subject_id]))
        await drop_subject(session, subject_id)
    return await bury(database, blobs)


async def drop_subject(session: AsyncSession, subject_id: int) -> None:
    """A subject with all that belongs to it; part of the transaction that holds its jobs, then it.
    The files are to be buried."""
    of_jobs = jobs.subject_id == subject_id
    await doom(session, await blob_keys(session, [subject_id], of_jobs))
    await outbox.take_down(session, await outbox.messages_of(session, of_jobs))
    await session.execute(delete(subjects).where(subjects.id == subject_id))


async def blob_keys(session: AsyncSession, subject_ids: Any, of_jobs: Any) -> list[str]:
    """Every file of these subjects, and of the jobs chosen by `of_jobs` (SQL over `Job`)."""
    keys: list[str] = []
    of_source = or_(
        sources.subject_id.in_(subject_ids), sources.job_id.in_(select(jobs.id).where(of_jobs))
    )
    for statement in (
        select(photos.upright_key).where(photos.subject_id.in_(subject_ids)),
        select(crops.blob_key)
        .join(photos, photos.id == crops.photo_id)
        .where(photos.subject_id.in_(subject_ids)),
        select(adapters.blob_key).where(adapters.subject_id.in_(subject_ids)),
        select(images.blob_key).join(jobs, jobs.id == images.job_id).where(of_jobs),
        select(checkpoints.blob_key).join(jobs, jobs.id == checkpoints.job_id).where(of_jobs),
        select(previews.blob_key).join(jobs, jobs.id == previews.job_id).where(of_jobs),
        select(sources.blob_key).where(of_source),
        select(sources.mask_key).where(of_source, sources.mask_key.is_not(None)),
    ):
        keys += (await session.scalars(statement)).all()
    return keys


async def drop_photo(database: Database, blobs: Blobs, owner_id: int, photo_id: int) -> Photo:
    """Remove one photo. Raises NotYours."""
    async with database.write() as session:
        photo = await hold_photo(session, owner_id, photo_id)
        cut = await session.scalars(select(crops.blob_key).where(crops.photo_id == photo_id))
        await doom(session, [photo.upright_key, *cut.all()])
        await session.delete(photo)
    await bury(database, blobs)
    return photo
