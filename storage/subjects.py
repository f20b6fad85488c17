"""Members, their consent, their subjects and photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypedDict, Unpack

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.alike import look_of
from storage.doomed import doom
from storage.engine import Database, insert, one_at_a_time
from storage.errors import NotYours, TokenTaken
from storage.gallery import IN_USE_FIRST, IS_WHOLE
from storage.rights import IS_AGREED
from storage.tables import Adapter, Consent, Crop, Job, Member, Photo, Subject, columns
from storage.tokens import taken

members = columns(Member)
subjects = columns(Subject)
photos = columns(Photo)
crops = columns(Crop)
adapters = columns(Adapter)
consents = columns(Consent)
jobs = columns(Job)


async def know(session: AsyncSession, member_id: int) -> None:
    """Make sure the member has a row."""
    await session.execute(
        insert(session, members)
        .values(id=member_id, created_at=clock.now())
        .on_conflict_do_nothing(index_elements=["id"])
    )


async def give_consent(database: Database, member_id: int, version: int) -> None:
    """Write down the member's yes to this version of the consent text. Twice is once."""
    async with database.write() as session:
        await know(session, member_id)
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
    """A new subject. Raises TokenTaken when any subject has that token, or one that could be taken
    for it."""
    subject = Subject(
        owner_id=owner_id,
        token=token,
        class_word=class_word,
        kind=kind,
        base=base,
        created_at=clock.now(),
    )
    async with database.write() as session:
        await open_folder(session, subject)
        return subject


async def open_folder(session: AsyncSession, subject: Subject) -> None:
    """Keep a new subject; part of that transaction. Raises TokenTaken as `create_subject`."""
    await know(session, subject.owner_id)
    await one_at_a_time(session, "tokens")
    if look_of(subject.token) in {look_of(other) for other in await taken(session)}:
        raise TokenTaken
    session.add(subject)
    await session.flush()


@dataclass(frozen=True)
class Overview:
    """A subject with what `/subject list` says about it, and the adapter that is in use."""

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
        in_use = (
            select(adapters.id)
            .where(adapters.subject_id == subjects.id, IS_WHOLE)
            .order_by(*IN_USE_FIRST)
            .limit(1)
            .correlate(subjects)
            .scalar_subquery()
        )
        rows = await session.execute(
            select(subjects, counted, adapters)
            .outerjoin(adapters, adapters.id == in_use)
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


async def add_photo(database: Database, photo: Photo, crops: Sequence[Crop]) -> Photo | None:
    """Keep a photo and its crops, the main one first, whose files are already written; None when
    the subject has that very file, or is gone meanwhile: the caller then removes the files it
    wrote. Raises NotYours while whoever the subject shows has not said yes to it.
    """
    try:
        async with database.write() as session:
            unagreed = select(subjects.id).where(subjects.id == photo.subject_id, ~IS_AGREED)
            if await session.scalar(unagreed) is not None:
                raise NotYours
            session.add(photo)
            await session.flush()
            await _hang(session, photo, crops)
            return photo
    except IntegrityError:
        is_there = await get_subject(database, photo.subject_id) is not None
        if is_there and not await knows_photo(database, photo.subject_id, photo.source_sha256):
            raise  # no photo that can be kept: that is nobody's doing but ours
        return None


async def _hang(session: AsyncSession, photo: Photo, cut: Sequence[Crop]) -> None:
    """Rows for these crops, in their order: the first one is the main one."""
    for crop in cut:
        crop.photo_id = photo.id or 0
        session.add(crop)
        await session.flush()


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


@dataclass(frozen=True)
class Shot:
    """A photo and its crops, the main one first."""

    photo: Photo
    crops: list[Crop]


async def album(database: Database, subject_id: int) -> list[Shot]:
    """The subject's photos with their crops, oldest first."""
    async with database.read() as session:
        return await _shots(session, select(photos).where(photos.subject_id == subject_id))


async def own_shot(database: Database, owner_id: int, photo_id: int) -> Shot:
    """The member's photo of that number. Raises NotYours, also when it is somebody else's."""
    async with database.read() as session:
        found = await _shots(session, select(photos).where(*_own(owner_id, photo_id)))
    if not found:
        raise NotYours
    return found[0]


async def _shots(session: AsyncSession, which: Any) -> list[Shot]:
    found = (await session.scalars(which.order_by(photos.id))).all()
    shots = {photo.id: Shot(photo, []) for photo in found}
    cut = select(crops).where(crops.photo_id.in_(which.with_only_columns(photos.id)))
    for crop in await session.scalars(cut.order_by(crops.id)):
        shots[crop.photo_id].crops.append(crop)
    return list(shots.values())


def _own(owner_id: int, photo_id: int) -> tuple[Any, Any]:
    mine = select(subjects.id).where(subjects.owner_id == owner_id)
    return photos.id == photo_id, photos.subject_id.in_(mine)


class Change(TypedDict, total=False):
    """What of a photo can change."""

    framing: str
    declared: str | None
    face: int | None
    kept: bool
    stranger: bool
    seen: dict[str, Any] | None
    alike: list[int]


async def change_photo(
    database: Database,
    owner_id: int,
    photo_id: int,
    *,
    crops: Sequence[Crop] | None = None,
    **change: Unpack[Change],
) -> Photo:
    """Write what is given and leave the rest. `crops` take the place of all that were there, with
    new numbers, the main one first; their files are already written, or are those of crops that
    were there. Files that no crop names any more are doomed: the caller buries them.

    Raises NotYours when the photo is somebody else's or gone meanwhile: the caller then removes
    the files it wrote.
    """
    async with database.write() as session:
        photo = await hold_photo(session, owner_id, photo_id)
        for name, value in change.items():
            setattr(photo, name, value)
        if crops is not None:
            await _replace(session, photo, crops)
        return photo


async def hold_photo(session: AsyncSession, owner_id: int, photo_id: int) -> Photo:
    """The member's photo, which nobody else changes or removes until the end of the transaction.
    Raises NotYours.
    """
    # the subject first, as all do who remove it: they list its files while they hold it, and a
    # crop that came after the list would leave its file to nobody
    of_photo = select(photos.subject_id).where(photos.id == photo_id).scalar_subquery()
    await session.execute(
        select(subjects.id)
        .where(subjects.id == of_photo, subjects.owner_id == owner_id)
        .with_for_update(read=True, key_share=True)
    )
    photo: Photo | None = await session.scalar(
        select(photos).where(*_own(owner_id, photo_id)).with_for_update(of=photos)
    )
    if photo is None:
        raise NotYours
    return photo


async def _replace(session: AsyncSession, photo: Photo, cut: Sequence[Crop]) -> None:
    before = await session.scalars(
        delete(crops).where(crops.photo_id == photo.id).returning(crops.blob_key)
    )
    stay = {crop.blob_key for crop in cut}
    await doom(session, [key for key in before.all() if key not in stay])
    await _hang(session, photo, [Crop(**crop.model_dump(exclude={"id"})) for crop in cut])


async def reword(
    database: Database, owner_id: int, crop_id: int, caption: str, worded: bool = True
) -> None:
    """Give a crop of the member's another caption. Raises NotYours."""
    mine = (
        select(photos.id)
        .join(subjects, subjects.id == photos.subject_id)
        .where(subjects.owner_id == owner_id)
    )
    async with database.write() as session:
        found = await session.execute(
            update(crops)
            .where(crops.id == crop_id, crops.photo_id.in_(mine))
            .values(caption=caption, worded=worded)
            .returning(crops.id)
            .execution_options(synchronize_session=False)
        )
        if found.one_or_none() is None:
            raise NotYours
