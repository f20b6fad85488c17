"""Quiet hours of a server."""

from __future__ import annotations

from datetime import datetime

from bot.words.en.measures import count


def quiet_hours(told: tuple[str, str, str] | None) -> str:
    if told is None:
        return "This server has no quiet hours: trainings begin whenever it is their turn."
    begins, ends, zone = told
    return (
        f"From {begins} to {ends} ({zone}) I begin no training of this server; what is under way"
        " goes on, and pictures are drawn as ever. When your clocks change, please set it anew."
    )


QUIET_UNCLEAR = "I need two different times of day, such as `22:00` and `6:30`. I changed nothing."
ZONE_UNKNOWN = "I know no such time zone. Write it like `Europe/Berlin` or `UTC`; nothing changed."


def resting_line(until: datetime) -> str:
    """Of a training that waits for them to end."""
    return (
        "This server has its quiet hours now: this training begins when they end,"
        f" <t:{int(until.timestamp())}:t>, or soon after."
    )


def queue_resting(until: datetime) -> str:
    """As a line of the queue ends."""
    return f"waits for quiet hours to end, <t:{int(until.timestamp())}:t>"


def about_minutes(minutes: int) -> str:
    return f"It should be your turn in about {count(minutes, 'minute')}."


def queue_minutes(minutes: int) -> str:
    return f"in about {count(minutes, 'minute')}"
