"""Wie die beiden Ausschnitte heißen: Ein Mensch hat Gesicht und Taille, eine Teekanne nicht."""

from __future__ import annotations

from typing import NamedTuple


class Called(NamedTuple):
    """One framing of one kind of subject, in the places where it is named."""

    counter: str  # "✅ Gesichter 6/6"
    verdict: str  # "strand.jpg: ein gutes Gesicht"
    shot: str  # "2 weitere Fotos vom Gesicht"
    choice: str  # in the form's menu


_THING = {
    "face": Called("Nahaufnahmen", "eine gute Nahaufnahme", "aus der Nähe", "Aus der Nähe"),
    "torso": Called("ganz im Bild", "gut im Ganzen zu sehen", "vom Ganzen", "Alles davon"),
}
_CALLED = {
    "person": {
        "face": Called("Gesichter", "ein gutes Gesicht", "vom Gesicht", "Das Gesicht"),
        "torso": Called(
            "Oberkörper", "Kopf bis Taille", "bis zur Taille", "Kopf bis Taille oder mehr"
        ),
    },
    "pet": {
        "face": Called("Köpfe", "ein gutes vom Kopf", "vom Kopf", "Der Kopf"),
        "torso": Called("ganze Körper", "der ganze Körper", "vom ganzen Körper", "Ganzer Körper"),
    },
    "object": _THING,
    "character": _THING,
}


def called(kind: str, framing: str) -> Called:
    """The words for a framing that counts; KeyError for any other."""
    return _CALLED[kind][framing]


#: What is never asked for: seen of a person, and said of what cannot be seen.
_CHEST = {
    "person": "Kopf und Schultern, ein gutes Gesicht",
    "character": "Kopf und Schultern, eine gute Nahaufnahme",
    "pet": "Kopf und Brust, ein gutes vom Kopf",
}
_CHEST_CHOICES = {"pet": "Kopf und Brust", "character": "Kopf und Schultern"}


def framing_words(kind: str, framing: str) -> str:
    if framing == "other":
        return "behalten"
    if framing == "chest":
        return _CHEST.get(kind) or called(kind, "face").verdict
    return called(kind, framing).verdict


def framing_choices(kind: str) -> dict[str, str]:
    """Value and label of each choice in the form."""
    choices = {framing: words.choice for framing, words in _CALLED[kind].items()}
    if kind in _CHEST_CHOICES:
        choices = {
            "face": choices["face"],
            "chest": _CHEST_CHOICES[kind],
            "torso": choices["torso"],
        }
    return choices
