"""Wishes that could not be granted as they were, kept for a day to be taken up again; those that
hold where Discord has somebody's photos, for an hour."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import and_, delete, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock
from storage.engine import Database
from storage.errors import NotYours
from storage.subjects import know
from storage.tables import Draft, columns

KEPT = timedelta(days=1)
#: Photos that wait for their member's word: agreement, or whose they are.
PHOTOS_KEPT = timedelta(hours=1)
#: What a wish calls them.
PHOTOS = "photos"
#: Of each member's; older ones make room.
MOST = 20

drafts = columns(Draft)


async def keep(database: Database, owner_id: int, wish: dict[str, Any]) -> int:
    """Keep a wish of the member's, among their newest; its number."""
    async with database.write() as session:
        await know(session, owner_id)
        draft = Draft(owner_id=owner_id, wish=wish, created_at=clock.now())
        session.add(draft)
        await session.flush()
        assert draft.id is not None
        newest = select(drafts.id).where(drafts.owner_id == owner_id)
        newest = newest.order_by(drafts.id.desc()).limit(MOST)
        kept = (await session.scalars(newest)).all()
        await session.execute(
            delete(drafts).where(drafts.owner_id == owner_id, drafts.id < min(kept))
        )
        return draft.id


async def own(database: Database, owner_id: int, draft_id: int) -> dict[str, Any]:
    """The member's wish of that number. Raises NotYours, also when it is too old."""
    async with database.read() as session:
        found: Draft | None = await session.scalar(
            select(drafts).where(drafts.id == draft_id, drafts.owner_id == owner_id, ~_is_old())
        )
    if found is None:
        raise NotYours
    return dict(found.wish)


async def drop(database: Database, owner_id: int, draft_id: int) -> None:
    """Forget the member's wish of that number, if it is still there."""
    async with database.write() as session:
        await session.execute(
            delete(drafts).where(drafts.id == draft_id, drafts.owner_id == owner_id)
        )


async def forget_old(session: AsyncSession) -> None:
    """Part of the round in which everything goes that is past its time."""
    await session.execute(delete(drafts).where(_is_old()))


def _is_old() -> Any:
    now = clock.now()
    has_photos = drafts.wish[PHOTOS].as_string().is_not(None)
    return or_(
        drafts.created_at < now - KEPT, and_(has_photos, drafts.created_at < now - PHOTOS_KEPT)
    )
