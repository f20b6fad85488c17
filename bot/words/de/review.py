"""Ein Foto eines Motivs: seine Quadrate, seine Beschreibung, wer darauf ist, was sich änderte."""

from __future__ import annotations

from bot.words.de.framing import framing_words
from bot.words.de.measures import plain

#: What the buttons of a square say.
SQUARE_BUTTONS = {
    "left": "⬅ Links",
    "up": "⬆ Hoch",
    "down": "⬇ Runter",
    "right": "➡ Rechts",
    "tighter": "Enger",
    "looser": "Weiter",
    "whole": "Ganz",
    "reset": "Zurück",
}
_HOLDS_ALL = "Das Quadrat enthält schon das ganze Bild."
_STAYS = {
    "left": "Das Quadrat liegt schon am linken Rand.",
    "up": "Das Quadrat liegt schon am oberen Rand.",
    "down": "Das Quadrat liegt schon am unteren Rand.",
    "right": "Das Quadrat liegt schon am rechten Rand.",
    "tighter": "Enger geht das Quadrat nicht: Es hätte zu wenige Pixel, um daraus zu lernen.",
    "looser": _HOLDS_ALL,
    "whole": _HOLDS_ALL,
    "reset": "Das Quadrat liegt schon, wo ich es vorgeschlagen habe.",
}


def square_stays(action: str, *, is_whole: bool) -> str:
    """Why a press changed nothing; `is_whole` where the square holds the whole picture."""
    if is_whole and action in {"left", "up", "down", "right"}:
        return f"{_HOLDS_ALL} Mach es enger, dann lässt es sich schieben."
    return _STAYS[action]


def photo_title(number: int, photos: int, filename: str) -> str:
    return f"Foto {number} von {photos} · {plain(filename, 60)}"


def square_title(kind: str, framing: str, number: int, squares: int) -> str:
    """The picture shows the first square's edge as a line, the other's dashed."""
    shown = framing_words(kind, framing)
    if squares == 1:
        return f"Das Quadrat: {shown}"
    return f"Quadrat {number} von {squares}{' (gestrichelt)' if number > 1 else ''}: {shown}"


def square_caption(caption: str) -> str:
    return f"Beschreibung: {plain(caption, 1000)}"


LOOK_AT = "Ein Foto ansehen: sein Quadrat, seine Beschreibung, was es zeigt …"
EARLIER_PAGE = "◀ Frühere"
LATER_PAGE = "Spätere ▶"
EARLIER_PHOTO = "◀ Foto zurück"
LATER_PHOTO = "Foto vor ▶"
ALL_PHOTOS = "Alle Fotos"
OTHER_SQUARE = "Anderes Quadrat"
SQUARE_GONE = "Dieses Quadrat gibt es inzwischen nicht mehr. So ist das Foto jetzt geschnitten."
SHOWS = "Was es zeigt …"
SHOWS_ALREADY = "So habe ich es schon notiert."
WHO = "Wer ist es? …"
WHO_ALREADY = "Dieses Gesicht ist schon gewählt."
KEEP = "Behalten"
DROP = "Herausnehmen"
PHOTO_KEPT = "Behalten. Ich sage nichts mehr dazu."
PHOTO_LOST = (
    "Das Bild zu diesem Foto finde ich nicht mehr, deshalb lässt sich nichts daran ändern. Nimm es"
    " bitte heraus und schick es noch einmal."
)
CAPTION = "Beschreibung …"
CAPTION_TITLE = "Beschreibung"
CAPTION_TEXT = "Was das Quadrat zeigt"
CAPTION_HINT = "3 bis 60 einfache Wörter; das Token setze ich davor. Leer: meine."
CAPTION_KEPT = "Die Beschreibung ist notiert."
CAPTION_OURS = "Meine eigenen Worte stehen wieder da."
CAPTION_STAYS = "Die Beschreibung ist dieselbe wie zuvor."


def face_choice(number: int) -> str:
    return f"Gesicht {number}"


def who_chosen(number: int) -> str:
    return f"Danke. Ab jetzt ist dieses Foto von Gesicht {number}."


def caption_refused(why: str, typed: str) -> str:
    """A refusal that gives back what was typed, to be used again."""
    return f"{why}\nDu hast geschrieben: `{plain(typed, 1000)}`"
