"""Was an einer Bildunterschrift nicht passt, und was hilft."""

from __future__ import annotations

from collections.abc import Mapping

from bot.words.de.measures import count

_CAPTIONS = {
    "too_few_words": (
        "Nur {count}: Eine Beschreibung braucht mindestens 3 Wörter. Sag, was das Foto außer"
        " deinem Motiv zeigt: `laughing, on a blue sofa`."
    ),
    "too_many_words": (
        "Das sind mit Token und Klasse {count}, und ich kann 60 behalten. Nimm, was man auf den"
        " ersten Blick sieht."
    ),
    "too_long": "Das sind {count} Zeichen; mehr als 600 lese ich nicht. Kürzere Wörter genügen.",
    "brackets": "Ich lese nur einfache Wörter. Lass `<` und `>` und was darin steht bitte weg.",
    "control_characters": (
        "In dieser Beschreibung stecken unsichtbare Zeichen. Tippe sie bitte neu, in einfachen"
        " Buchstaben."
    ),
    "sexual": (
        "Sexuelle Wörter lerne ich mit niemandes Bild. Sag mit anderen Worten, was das Foto zeigt,"
        " oder überlass die Beschreibung mir."
    ),
}


def caption_refusal(reason: str, facts: Mapping[str, object]) -> str:
    words = dict(facts)
    if reason in {"too_few_words", "too_many_words"}:
        words["count"] = count(int(str(facts["count"])), "Wort", "Wörter")
    return _CAPTIONS[reason].format(**words)
