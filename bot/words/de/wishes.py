"""Was einem Mitglied bleibt, und was es gewöhnlich möchte."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.words.en.measures import when

QUOTA_TITLE = "### Was dir hier noch bleibt"
QUOTA_OUTSIDE = (
    "In Direktnachrichten gilt, was ich von selbst erlaube, wenn ich auf mehreren Servern bin;"
    " jeder davon kann dir andere Zahlen geben, die zeige ich dort."
)
WISHES_TITLE = "### Wie du es magst"
WISHES_HINT = "Das siehst nur du. Mit `/me forget` verschwindet es wie alles andere."
WISHES_NOT_KEPT = (
    "Von niemandem behalte ich etwas, der nicht zugestimmt hat. `/subject create` und `/photos add`"
    " fragen dich danach; dann merke ich mir, wie du es magst."
)
WISH_LANGUAGE = "Die Sprache, die ich mit dir spreche"
WISH_PICTURES = "Wie viele Bilder, wenn du nichts sagst"
PROMPTS_TOLD = "Prompts im Rückblick nennen"
PROMPTS_UNTOLD = "Prompts für mich behalten"
LANGUAGE_AUTO = "Wie in meinem Discord"


def quota_left(
    what: Literal["pictures", "trainings"], limit: int | None, used: int, renews: datetime
) -> str:
    name, span = ("Bilder", "heute") if what == "pictures" else ("Trainings", "diese Woche")
    if limit is None:
        return f"**{name}:** so viele du magst; {span} bisher {used}."
    if not limit:
        return f"**{name}:** keine auf diesem Server; das haben seine Admins so eingestellt."
    return f"**{name}:** {span} noch {max(limit - used, 0)} von {limit}; neu {when(renews)}."


def quota_kept(photos: int, photos_most: int, subjects: int, subjects_most: int) -> str:
    return (
        f"**Motive:** {subjects} von {subjects_most}. **Fotos:** {photos}, bis zu {photos_most} je"
        " Motiv."
    )


def quota_open(open_jobs: int, most: int) -> str:
    return f"**Wartet oder läuft:** {open_jobs} von {most} zugleich; `/queue` zeigt sie."


def wishes_told(language: str | None, pictures: int, *, prompts: bool) -> str:
    spoken = {"en": "English", "de": "Deutsch"}.get(language or "", "wie in deinem Discord")
    recap = "darf ich nennen" if prompts else "bleiben bei dir"
    return (
        f"**Sprache:** {spoken}\n**Bilder auf einmal:** {pictures}\n"
        f"**Deine Prompts im Rückblick einer Session:** {recap}"
    )


def pictures_choice(number: int) -> str:
    return "1 Bild" if number == 1 else f"{number} Bilder"
