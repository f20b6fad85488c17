"""Quiet hours, between what an admin types in their time zone and minutes after midnight UTC.

A server's offset is taken as it is today: where the clocks change, the hours are set once more.
"""

from __future__ import annotations

import re
from datetime import UTC, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from storage import clock
from storage.tables import Server

_TIME = re.compile(r"([01]?\d|2[0-3])(?::([0-5]\d))?")
_DAY: Final = 24 * 60


def zone_named(name: str) -> tzinfo | None:
    """The time zone of that name, such as Europe/Berlin; None where there is none."""
    if name.upper() == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # also a folder of zones, or a path out of them
        return None


def minutes(typed: str) -> int | None:
    """The minutes after midnight of "22" or "22:30"; None for anything else."""
    found = _TIME.fullmatch(typed.strip())
    return int(found[1]) * 60 + int(found[2] or 0) if found else None


def to_utc(minute: int, zone: tzinfo) -> int:
    return (minute - _offset(zone)) % _DAY


def told(server: Server) -> tuple[str, str, str] | None:
    """From when to when, and in which time zone, as the server's admins said it; None: never."""
    if server.quiet_from is None or server.quiet_until is None:
        return None
    zone = zone_of(server)
    begins, ends = (
        (minute + _offset(zone)) % _DAY for minute in (server.quiet_from, server.quiet_until)
    )
    return _written(begins), _written(ends), zone_name(server)


def zone_of(server: Server) -> tzinfo:
    """The time zone of the server's days and hours; UTC where it has none that we know."""
    return zone_named(zone_name(server)) or UTC


def zone_name(server: Server) -> str:
    """As its admins wrote it; UTC where we do not know it (any more)."""
    name = str(server.rules.get("zone", "UTC"))
    return name if zone_named(name) is not None else "UTC"


def _offset(zone: tzinfo) -> int:
    """Minutes that the zone is ahead of UTC today."""
    ahead = clock.now().astimezone(zone).utcoffset()
    return round(ahead.total_seconds() / 60) if ahead else 0


def _written(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
