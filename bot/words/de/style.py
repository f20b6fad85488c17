"""Stile: wie sie heißen, und warum einer nicht bleibt."""

from __future__ import annotations

from collections.abc import Mapping

from bot.words.de.measures import count, plain

STYLES_TITLE = "Stile"
STYLES_HINT = "Wähle einen mit `style` in `/imagine`."
_STYLES = {
    "name": (
        "Ein Stil braucht einen Namen aus 2 bis 32 Buchstaben, Ziffern und Leerzeichen, den hier"
        " alle lesen dürfen: `golden hour` passt gut."
    ),
    "built_in": "Einen Stil dieses Namens bringe ich überall mit. Gib deinem einen anderen.",
    "taken": (
        "Einen Stil dieses Namens gibt es hier schon. Erst `/style remove`, oder wähle einen"
        " anderen"
        " Namen."
    ),
    "full": "Dieser Server hat {most} Stile, mehr behalte ich nicht. `/style remove` macht Platz.",
    "token": (
        "Ein Stil passt zu jedem Motiv, deshalb steht keines darin. Lass bitte {tokens} weg, so"
        " heißt schon ein Motiv."
    ),
    "too_few_words": "Sag in ein paar Wörtern, wie der Stil aussieht: `oil painting on canvas`.",
    "too_many_words": (
        "Das sind {count}, und ein Stil hat höchstens {most}: Auch der Prompt braucht Platz. Nimm,"
        " was man auf den ersten Blick sieht."
    ),
    "too_long": "Das sind {count} Zeichen; mehr als 600 lese ich nicht. Kürzere Wörter genügen.",
    "control_characters": (
        "Darin stecken unsichtbare Zeichen. Tippe es bitte neu, in einfachen Buchstaben."
    ),
    "loader_syntax": "Ein `<...:...>` braucht es hier nicht: Ein Stil sind einfache Wörter.",
    "weight_garbled": (
        "Etwas darin sieht wie ein Gewicht aus, das ich nicht lesen kann. Schreib die Wörter, einen"
        " Doppelpunkt und eine Zahl in ein einziges Paar Klammern: `(hard shadows:1.3)`."
    ),
    "weight_out_of_bounds": (
        "Ich gewichte Wörter von {least:g} bis {most:g}, und dort steht {weight}: So weit draußen"
        " zerfällt das Bild, oder das Wort geht verloren. `(hard shadows:1.2)` sagt schon viel."
    ),
    "sexual": (
        "Sexuelle Bilder mache ich von niemandem, deshalb behalte ich auch keinen Stil dafür. Jeder"
        " andere ist willkommen."
    ),
    "undressing": (
        "Bei mir bleiben alle angezogen. Lass Kleidung aus `negative` weg; sag in den Wörtern, was"
        " stattdessen getragen wird."
    ),
}
STYLES_NEED_MANAGER = (
    "Um die Stile kümmern sich die, die diesen Server verwalten. Frag jemanden von ihnen; wählen"
    " dürfen sie in `/imagine` alle."
)
STYLES_NEED_SERVER = (
    "Stile gehören zu einem Server, und hier sind wir unter uns. Frag mich dort; die, die ich"
    " mitbringe, gehen auch hier."
)


def style_refusal(reason: str, facts: Mapping[str, object]) -> str:
    words = dict(facts)
    if reason == "too_many_words":
        words["count"] = count(int(str(facts["count"])), "Wort", "Wörter")
    if reason == "weight_out_of_bounds":
        words["weight"] = plain(str(facts["weight"]), 20)
    return _STYLES[reason].format(**words)


def style_added(name: str) -> str:
    return f"`{plain(name)}` hängt. Ab jetzt finden es hier alle unter `style`."


def style_removed(name: str) -> str:
    return f"`{plain(name)}` ist abgehängt. Bilder, um die schon gebeten wurde, kommen noch darin."


def style_unknown(name: str) -> str:
    return f"Einen eigenen Stil `{plain(name)}` hat dieser Server nicht. `/style list` zeigt alle."


def style_line(name: str, words: str, *, is_everywhere: bool) -> str:
    whose = " (überall)" if is_everywhere else ""
    return f"**{plain(name)}**{whose} · {plain(words, 60)}"
