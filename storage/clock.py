"""The only reader of the clock."""

from __future__ import annotations

import time
from datetime import UTC, datetime


def now() -> datetime:
    """The moment, aware, in UTC."""
    return datetime.now(UTC)


def monotonic_s() -> float:
    """Seconds that never run backwards, for measuring how long something took."""
    return time.monotonic()
