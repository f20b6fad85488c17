"""Tokens, und die Mappen, die sie öffnen."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.de.framing import called, framing_choices
from bot.words.de.measures import count, plain, size

_TOKENS = {
    "token_grammar": (
        "Ein Token sind 3 bis 16 Buchstaben a-z oder Ziffern, sonst nichts: etwa `zwx` oder"
        " `kelzor`."
    ),
    "token_digits": (
        "Ziffern allein könnten ein Jahr oder ein Preis sein. Nimm einen Buchstaben dazu, wie"
        " `k{token}`."
    ),
    "token_reserved": "`{token}` brauche ich selbst. Nimm eines, das nichts bedeutet: `zwx`?",
    "token_ordinary": (
        "`{token}` ist ein Wort, das ich schon kenne, und dein Motiv würde sich damit vermischen."
        " Nimm eines, das nichts bedeutet, wie `zwx`."
    ),
    "token_name": (
        "`{token}` ist ein Name, und ich habe andere gesehen, die so heißen: Dein Motiv bekäme ihr"
        " Aussehen. Nimm ein Wort, das nichts bedeutet, wie `zwx`."
    ),
    "token_digits_after": (
        "`{token}` würde ich als Wort oder Namen lesen, den ich kenne, und Ziffern: Dein Motiv"
        " würde sich damit vermischen. Nimm ein Wort, das nichts bedeutet, wie `zwx`."
    ),
    "token_sexual": ("Solche Namen behalte ich nicht. Nimm einen, der nichts bedeutet, wie `zwx`."),
    "token_taken": "`{token}`, oder eines, das sich genauso liest, gehört schon jemandem.",
    "class_grammar": (
        "Die Klasse sind ein oder zwei einfache Wörter dafür, was es ist: `woman`, `dog`,"
        " `toy robot`."
    ),
}
_KINDS = {"person": "Mensch", "pet": "Tier", "object": "Ding", "character": "Figur"}


def kind_called(kind: str) -> str:
    """What a kind is called in German."""
    return _KINDS.get(kind, kind)


def token_refusal(reason: str, token: str) -> str:
    return _TOKENS[reason].format(token=plain(token))


FREE_TOKENS = "Diese sind frei und bedeuten mir nichts:"
TAKE_TOKEN = "Nehmen"  # noqa: S105 - a button
OFFER_GONE = "Das habe ich vor einer Weile angeboten. `/subject create` zeigt, was jetzt frei ist."


def subject_created(token: str, class_word: str, kind: str, pieces: Sequence[str]) -> str:
    face, torso = called(kind, "face").shot, called(kind, "torso").shot
    photos = f"6 {face} und 2 {torso}."
    if kind != "person":
        chest = framing_choices(kind).get("chest")
        between = f"`chest` {chest}, " if chest else ""
        photos += f" Sag mit `framing`, was sie zeigen: `face` {face}, {between}`torso` {torso}."
    return (
        f"Schön, für `{token}` ({class_word}) ist eine Mappe offen. Ich lese es als"
        f" `{'·'.join(pieces)}`, was noch nichts bedeutet. Als Nächstes: `/photos add` mit"
        f" mindestens 8 Fotos, {photos}"
    )


def too_many_subjects(most: int) -> str:
    return f"Du hast {most} Motive, mehr kann ich nicht aufbewahren. `/subject delete` macht Platz."


NO_SUBJECTS = "Du hast noch keine Motive. `/subject create` öffnet die erste Mappe."


def subject_line(token: str, class_word: str, kind: str, photos: int, trained: bool) -> str:
    state = "bereit für `/imagine`" if trained else "noch nicht trainiert"
    had = count(photos, "Foto", "Fotos")
    return f"`{token}` · {class_word} ({kind_called(kind)}) · {had} · {state}"


def delete_question(token: str, photos: int) -> str:
    return (
        f"`{token}` löschen, mit {count(photos, 'Foto', 'Fotos')}, dem Training und jedem Bild"
        " davon, das ich habe, auch denen von anderen? Das lässt sich nicht rückgängig machen."
    )


DELETE_YES = "Löschen"
DELETE_NO = "Behalten"
KEPT = "Behalten. Nichts hat sich geändert."


def deleted(token: str, freed_bytes: int) -> str:
    return f"`{token}` ist weg, mit {size(freed_bytes)} an Dateien."


def unknown_subject(token: str) -> str:
    return f"Du hast kein Motiv namens `{plain(token)}`. `/subject list` zeigt deine."
