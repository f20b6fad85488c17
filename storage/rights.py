"""Who may draw which subject: its owner, and those to whom its owner gave a right (`Share`); nobody
while the member whom it shows has not said yes to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import and_, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Database
from storage.errors import NotYours
from storage.gallery import IN_USE_FIRST, IS_WHOLE
from storage.tables import Adapter, Share, Subject, columns

adapters = columns(Adapter)
shares = columns(Share)
subjects = columns(Subject)

#: Nobody else is shown, or whoever is shown said yes.
IS_AGREED = or_(
    subjects.likeness_of.is_(None),
    subjects.likeness_of == subjects.owner_id,
    subjects.likeness_agreed_at.is_not(None),
)
#: Its owner may share it: the yes of somebody else who is shown is for the owner alone.
IS_FOR_OTHERS = or_(subjects.likeness_of.is_(None), subjects.likeness_of == subjects.owner_id)


@dataclass(frozen=True)
class Asker:
    """Who asks, and where: the member, the server they ask in, their roles there, and the session
    they ask for a picture in."""

    member_id: int
    server_id: int | None = None
    role_ids: frozenset[int] = field(default_factory=frozenset)
    session_id: int | None = None


@dataclass(frozen=True)
class Usable:
    """A subject that somebody may draw, its adapter in use if it has one, and the right by which
    they may; None: it is their own."""

    subject: Subject
    adapter: Adapter | None
    share_id: int | None = None


async def usable(database: Database, who: Asker) -> list[Usable]:
    """The subjects that this member may draw there: their own first, then those of others."""
    in_use = (
        select(adapters.id)
        .where(adapters.subject_id == subjects.id, IS_WHOLE)
        .order_by(*IN_USE_FIRST)
        .limit(1)
        .correlate(subjects)
        .scalar_subquery()
    )
    given = [and_(shares.kind == "member", shares.member_id == who.member_id)]
    if who.server_id is not None:
        given.append(and_(shares.kind == "server", shares.server_id == who.server_id))
    if who.role_ids:
        given.append(
            and_(
                shares.kind == "role",
                shares.server_id == who.server_id,
                shares.role_id.in_(who.role_ids),
            )
        )
    if who.session_id is not None:
        given.append(and_(shares.kind == "session", shares.session_id == who.session_id))
    own = (
        select(subjects, adapters)
        .outerjoin(adapters, adapters.id == in_use)
        .where(subjects.owner_id == who.member_id, IS_AGREED)
        .order_by(subjects.id)
    )
    of_others = (
        select(subjects, adapters, shares.id)
        .join(shares, shares.subject_id == subjects.id)
        .outerjoin(adapters, adapters.id == in_use)
        .where(subjects.owner_id != who.member_id, IS_FOR_OTHERS, or_(*given))
        .order_by(subjects.id, shares.id)
    )
    async with database.read() as session:
        found = [Usable(subject, adapter) for subject, adapter in await session.execute(own)]
        for subject, adapter, share_id in await session.execute(of_others):
            if found[-1:] == [] or found[-1].subject.id != subject.id:
                found.append(Usable(subject, adapter, share_id))
        return found


async def hold(
    session: AsyncSession, subject_id: int, member_id: int, share_id: int | None
) -> None:
    """The member may draw the subject, by this right where it is not their own, and both stay until
    the end of the transaction. Raises NotYours.
    """
    found = select(subjects.owner_id).where(subjects.id == subject_id, IS_AGREED)
    owner_id = await session.scalar(found.with_for_update(read=True, key_share=True))
    if owner_id == member_id:
        return
    right = (
        select(shares.id)
        .join(subjects, subjects.id == shares.subject_id)
        .where(shares.id == share_id, subjects.id == subject_id, IS_FOR_OTHERS)
    )
    if (
        owner_id is None
        or await session.scalar(right.with_for_update(read=True, of=shares)) is None
    ):
        raise NotYours
