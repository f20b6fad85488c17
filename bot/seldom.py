"""What a member may ask for once in a while, and only once at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from storage import clock


class UnderWay(Exception):
    """It is being done for this member."""


class TooSoon(Exception):
    """It was done for this member a short while ago."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"again in {wait_s:.0f} s")
        self.wait_s = wait_s


class Seldom:
    """For whom it is being done, and was. Forgotten on a restart, which costs one time more."""

    def __init__(self, every_s: float) -> None:
        self.every_s = every_s
        self._under_way: set[int] = set()
        self._done_s: dict[int, float] = {}

    @contextmanager
    def once(self, member_id: int) -> Iterator[None]:
        """Do it now; what fails may be asked for again at once. Raises UnderWay, TooSoon."""
        now_s = clock.monotonic_s()
        self._done_s = {who: s for who, s in self._done_s.items() if now_s - s < self.every_s}
        if member_id in self._under_way:
            raise UnderWay
        if member_id in self._done_s:
            raise TooSoon(self.every_s - (now_s - self._done_s[member_id]))
        self._under_way.add(member_id)
        try:
            yield
            self._done_s[member_id] = clock.monotonic_s()
        finally:
            self._under_way.discard(member_id)
