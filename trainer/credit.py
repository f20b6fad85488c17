"""How much of the device pictures may take from a training beside them.

A token bucket, as networks have it: while a training runs, pictures save up time, so that an
evening's few prompts have the device at once and whole; under a flood what was saved is used up,
and the training still gets its part of every second.
"""

from __future__ import annotations

from storage import clock

#: Seconds for pictures that a second of training brings: a flood leaves it a quarter of the device.
SHARE = 3.0
#: The most that is saved up, in seconds: a dozen pictures on a slow device.
MOST_S = 60.0


class Credit:
    """Pictures' time beside one worker's trainings, full at first."""

    def __init__(self) -> None:
        self._left_s = MOST_S
        self._at = clock.monotonic_s()

    def save(self) -> None:
        """What went by since `spend` was the training's."""
        self._left_s = min(MOST_S, self._left_s + SHARE * self._passed())

    def is_spent(self) -> bool:
        """Whether nothing is left, as of now."""
        return clock.monotonic_s() - self._at >= self._left_s

    def spend(self) -> None:
        """What went by since `save` was the pictures'."""
        self._left_s -= self._passed()

    def _passed(self) -> float:
        before, self._at = self._at, clock.monotonic_s()
        return self._at - before
