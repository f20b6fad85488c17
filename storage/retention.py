"""What is kept only for a while: photos, adapters and pictures, as the settings say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from storage import clock, drafts, likeness, offences, outbox, pauses
from storage.blobs import Blobs
from storage.doomed import bury, doom
from storage.engine import Database
from storage.likeness import UNANSWERED_DAYS as UNANSWERED
from storage.settings import StorageSettings
from storage.tables import (
    OPEN_STATES,
    Adapter,
    Crop,
    Erasure,
    Image,
    Job,
    Outgoing,
    Photo,
    Session,
    Source,
    Subject,
    Worker,
    columns,
    in_state,
)

#: So many rows go in one transaction, so that nobody waits for long.
BATCH = 100
#: Trainers that were not seen for so long are no longer remembered.
WORKERS_DAYS = 7
#: A session that is over goes after so long, or as long as pictures are kept where that is less:
#: its theme, seats, entries and votes; not the pictures, which are their members'.
SESSIONS_DAYS = 90
#: A picture with a mask that nobody went on with is kept so long.
UNASKED_DAYS = 1
#: Whom to forget in a restored backup is known this much longer than backups are kept: one past
#: its days lies there until the next backup removes it.
MARGIN_DAYS = 30

jobs = columns(Job)
subjects = columns(Subject)
photos = columns(Photo)
crops = columns(Crop)
adapters = columns(Adapter)
images = columns(Image)
sessions = columns(Session)
sources = columns(Source)
outgoing = columns(Outgoing)
erasures = columns(Erasure)
workers = columns(Worker)


async def expire(database: Database, blobs: Blobs, settings: StorageSettings) -> int:
    """Delete what is past its time, rows first; how many photos, adapters, jobs and
    pictures beside kept ones went."""
    expired = 0
    for days, choose, remove in (
        (settings.photos_days, _old_photos, _remove_photos),
        (settings.adapters_days, _unused_adapters, _remove_adapters),
        (settings.pictures_days, _old_jobs, remove_jobs),
        (settings.pictures_days, _beside_kept, _remove_images),
    ):
        while days is not None:
            async with database.write() as session:
                found = (await session.scalars(choose(_ago(days)).limit(BATCH))).all()
                await remove(session, found)
            expired += len(found)
            if len(found) < BATCH:
                break
    async with database.write() as session:
        await outbox.forget_old(session, _ago(settings.backups_days))
        unasked = and_(sources.job_id.is_(None), sources.created_at < _ago(UNASKED_DAYS))
        # a copy serves one job, and that has no use for it any more
        served = sources.job_id.in_(select(jobs.id).where(jobs.finished_at.is_not(None)))
        await _remove_sources(session, or_(unasked, served))
        await likeness.forget_unanswered(session, _ago(_least(settings.photos_days, UNANSWERED)))
        await _remove_sessions(session, _ago(_least(settings.pictures_days, SESSIONS_DAYS)))
        await offences.forget_old(session)
        await pauses.forget_old(session)
        await drafts.forget_old(session)
        await session.execute(delete(workers).where(workers.seen_at < _ago(WORKERS_DAYS)))
        # whom to forget in a restored backup: known until no backup is left that knew them
        await session.execute(
            delete(erasures).where(erasures.finished_at < _ago(settings.backups_days + MARGIN_DAYS))
        )
    await bury(database, blobs)
    return expired


async def _remove_sessions(session: AsyncSession, closed_before: Any) -> None:
    """With the messages that show their pictures: nobody could take those off any more."""
    old = sessions.closed_at < closed_before
    for message in (sessions.sheet_message_id, sessions.results_message_id):
        shown = select(sessions.thread_id, message).where(
            old, sessions.thread_id.is_not(None), message.is_not(None)
        )
        found = (await session.execute(shown)).all()
        await outbox.take_down(session, [outbox.Message(*row) for row in found])
    await session.execute(delete(sessions).where(old))


def _least(days: int | None, most: int) -> int:
    return most if days is None else min(days, most)


def _ago(days: int) -> Any:
    return clock.now() - timedelta(days=days)


def _old_photos(before: Any) -> Any:
    """Photos whose subject was trained, and for the last time before `before`."""
    last_trained = (
        select(func.max(adapters.created_at))
        .where(adapters.subject_id == photos.subject_id)
        .scalar_subquery()
    )
    in_use = exists().where(jobs.subject_id == photos.subject_id, in_state(*OPEN_STATES))
    # one that somebody changes at this moment, or whose subject goes, waits for the next round
    return (
        select(photos)
        .join(subjects, subjects.id == photos.subject_id)
        .where(last_trained < before, photos.created_at < before, ~in_use)
        .with_for_update(of=(photos, subjects), skip_locked=True, key_share=True)
    )


async def _remove_photos(session: AsyncSession, found: Sequence[Photo]) -> None:
    numbers = [photo.id for photo in found]
    cut = await session.scalars(select(crops.blob_key).where(crops.photo_id.in_(numbers)))
    await doom(session, [*(photo.upright_key for photo in found), *cut.all()])
    await session.execute(delete(photos).where(photos.id.in_(numbers)))


def _unused_adapters(before: Any) -> Any:
    """Adapters with which nobody drew, and which nobody chose, since `before`."""
    in_use = exists().where(jobs.subject_id == adapters.subject_id, in_state(*OPEN_STATES))
    used_at = func.coalesce(adapters.last_used_at, adapters.created_at)
    long_chosen = or_(adapters.chosen_at.is_(None), adapters.chosen_at < before)
    # one that its member chooses at this moment is in use
    return (
        select(adapters)
        .where(used_at < before, long_chosen, ~in_use)
        .with_for_update(skip_locked=True)
    )


async def _remove_adapters(session: AsyncSession, found: Sequence[Adapter]) -> None:
    await doom(session, [adapter.blob_key for adapter in found])
    await session.execute(delete(adapters).where(adapters.id.in_([one.id for one in found])))


def _old_jobs(before: Any) -> Any:
    """Ended jobs whose member was told, or cannot be, and keeps no picture of them."""
    keeps = exists().where(images.job_id == jobs.id, images.kept_at.is_not(None))
    # one that its member keeps at this moment stays
    return select(jobs).where(_is_over(before), ~keeps).with_for_update(skip_locked=True)


def _beside_kept(before: Any) -> Any:
    """Pictures of such jobs beside the ones that their member keeps."""
    kept = aliased(images)
    return (
        select(images)
        .join(jobs, jobs.id == images.job_id)
        .where(
            _is_over(before),
            images.kept_at.is_(None),
            exists().where(kept.job_id == jobs.id, kept.kept_at.is_not(None)),
        )
        .with_for_update(of=images, skip_locked=True)
    )


async def _remove_images(session: AsyncSession, found: Sequence[Image]) -> None:
    await doom(session, [image.blob_key for image in found])
    await session.execute(delete(images).where(images.id.in_([one.id for one in found])))


def _is_over(before: Any) -> Any:
    """Whether a job ended before, and its member was told, or cannot be; as SQL."""
    unsaid = exists().where(
        outgoing.job_id == jobs.id,
        and_(outgoing.delivered_at.is_(None), outgoing.undeliverable.is_(None)),
    )
    return and_(jobs.finished_at < before, ~unsaid)


async def remove_jobs(session: AsyncSession, found: Sequence[Job]) -> None:
    """Ended jobs with their pictures; part of that transaction. The files are to be buried."""
    numbers = [job.id for job in found]
    keys = await session.scalars(select(images.blob_key).where(images.job_id.in_(numbers)))
    await doom(session, keys.all())
    await _remove_sources(session, sources.job_id.in_(numbers))
    await session.execute(delete(jobs).where(jobs.id.in_(numbers)))


async def _remove_sources(session: AsyncSession, which: Any) -> None:
    # held first: a mask that comes after the list would leave its file to nobody
    found = (await session.scalars(select(sources).where(which).with_for_update())).all()
    keys = [key for one in found for key in (one.blob_key, one.mask_key) if key is not None]
    await doom(session, keys)
    await session.execute(delete(sources).where(sources.id.in_([one.id for one in found])))
