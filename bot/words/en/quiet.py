"""Quiet hours of a server."""

from __future__ import annotations


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
