"""Die Übersicht der Fotos eines Motivs, und das Formular, das sie annimmt."""

from __future__ import annotations

from bot.words.de.framing import called
from bot.words.de.measures import MARKS, count, plain


def photo_line(number: int, filename: str, verdict: str, mark: str) -> str:
    """One line of the checklist; `mark` is how the photo stands."""
    return f"{MARKS[mark]} {number}. `{plain(filename, 28)}`: {verdict}"


def photo_choice(number: int, filename: str) -> str:
    """A photo in a menu."""
    return f"Foto {number}: {plain(filename, 80)}"


def more_files(number: int) -> str:
    return f"… und {count(number, 'weitere Datei', 'weitere Dateien')}"


def page_line(page: int, pages: int) -> str:
    return f"Seite {page} von {pages}"


def checklist_title(token: str) -> str:
    return f"Fotos von {token}"


def coverage_line(kind: str, faces: int, torsos: int, faces_needed: int, torsos_needed: int) -> str:
    def part(framing: str, have: int, need: int) -> str:
        return f"{'✅' if have >= need else '⬜'} {called(kind, framing).counter} {have}/{need}"

    return part("face", faces, faces_needed) + "   " + part("torso", torsos, torsos_needed)


def missing_line(kind: str, missing_faces: int, missing_torsos: int, photos: int) -> str:
    wants = [
        f"{count(missing, 'weiteres Foto', 'weitere Fotos')} {called(kind, framing).shot}"
        for framing, missing in (("face", missing_faces), ("torso", missing_torsos))
        if missing
    ]
    if wants:
        return (
            "Es fehlen noch " + " und ".join(wants) + ". Andere Tage, Orte und Stimmungen helfen am"
            " meisten."
        )
    if photos < 12:
        return "Das reicht für den Anfang. Ein paar mehr von anderen Orten machen es noch besser."
    return "Eine schöne Sammlung. `/train start`, wann du magst."


NOTHING_YET = "Noch keine Fotos. Füg welche mit dem Knopf unten hinzu."
ADD_PHOTOS = "Fotos hinzufügen"
TRAIN = "Trainieren"
PHOTO_GONE = "Dieses Foto ist schon weg. So sieht die Liste jetzt aus."
MODAL_TITLE = "Fotos von {token}"
MODAL_FILES = "Fotos"
MODAL_FILES_HINT = "Bis zu 10 auf einmal: JPEG, PNG, WebP oder AVIF, je bis 20 MB."
MODAL_FRAMING = "Was sie zeigen"


def dropped(filename: str) -> str:
    return f"`{plain(filename)}` ist heraus."
