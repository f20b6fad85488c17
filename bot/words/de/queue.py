"""Die Reihe: wer darin steht, und wer sie bedient."""

from __future__ import annotations

from typing import Literal

from bot.words.de.measures import count

QUEUE_TITLE = "Die Reihe"
QUEUE_EMPTY = "Niemand wartet. Das ist dein Moment."
NOTHING_OPEN = "Das ist schon zu Ende, es gab also nichts anzuhalten."

CANCEL = "Abbrechen"


def quota_full(whose: Literal["member", "server"], limit: int) -> str:
    """Why a job was not put in line: the member, or the whole server, has as many as it may."""
    if whose == "server":
        return (
            f"Dieser Server hat {count(limit, 'Auftrag', 'Aufträge')} in der Reihe, mehr nehme ich"
            " nicht auf einmal. Frag mich wieder, wenn ein paar fertig sind; `/queue` zeigt, wie"
            " weit ich bin."
        )
    return (
        f"Du hast schon {count(limit, 'Auftrag', 'Aufträge')} in der Reihe. Lass mich erst einen"
        " davon fertig machen; `/queue` zeigt sie."
    )


def waiting_line(place: int | None) -> str:
    """`place` is how many come before; None where that is not known just now."""
    if place is None:
        return "Du stehst in der Reihe; gleich kann ich sagen, wie viele vor dir sind."
    if place == 0:
        return "Du bist als Nächstes dran."
    return f"In der Reihe: {count(place, 'Auftrag', 'Aufträge')} vor dir."


def trainer_line(awake: bool, base: str | None, device: str | None) -> str:
    if not awake:
        return "Der Trainer schläft. Alle behalten ihren Platz, bis er aufwacht."
    return f"Der Trainer ist wach ({base} auf {device})."


def more_in_line(number: int) -> str:
    return f"… und {number} weitere"


def queue_line(number: int, kind: str, mine: str | None, running: bool) -> str:
    """`mine` is the token of the member's own job; others' jobs have no name here."""
    what = {"train": "ein Training", "generate": "ein Bild", "class-images": "Klassenbilder"}[kind]
    whose = f"**deins**, `{mine}`" if mine else "von jemandem"
    state = "läuft" if running else f"Nummer {number} in der Reihe"
    return f"{what}, {whose}: {state}"
