"""How much a member has asked for in a server since a day or a week began, counted from the jobs
themselves. What failed, and what was cancelled before anybody began it, does not count.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal, TypeAlias

from sqlalchemy import and_, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.engine import Database, one_at_a_time
from storage.errors import QuotaSpent
from storage.tables import Job, columns

What: TypeAlias = Literal["pictures", "trainings"]

jobs = columns(Job)

_KINDS: Final[dict[What, str]] = {"pictures": "generate", "trainings": "train"}


@dataclass(frozen=True)
class Allowance:
    """So much of it may be asked for from `since` on, until it begins anew at `until`; None: as
    much as one likes. `home`: the server with which direct messages count together."""

    what: What
    limit: int | None
    since: datetime
    until: datetime
    home: int | None = None


def counted(allowance: Allowance, member_id: int, server_id: int | None) -> Any:
    """How much of it the member asked for there, as SQL. `server_id` None: outside of servers."""
    places = {server_id} if allowance.home is None else {None, allowance.home}
    # a sum for each place: with one condition over both, SQLite reads all jobs of the member
    sums = [_counted(allowance, member_id, place) for place in sorted(places, key=str)]
    return select(sum(sums[1:], start=sums[0]))


def _counted(allowance: Allowance, member_id: int, server_id: int | None) -> Any:
    pictures = func.coalesce(jobs.spec["pictures"].as_integer(), 1)
    amount = func.sum(pictures) if allowance.what == "pictures" else func.count(jobs.id)
    is_spent = or_(
        jobs.state.in_(("queued", "running", "done")),
        and_(jobs.state == "cancelled", jobs.started_at.is_not(None)),
    )
    return (
        select(func.coalesce(amount, 0))
        .where(
            jobs.owner_id == member_id,
            jobs.server_id.is_(None) if server_id is None else jobs.server_id == server_id,
            jobs.created_at >= allowance.since,
            jobs.kind == _KINDS[allowance.what],
            is_spent,
        )
        .scalar_subquery()
    )


async def used(
    database: Database, member_id: int, server_id: int | None, allowances: Sequence[Allowance]
) -> list[int]:
    """How much of each the member has had."""
    async with database.read() as session:
        return [await session.scalar(counted(one, member_id, server_id)) or 0 for one in allowances]


async def hold(
    session: AsyncSession,
    allowance: Allowance,
    member_id: int,
    server_id: int | None,
    wanted: int = 1,
) -> None:
    """The member may ask for so many more there. Part of the transaction that puts the job in line:
    two requests of one member are counted one after the other. Raises QuotaSpent."""
    if allowance.limit is None:
        return
    # not the member's row: claims write to that one, and who draws what somebody shared may have
    # none yet
    await one_at_a_time(session, f"quota of member {member_id}")
    had = await session.scalar(counted(allowance, member_id, server_id)) or 0
    if had + wanted > allowance.limit:
        raise QuotaSpent(allowance.what, allowance.limit, had, allowance.until)
