"""Ruhezeiten eines Servers."""

from __future__ import annotations

from datetime import datetime


def quiet_hours(told: tuple[str, str, str] | None) -> str:
    if told is None:
        return "Dieser Server hat keine Ruhezeit: Trainings beginnen, sobald sie dran sind."
    begins, ends, zone = told
    return (
        f"Von {begins} bis {ends} ({zone}) beginne ich kein Training dieses Servers; was läuft,"
        " läuft weiter; Bilder male ich wie immer. Stellt ihr die Uhren um, setze sie bitte neu."
    )


QUIET_UNCLEAR = (
    "Ich brauche zwei verschiedene Uhrzeiten, etwa `22:00` und `6:30`. Ich habe nichts geändert."
)
ZONE_UNKNOWN = (
    "Diese Zeitzone kenne ich nicht. Schreib sie wie `Europe/Berlin` oder `UTC`;"
    " nichts ist geändert."
)


def resting_line(until: datetime) -> str:
    return (
        "Dieser Server hat gerade Ruhezeit: Dieses Training beginnt, wenn sie endet,"
        f" <t:{int(until.timestamp())}:t>, oder bald danach."
    )


def queue_resting(until: datetime) -> str:
    return f"wartet auf das Ende der Ruhezeit, <t:{int(until.timestamp())}:t>"


def about_minutes(minutes: int) -> str:
    return f"In etwa {_minutes(minutes)} solltest du dran sein."


def queue_minutes(minutes: int) -> str:
    return f"in etwa {_minutes(minutes)}"


def _minutes(number: int) -> str:
    return f"{number} Minute{'' if number == 1 else 'n'}"
