"""Was aus einem Foto wird: genommen, mit Bemerkung genommen, oder abgelehnt mit dem, was hilft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.words.de.framing import framing_words
from bot.words.de.measures import MARKS, plain

_PHOTOS = {
    "empty": "die Datei ist leer. Schick sie bitte noch einmal.",
    "too_many_bytes": "es hat über 20 MB. Speichere es kleiner, als JPEG in guter Qualität.",
    "not_a_picture": "das ist kein Bild, das ich lesen kann. Schick JPEG, PNG, WebP oder AVIF.",
    "heic": (
        "das ist HEIC, und das kann ich nicht sicher öffnen. Auf dem iPhone macht Einstellungen >"
        " Kamera > Formate > Maximale Kompatibilität JPEGs; sonst öffne es und teile oder speichere"
        " es als JPEG."
    ),
    "format": "ich nehme JPEG, PNG, WebP und AVIF, und das ist {format}. Speichere es als eines"
    " davon.",
    "animated": "es bewegt sich. Schick mir ein einzelnes Bild daraus.",
    "too_many_pixels": "es hat über 40 Megapixel. Schick es bitte kleiner.",
    "too_heavy": (
        "es zu öffnen braucht mehr Speicher, als ich einem Foto gebe. Speichere es als gewöhnliches"
        " JPEG, oder kleiner."
    ),
    "too_small": (
        "es hat nur {width} x {height}; die kurze Seite braucht mindestens {needed} Pixel. Das"
        " Original aus der Kamera genügt."
    ),
    "explicit": (
        "es wirkt zu intim für mein Studio, deshalb habe ich es nicht behalten. Falls ich mich"
        " irre:"
        " eines mit mehr Kleidung im Bild geht."
    ),
    "damaged": "die Datei ist beschädigt oder abgeschnitten. Schick sie bitte noch einmal.",
    "took_too_long": "ich bekam es nicht in vernünftiger Zeit auf. Speichere es neu als JPEG.",
    "same_file": "genau diese Datei habe ich schon. Was sie zeigt, änderst du in `/photos show`.",
    "subject_gone": "das Motiv wurde inzwischen gelöscht, deshalb habe ich nichts davon behalten.",
    "full": "die Mappe ist voll ({most} Fotos). Nimm mit `/photos show` eines heraus, das macht"
    " Platz.",
    "unreachable": "Discord wollte mir die Datei nicht geben. Schick sie bitte noch einmal.",
    "too_many_files": "ich nehme {most} Dateien auf einmal. Schick es bitte mit den nächsten.",
}

#: What keeps a photo from counting.
_OBSTACLES = {
    "no_face": (
        "ich finde kein echtes Gesicht darauf, deshalb zählt es nicht; eines mit sichtbarem"
        " Gesicht, richtig herum, würde zählen"
    ),
    "blank": "es ist nichts darauf zu sehen, deshalb zählt es nicht",
    "many_faces": "mehrere Menschen sind darauf; es zählt, sobald du gewählt hast, wer es ist",
    "too_small": (
        "es hat zu wenige Pixel, um daraus zu lernen, deshalb zählt es nicht; das Original aus der"
        " Kamera würde zählen"
    ),
}
_NOT_TOLD = "es zählt, sobald du gesagt hast, was es zeigt"
_REMARKS = {
    "someone_else": "es könnte jemand anderes sein: behalte es, oder nimm es heraus",
    "face_cut": "das Quadrat schneidet das Gesicht an: „Zurück“ holt es wieder",
    "small_face": "das Gesicht ist klein darauf und wird deshalb weich",
    "person_too": "ein Mensch ist auch darauf",
    "blurry": "etwas unscharf",
    "dark": "recht dunkel",
    "bright": "stellenweise weiß ausgebrannt",
    "eyes_hidden": "die Augen sind verdeckt",
    "narrow": "ein Quadrat bis zur Taille passt nicht hinein; mit quer gehaltener Kamera schon",
}


#: What is said otherwise of a photo that its member keeps.
_OF_KEPT = {"someone_else": "es könnte jemand anderes sein"}


def photo_refusal(filename: str, reason: str, facts: Mapping[str, object]) -> str:
    return f"{MARKS['not']} `{plain(filename)}`: {_PHOTOS[reason].format(**facts)}"


def photo_unread(path: str, why: str) -> str:
    """Of a file of the operator's own that is none, or cannot be read."""
    return f"{MARKS['not']} Datei `{plain(path, 200)}`: {why}."


def photo_accepted(filename: str, verdict: str, mark: str) -> str:
    """`mark` is how the photo stands: counts, doubt or not."""
    return f"{MARKS[mark]} `{plain(filename)}`: {verdict}"


def photo_verdict(
    kind: str, framing: str, warnings: Sequence[str], repeats: int | None, *, kept: bool = False
) -> str:
    """`repeats` is the number of the photo it is too much like; `kept` says that the member wants
    it in spite of the remarks."""
    said = framing_words(kind, framing) if framing != "other" else ""
    obstacles = [_OBSTACLES[w] for w in warnings if w in _OBSTACLES]
    if framing == "other" and not obstacles:
        obstacles = [_NOT_TOLD]
    if repeats is not None:
        obstacles = [f"fast dasselbe wie Foto {repeats}, deshalb zählt es nicht"]
    if obstacles:
        said = ", aber ".join(part for part in (said, "; ".join(obstacles)) if part)
    known = _REMARKS | _OF_KEPT if kept else _REMARKS
    remarks = ", ".join(known[w] for w in warnings if w in known)
    if not remarks:
        return said
    if kept:
        return f"{said} (du behältst es: {remarks})"
    return f"{said}; außerdem {remarks}" if obstacles else f"{said}, {remarks}"
