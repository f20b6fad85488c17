"""Names, numbers and durations, as every other sentence says them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime


def plain(typed: str, most: int = 40) -> str:
    """Words of a member, safe to show: no back-ticks, no line breaks, nothing that turns or colours
    a terminal's line, not endless."""
    visible = "".join(letter if letter.isprintable() else " " for letter in typed)
    text = " ".join(visible.replace("`", "'").replace("](", "] (").split())
    return text if len(text) <= most else text[: most - 1] + "…"


#: How a photo stands, by the sign that it has on the picture, too.
MARKS = {"counts": "✅", "doubt": "⚠️", "not": "❌"}


def article(noun: str) -> str:
    return "an" if noun[:1] in "aeiou" else "a"


def count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def from_to(first: str, last: str) -> str:
    """What a list holds, by its first and last one."""
    return f"{first} to {last}"


def fitting(lines: Sequence[str], most: int = 1900) -> str:
    """As many lines as one message has room for, and how many more there are."""
    said = ""
    for at, line in enumerate(lines):
        if len(said) + len(line) > most:
            return f"{said}… and {len(lines) - at} more."
        said += f"{line}\n"
    return said.rstrip()


def size(size_bytes: int) -> str:
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    if size_bytes < 10_000_000_000:
        return f"{size_bytes / 1_000_000:.1f} MB"
    return f"{size_bytes / 1_000_000_000:.0f} GB"


def pace(rate: float) -> str:
    """How fast steps go; `rate` is steps a second."""
    return f"{rate:.1f} a second" if rate >= 1 else f"{1 / rate:.1f} s each"


def span(seconds: float) -> str:
    if seconds < 90:
        return count(max(1, round(seconds)), "second")
    if seconds < 5400:
        return count(round(seconds / 60), "minute")
    return f"{seconds / 3600:.1f} hours"


def when(moment: datetime) -> str:
    """As Discord tells a time: "in 23 hours", and by itself always anew."""
    return f"<t:{int(moment.timestamp())}:R>"
