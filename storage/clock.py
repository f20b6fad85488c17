"""The only reader of clocks."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

#: No wait and no lease is longer than this.
LONGEST_S = 600.0


def now() -> datetime:
    """The moment, aware, in UTC: for what people read. It may step."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds that never run backwards, for measuring how long something took."""
    return time.monotonic()


async def shared(session: AsyncSession) -> datetime:
    """The clock on which all workers of one database agree, for leases and waits.

    PostgreSQL: the server's, so that a trainer machine whose clock is wrong steals no lease.
    SQLite: all processes are on one host, and the time since its boot never steps, whatever
    somebody does to the date. It starts again at a reboot; `queue` treats a time from too far
    ahead as one from before the boot.
    """
    if session.get_bind().dialect.name == "sqlite":
        return since_boot()
    moment: datetime = (await session.scalars(select(func.clock_timestamp()))).one()
    return moment


def since_boot() -> datetime:
    """Time since this host's boot, suspended time included where the system counts it, written
    as if the host had booted in 1970: one value for all of its processes."""
    clock = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; elsewhere monotonic is since boot too
    return datetime.fromtimestamp(
        time.monotonic() if clock is None else time.clock_gettime(clock), UTC
    )


def reached(moment: Any, at: datetime, since_s: float = 0.0) -> Any:
    """Whether a column on the shared clock lies in the past, by at least `since_s`, as SQL.

    One that lies further ahead than anything waits was written before the clock started again
    (a reboot) or was set back: it is over. So nothing waits for longer than `LONGEST_S`,
    whatever the clock did.
    """
    return or_(
        moment <= at - timedelta(seconds=since_s), moment > at + timedelta(seconds=LONGEST_S)
    )
