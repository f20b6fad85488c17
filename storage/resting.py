"""Which jobs wait for their server's quiet hours to end, and until when: what `turns` holds up,
told to people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from storage.tables import Job, Server


def until(job: Job, server: Server | None, now: datetime) -> datetime | None:
    """When the job may begin, where only the quiet hours of its server keep it from that; None
    where they do not."""
    if job.state != "queued" or job.interactive or job.started_at is not None or server is None:
        return None
    return ends(server, now)


def ends(server: Server, now: datetime) -> datetime | None:
    """When the quiet hours end in which the server is; None where it is in none."""
    begins, last = server.quiet_from, server.quiet_until
    if begins is None or last is None:
        return None
    now = now.astimezone(UTC)
    minute = now.hour * 60 + now.minute
    if begins <= last and not begins <= minute < last:
        return None
    if begins > last and last <= minute < begins:  # over midnight
        return None
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    over = midnight + timedelta(minutes=last)
    return over if over > now else over + timedelta(days=1)
