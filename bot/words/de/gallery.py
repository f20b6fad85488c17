"""Was früher entstand, zurückgeholt."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.words.de.measures import count, plain

GALLERY_TITLE = "Deine Bilder"
GALLERY_EMPTY = (
    "Deine Wand ist noch leer. `/imagine` zeichnet das erste Bild, sobald eines deiner Motive"
    " trainiert ist; `/help` zeigt den Weg dahin."
)
GALLERY_OPEN = "Eines öffnen, mit seinen Knöpfen"
NEWER = "Neuere"
OLDER = "Ältere"
NO_JOBS = "Von dir gibt es noch nichts, was ich zurückholen könnte. `/help` zeigt den Anfang."
NO_SUCH_JOB = (
    "Unter dieser Nummer finde ich nichts von dir. Wähle aus der Liste, die sich beim Tippen"
    " öffnet,"
    " oder lass sie weg: Dann hole ich das Neueste."
)


def gallery_page(page: int, pages: int, pictures: int) -> str:
    return f"{count(pictures, 'Bild', 'Bilder')} · Seite {page} von {pages}"


def gallery_choice(number: int, prompt: str) -> str:
    """A picture in the menu below the sheet, by its number there."""
    return f"Bild {number} · {plain(prompt, 80)}"


def job_choice(number: int, kind: str, spec: Mapping[str, Any]) -> str:
    """A job in the list that opens while one types."""
    what = "ein Training" if kind == "train" else plain(str(spec.get("typed", "")), 80)
    return f"Nr. {number} · {what}"
