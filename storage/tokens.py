"""The tokens that are taken, and giving a subject another one."""

from __future__ import annotations

import re

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.alike import look_of
from storage.engine import Database, one_at_a_time
from storage.errors import AlreadyTraining, NotYours, TokenTaken
from storage.tables import OPEN_STATES, Adapter, Crop, Job, Photo, Subject, columns, in_state

adapters = columns(Adapter)
crops = columns(Crop)
jobs = columns(Job)
photos = columns(Photo)
subjects = columns(Subject)

#: On an adapter's card: its subject's token when it was learned, where the subject has had another
#: one since.
LEARNED_AS = "token"


async def taken(session: AsyncSession, but: int | None = None) -> list[str]:
    """Every token that is taken: those of subjects, and those that adapters were learned with;
    without those of the subject `but`."""
    learned = adapters.card[LEARNED_AS].as_string()
    found: list[str] = []
    for token, of_subject in ((subjects.token, subjects.id), (learned, adapters.subject_id)):
        held = select(token).where(token.is_not(None), of_subject != (but or 0)).distinct()
        found += (await session.scalars(held)).all()
    return found


async def looks(database: Database) -> set[str]:
    """What the tokens of all subjects look like."""
    async with database.read() as session:
        return {look_of(token) for token in await taken(session)}


async def tokens(database: Database) -> dict[str, int]:
    """The token of every subject there is, with the subject's id."""
    async with database.read() as session:
        rows = await session.execute(select(subjects.token, subjects.id).order_by(subjects.token))
        return {row.token: row.id for row in rows}


async def rename(database: Database, owner_id: int, subject_id: int, token: str) -> Subject:
    """Give the member's subject another token, also in the captions of its photos. What was
    learned was learned with the old one, which stays its own for as long as that is kept.

    Raises NotYours, TokenTaken as `create_subject`, and AlreadyTraining while it is being learned.
    """
    async with database.write() as session:
        await one_at_a_time(session, "tokens")
        mine = (subjects.id == subject_id, subjects.owner_id == owner_id)
        subject: Subject | None = await session.scalar(
            select(subjects).where(*mine).with_for_update()
        )
        if subject is None:
            raise NotYours
        if token == subject.token:
            return subject
        learning = (jobs.subject_id == subject_id, jobs.kind == "train", in_state(*OPEN_STATES))
        if await session.scalar(select(jobs.id).where(*learning).limit(1)) is not None:
            raise AlreadyTraining
        if look_of(token) in {look_of(other) for other in await taken(session, subject_id)}:
            raise TokenTaken
        old, subject.token = subject.token, token
        made = select(adapters).where(adapters.subject_id == subject_id).order_by(adapters.id)
        for adapter in (await session.scalars(made.with_for_update())).all():
            adapter.card = {LEARNED_AS: old, **adapter.card}
        cut = select(crops).join(photos, photos.id == crops.photo_id)
        said = re.compile(rf"(?i)(?<![a-z0-9]){re.escape(old)}(?![a-z0-9])")
        for crop in (await session.scalars(cut.where(photos.subject_id == subject_id))).all():
            crop.caption = said.sub(token, crop.caption)
        await session.flush()
        return subject


def learned_as(subject: Subject, adapter: Adapter) -> str:
    """What the adapter knows the subject by."""
    return str(adapter.card.get(LEARNED_AS, subject.token))
