"""Members, their consent, their subjects and photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.engine import Database, insert
from storage.errors import NotYours, TokenTaken
from storage.tables import Adapter, Consent, Member, Photo, Subject, columns

members = columns(Member)
subjects = columns(Subject)
photos = columns(Photo)
adapters = columns(Adapter)
consents = columns(Consent)


async def _know(session: AsyncSession, member_id: int) -> None:
    """Make sure the member has a row."""
    await session.execute(
        insert(session, members)
        .values(id=member_id, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=["id"])
    )


async def give_consent(database: Database, member_id: int, version: int) -> None:
    """Write down the member's yes to this version of the consent text. Twice is once."""
    async with database.write() as session:
        await _know(session, member_id)
        await session.execute(
            insert(session, consents)
            .values(member_id=member_id, version=version, given_at=clock.now())
            .on_conflict_do_nothing(index_elements=["member_id", "version"])
        )


async def has_consented(database: Database, member_id: int, version: int) -> bool:
    """Whether the member said yes to exactly this version."""
    async with database.read() as session:
        found = select(consents.id).where(
            consents.member_id == member_id, consents.version == version
        )
        return await session.scalar(found) is not None


async def create_subject(
    database: Database, *, owner_id: int, token: str, class_word: str, kind: str, base: str
) -> Subject:
    """A new subject. Raises TokenTaken when any subject has that token."""
    try:
        async with database.write() as session:
            await _know(session, owner_id)
            subject = Subject(
                owner_id=owner_id,
                token=token,
                class_word=class_word,
                kind=kind,
                base=base,
                created_at=clock.now(),
            )
            session.add(subject)
            await session.flush()
            return subject
    except IntegrityError:
        async with database.read() as session:
            if await session.scalar(select(subjects.id).where(subjects.token == token)):
                raise TokenTaken from None
        raise


@dataclass(frozen=True)
class Overview:
    """A subject with what `/subject list` says about it."""

    subject: Subject
    photos: int
    adapter: Adapter | None


async def list_subjects(database: Database, owner_id: int) -> list[Overview]:
    """The member's subjects, oldest first."""
    async with database.read() as session:
        counted = (
            select(func.count())
            .select_from(photos)
            .where(photos.subject_id == subjects.id)
            .scalar_subquery()
        )
        newest = (
            select(func.max(adapters.id))
            .where(adapters.subject_id == subjects.id)
            .correlate(subjects)
            .scalar_subquery()
        )
        rows = await session.execute(
            select(subjects, counted, adapters)
            .outerjoin(adapters, adapters.id == newest)
            .where(subjects.owner_id == owner_id)
            .order_by(subjects.id)
        )
        return [Overview(subject, count, adapter) for subject, count, adapter in rows.all()]


async def owned_subject(database: Database, owner_id: int, token: str) -> Subject:
    """The member's subject of that token. Raises NotYours, also when it is somebody else's."""
    async with database.read() as session:
        found: Subject | None = await session.scalar(
            select(subjects).where(subjects.owner_id == owner_id, subjects.token == token)
        )
    if found is None:
        raise NotYours
    return found


async def get_subject(database: Database, subject_id: int) -> Subject | None:
    async with database.read() as session:
        return await session.get(Subject, subject_id)


async def add_photo(database: Database, photo: Photo) -> Photo | None:
    """Keep a photo whose files are already written; None when the subject has that very file,
    or is gone meanwhile: the caller then removes the files it wrote.
    """
    try:
        async with database.write() as session:
            session.add(photo)
            await session.flush()
            return photo
    except IntegrityError:
        return None


async def photos_of(database: Database, subject_id: int) -> Sequence[Photo]:
    """The subject's photos, oldest first."""
    async with database.read() as session:
        rows = await session.scalars(
            select(photos).where(photos.subject_id == subject_id).order_by(photos.id)
        )
        return rows.all()


async def knows_photo(database: Database, subject_id: int, source_sha256: str) -> bool:
    """Whether this very file was handed in for the subject before."""
    async with database.read() as session:
        found = select(photos.id).where(
            photos.subject_id == subject_id, photos.source_sha256 == source_sha256
        )
        return await session.scalar(found) is not None
