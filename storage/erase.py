"""Forgetting a member: every row and every file, with a receipt."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, select

from storage.blobs import Blobs
from storage.engine import Database
from storage.tables import Adapter, Image, Job, Member, Photo, Subject, columns

jobs = columns(Job)
members = columns(Member)
subjects = columns(Subject)
photos = columns(Photo)
adapters = columns(Adapter)
images = columns(Image)


@dataclass(frozen=True)
class Receipt:
    """What was removed."""

    subjects: int
    photos: int
    adapters: int
    pictures: int
    jobs: int
    freed_bytes: int


async def erase(database: Database, blobs: Blobs, member_id: int) -> Receipt:
    """Remove the member everywhere. Rows go first, in one transaction: a worker that holds one
    of the member's jobs loses its lease and can write nothing more. Files go second; one that a
    crash left behind has no row any more and is taken by `sweep_orphans` at the next start.
    """
    async with database.write() as session:
        owned = select(subjects.id).where(subjects.owner_id == member_id)
        counted = {
            "subjects": select(func.count()).select_from(owned.subquery()),
            "photos": select(func.count(photos.id)).where(photos.subject_id.in_(owned)),
            "adapters": select(func.count(adapters.id)).where(adapters.subject_id.in_(owned)),
            "pictures": select(func.count(images.id)).where(images.owner_id == member_id),
            "jobs": select(func.count(jobs.id)).where(jobs.owner_id == member_id),
        }
        counts = {name: await session.scalar(query) or 0 for name, query in counted.items()}
        keys: list[str] = []
        for query in (
            select(photos.upright_key).where(photos.subject_id.in_(owned)),
            select(photos.crop_key).where(photos.subject_id.in_(owned)),
            select(adapters.blob_key).where(adapters.subject_id.in_(owned)),
            select(images.blob_key).where(images.owner_id == member_id),
        ):
            keys += (await session.scalars(query)).all()
        await session.execute(delete(members).where(members.id == member_id))
    freed = sum([await blobs.delete(key) for key in keys])
    return Receipt(freed_bytes=freed, **counts)
