"""What can be wrong with a photo."""

from __future__ import annotations

from typing import Final

#: Every reason that lies in the file itself, with the facts its sentence may name.
SEEN: Final[dict[str, tuple[str, ...]]] = {
    "empty": (),
    "too_many_bytes": ("bytes", "limit"),
    "not_a_picture": (),
    "heic": (),
    "format": ("format",),
    "animated": ("frames",),
    "too_many_pixels": ("limit",),
    "too_heavy": (),
    "too_small": ("width", "height", "needed"),
    "explicit": (),
    "damaged": (),
    "took_too_long": ("limit_s",),
}
#: The same of every reason there is.
REASONS: Final[dict[str, tuple[str, ...]]] = SEEN | {
    "same_file": (),
    "subject_gone": (),
    "full": ("most",),
    "unreachable": (),
    "too_many_files": ("most",),
}


class PhotoRefused(Exception):
    """The file cannot become a photo; `reason` says why, `facts` hold the numbers behind it."""

    def __init__(self, reason: str, **facts: float | str) -> None:
        if set(facts) != set(REASONS[reason]):
            raise ValueError(f"{reason!r} is told with {REASONS[reason]}, not {tuple(facts)}")
        super().__init__(reason)
        self.reason = reason
        self.facts = facts


class ExaminerUnavailable(Exception):
    """The child process that looks at photos does not start."""
