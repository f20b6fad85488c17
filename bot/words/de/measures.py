"""Namen, Zahlen und Dauern, wie jeder andere Satz sie sagt."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.en.measures import MARKS, plain, when

__all__ = [
    "MARKS", "count", "decimal", "fitting", "from_to", "pace", "plain", "size", "span", "when",
]  # fmt: skip


def decimal(number: float, places: int) -> str:
    """A number with a German comma."""
    return f"{number:.{places}f}".replace(".", ",")


def count(number: int, one: str, many: str | None = None) -> str:
    """`many`: how it is called where there is not one; as one where nothing is said."""
    return f"{number} {one if number == 1 or many is None else many}"


def from_to(first: str, last: str) -> str:
    """What a list holds, by its first and last one."""
    return f"{first} bis {last}"


def fitting(lines: Sequence[str], most: int = 1900) -> str:
    """As many lines as one message has room for, and how many more there are."""
    said = ""
    for at, line in enumerate(lines):
        if len(said) + len(line) > most:
            return f"{said}… und {len(lines) - at} weitere."
        said += f"{line}\n"
    return said.rstrip()


def size(size_bytes: int) -> str:
    if size_bytes < 1_000_000:
        return f"{size_bytes / 1000:.0f} kB"
    if size_bytes < 10_000_000_000:
        return f"{decimal(size_bytes / 1_000_000, 1)} MB"
    return f"{size_bytes / 1_000_000_000:.0f} GB"


def pace(rate: float) -> str:
    """How fast steps go; `rate` is steps a second."""
    if rate >= 1:
        return f"{decimal(rate, 1)} pro Sekunde"
    return f"je {decimal(1 / rate, 1)} s"


def span(seconds: float) -> str:
    if seconds < 90:
        return count(max(1, round(seconds)), "Sekunde", "Sekunden")
    if seconds < 5400:
        return count(round(seconds / 60), "Minute", "Minuten")
    return f"{decimal(seconds / 3600, 1)} Stunden"
