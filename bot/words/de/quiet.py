"""Ruhezeiten eines Servers."""

from __future__ import annotations


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
