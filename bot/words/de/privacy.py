"""Was ich über ein Mitglied behalte: zum Ansehen und zum Mitnehmen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import fill

#: Of a page that is no message, in letters.
_WIDTH = 96

DATA_TITLE = "### Was ich von dir behalte"
DATA_HAND_OVER = "Gib mir alles"
DATA_SHOWS_YOU = "**Motive, die dich zeigen**"
DATA_UNDER_WAY = "Ich packe es schon für dich. Es kommt hier an, sobald es fertig ist."
DATA_HINT = (
    "Mit dem Knopf bekommst du alles, als Dateien und als eine Seite mit Daten. `/me forget` löscht"
    " alles."
)
SESSION_UNNAMED = "Eine Session"
DATA_FILE = "data.json"
DATA_README = "README.txt"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def privacy_line(url: str | None) -> str:
    return "" if url is None else f"Mehr über deine Daten: [Datenschutz]({url})"


def data_counts(subjects: int, photos: int, adapters: int, pictures: int, jobs: int) -> str:
    return ", ".join(
        (
            _count(subjects, "Motiv", "Motive"),
            _count(photos, "Foto", "Fotos"),
            _count(adapters, "Training", "Trainings"),
            _count(pictures, "Bild", "Bilder"),
            _count(jobs, "Auftrag", "Aufträge"),
        )
    )


def data_showing(token: str, owner_id: int, photos: int, *, agreed: bool) -> str:
    state = "du hast Ja gesagt" if agreed else "wartet auf deine Antwort"
    return f"• `{token}` von <@{owner_id}>, {_count(photos, 'Foto', 'Fotos')}: {state}"


def data_lately(minutes: int) -> str:
    return (
        "Ich habe es dir in der letzten Stunde gegeben. In"
        f" {_count(minutes, 'Minute', 'Minuten')} packe ich es gern neu."
    )


def data_part(number: int, of: int) -> str:
    if of == 1:
        return f"Hier ist alles, was ich von dir behalte; `{DATA_README}` erklärt es."
    return f"Hier ist Teil {number} von {of}; `{DATA_README}` im ersten erklärt alles."


def data_too_large(names: Sequence[str], member_id: int) -> str:
    named = ", ".join(f"`{name}`" for name in names[:3])
    more = f" und {len(names) - 3} weitere" if len(names) > 3 else ""
    return (
        f"Zu groß, um es hier zu schicken: {named}{more}. Wer diesen Bot betreibt, kann es dir"
        " geben:"
        f" bitte um `darkroom data {member_id} --out FILE`."
    )


def data_readme(
    member_id: int,
    files: Mapping[str, int],
    missing: Sequence[str],
    too_large: Sequence[str],
    privacy_url: str | None,
) -> str:
    what = {
        "photos": "deine Fotos, aufrecht und ohne Metadaten, und NUMMER-crop-N: die Quadrate"
        " daraus",
        "adapters": "was ich von deinen Motiven gelernt habe (safetensors)",
        "pictures": "Bilder, die für dich entstanden, benannt nach Auftrag und Nummer",
        "sources": "Bilder, die du mir zum Bearbeiten gabst, und ihre Masken",
        "previews": "wie ein laufendes Training gerade zeichnet",
    }
    said = [
        f"Alles, was dieses Darkroom über das Discord-Mitglied {member_id} behält.",
        "",
        fill(
            f"{DATA_FILE}: alle Zeilen, eine Liste für jede Art: deine Motive, Fotos mit dem, was"
            " darauf zu sehen war (`seen`: Gesichter, Blickrichtung, Licht, Schärfe), die Bildtexte"
            " der Quadrate, Aufträge mit dem, was gewünscht war (`spec`) und was daraus wurde"
            " (`outcome`), deine Zustimmungen, was geteilt ist, Sessions mit Bildern und Stimmen,"
            " abgelehnte Prompts und Pausen, und deine Wünsche. Zeiten sind in UTC. Andere sind"
            " nicht dabei: Von denen, die deine Motive benutzt haben, steht nur die Zahl ihrer"
            " Bilder da.",
            _WIDTH,
        ),
        "",
        *(f"{name}/: {what.get(name, name)} ({number})" for name, number in sorted(files.items())),
    ]
    if missing:
        said += ["", "In den Zeilen genannt, aber nicht mehr da:", *missing]
    if too_large:
        said += ["", "Zu groß, um es hier zu schicken; von wer den Bot betreibt:", *too_large]
        said += [f"    darkroom data {member_id} --out FILE"]
    said += ["", "Zurückgehaltene Bilder und solche, die noch niemand prüfte, sind nicht dabei."]
    if privacy_url is not None:
        said += ["", f"Mehr: {privacy_url}"]
    said += ["", "Alles löschen lassen: /me forget", ""]
    return "\n".join(said)
