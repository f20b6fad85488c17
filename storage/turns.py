"""Whose turn it is: which job the next claim takes, as SQL for either database."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, case, exists, func, or_, select, update

from storage import clock
from storage.tables import Job, Member, Server, columns, in_state

#: A batch job that waited this long competes with the interactive lane as an equal, so that a
#: flood of prompts cannot keep a training from starting.
OVERDUE_S = 60.0

jobs = columns(Job)
members = columns(Member)
servers = columns(Server)


def ready(at: datetime, *, interactive_only: bool) -> Any:
    """Jobs that may be claimed now, as SQL."""
    waiting = and_(in_state("queued"), clock.reached(jobs.run_after, at))
    if interactive_only:
        return and_(waiting, jobs.interactive.is_(True))
    # what began before its server's quiet hours, and came back, goes on in them
    may_begin = or_(jobs.interactive.is_(True), jobs.started_at.is_not(None), ~_is_quiet())
    return and_(waiting, may_begin)


def is_held() -> Any:
    """Jobs that wait for their server's quiet hours to end, as SQL."""
    return and_(
        in_state("queued"), jobs.interactive.is_(False), jobs.started_at.is_(None), _is_quiet()
    )


def _is_quiet() -> Any:
    """Whether the job's server has its quiet hours now, as SQL. By the time of day: `at` is on the
    clock that workers share, which need not tell that."""
    now = clock.now()
    minute = now.hour * 60 + now.minute
    begins, ends = servers.quiet_from, servers.quiet_until
    within_a_day = and_(begins <= ends, begins <= minute, minute < ends)
    over_midnight = and_(begins > ends, or_(begins <= minute, minute < ends))
    return exists().where(servers.id == jobs.server_id, or_(within_a_day, over_midnight))


def fair_order(at: datetime) -> tuple[Any, ...]:
    """Interactive and overdue work first, then priority, then whoever was served longest ago.

    Bound: among M members with work, a job in the first lane that is its member's oldest there
    and of the highest priority waits for at most M - 1 claims, whatever the others add meanwhile.
    """
    overdue = clock.reached(jobs.run_after, at, OVERDUE_S)
    return (
        case((or_(jobs.interactive.is_(True), overdue), 0), else_=1),
        jobs.priority.desc(),
        members.served_turn.asc().nulls_first(),
        jobs.id,
    )


def claim_statement(at: datetime, lease_key: str, lease_s: float, *, interactive_only: bool) -> Any:
    """The claim: the first job in the fair order becomes ours. PostgreSQL gets SKIP LOCKED from
    the same expression; SQLite has one writer and needs none. The CTE keeps PostgreSQL's planner
    from running the LIMIT more than once (Oban's `basic.ex` tells of it).
    """
    first = (
        select(jobs.id)
        .join(members, members.id == jobs.owner_id)
        .where(ready(at, interactive_only=interactive_only))
        .order_by(*fair_order(at))
        .limit(1)
        .with_for_update(skip_locked=True, of=jobs)
        .cte("first")
    )
    return (
        update(jobs)
        .where(jobs.id.in_(select(first.c.id)))
        .values(
            state="running",
            attempt=jobs.attempt + 1,
            lease_key=lease_key,
            lease_until=at + timedelta(seconds=lease_s),
            started_at=func.coalesce(jobs.started_at, clock.now()),
            progress={},
        )
        .returning(jobs)
        .execution_options(synchronize_session=False)
    )
