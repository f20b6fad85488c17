"""Wer ein Motiv sonst noch zeichnen darf, und was es von einem zu wissen gibt."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from bot.words.de.measures import count, when
from bot.words.de.subject import kind_called

SHARE_ONE = (
    "Sag mir eines auf einmal: ein `member`, eine `role`, oder `server: True` für alle hier."
)
SHARE_IN_A_SERVER = "Rollen und Server kenne ich nur auf einem Server: Nutze den Befehl dort."
SHARE_WITH_YOURSELF = "Es gehört dir schon: Niemand muss es mit dir teilen."
SHARE_WITH_A_BOT = "Ein Bot hätte an den Bildern keine Freude. Wähle lieber ein Mitglied."
NOT_SHARED = (
    "Sonst niemand: Nur du kannst es zeichnen. `/subject share` mit `member`, `role` oder"
    " `server: True` erlaubt es anderen."
)
TAKE_BACK_FROM = "Zurücknehmen von …"
TAKE_BACK = "Zurücknehmen"
TAKE_BACK_PICTURES = "Auch ihre Bilder löschen"
KEEP_SHARED = "Geteilt lassen"
RIGHTS = "Wer es zeichnen darf"
SHARE_GONE = "Dieses Recht wurde schon zurückgenommen. Niemand zeichnet mehr damit."
RIGHT_GONE = "Dieses Motiv darfst du nicht mehr zeichnen: Wem es gehört, hat es zurückgenommen."


def shares_full(most: int) -> str:
    return (
        f"Dieses Motiv ist {most}-mal geteilt, mehr behalte ich nicht im Blick. Nimm erst eines"
        " zurück, oder teile es mit einer Rolle."
    )


def holder(
    kind: str, member_id: int | None, role_id: int | None, *, is_here: bool, place: str = ""
) -> str:
    """Whom a right is for, where mentions are shown. `place`: which session."""
    if kind == "member":
        return f"<@{member_id}>"
    if kind == "role":
        return f"<@&{role_id}>" if is_here else "eine Rolle auf einem anderen Server"
    if kind == "session":
        return f"die Session {place}".strip()
    return "alle auf diesem Server" if is_here else "alle auf einem anderen Server"


def holder_choice(kind: str, name: str, at: datetime) -> str:
    """The same in a menu, where a mention is no name: by its name where it is known."""
    what = {
        "member": "ein Mitglied",
        "role": "eine Rolle",
        "server": "ein Server",
        "session": "eine Session",
    }
    return f"{name or what[kind]}, seit {at:%d.%m.%Y}"


def shared(token: str, whom: str) -> str:
    return (
        f"Erledigt: Ab jetzt gilt für {whom}, `{token}` zeichnen zu dürfen, mit `/imagine` und"
        " `/edit`. Deine Fotos bleiben deine allein, und zurücknehmen kannst du es hier jederzeit."
    )


def rights_title(token: str) -> str:
    return f"### Wer `{token}` zeichnen darf"


def right_line(whom: str, at: datetime) -> str:
    return f"• {whom}, seit {when(at)}"


def use_line(member_id: int, pictures: int, last_at: datetime) -> str:
    return f"• <@{member_id}>: {count(pictures, 'Bild', 'Bilder')}, das letzte {when(last_at)}"


USED_BY = "**Wer es gezeichnet hat**"


def take_back_question(token: str, whom: str) -> str:
    return (
        f"`{token}` zurücknehmen ({whom})? Was darauf wartet, ist sofort fallen gelassen, und Neues"
        " wird nicht gezeichnet. Vorhandene Bilder bleiben, außer du willst auch sie weghaben."
    )


def taken_back(token: str, *, pictures: bool) -> str:
    gone = " Die Bilder, die damit entstanden, sind gelöscht." if pictures else ""
    return f"`{token}` ist zurückgenommen: Mit diesem Recht wird nichts mehr gezeichnet.{gone}"


SHARED_WITH_YOU = "**Mit dir geteilt**"


def shared_line(token: str, class_word: str, owner_id: int, *, trained: bool) -> str:
    state = "bereit für `/imagine`" if trained else "noch nicht trainiert"
    return f"`{token}` · {class_word} · von <@{owner_id}> · {state}"


def subject_title(token: str, class_word: str, kind: str) -> str:
    return f"### `{token}`, {class_word} ({kind_called(kind)})"


def subject_facts(
    pieces: Sequence[str],
    photos: int,
    learned: tuple[int, datetime] | None,
    state: Literal["photos", "train", "ready"],
    rights: int,
) -> str:
    """`learned`: the steps of the version in use, and when it was made."""
    known = "Noch nichts gelernt."
    if learned is not None:
        steps = count(learned[0], "Schritt", "Schritte")
        known = f"Die Version in Gebrauch hat {steps}, von {when(learned[1])}."
    after = {
        "photos": "Als Nächstes: noch ein paar Fotos, `/photos add`.",
        "train": "Als Nächstes: `/train start`.",
        "ready": "Bereit für `/imagine`.",
    }[state]
    who = "Nur du kannst es zeichnen." if not rights else f"{rights}-mal geteilt."
    return (
        f"Ich lese es als `{'·'.join(pieces)}`.\n{count(photos, 'Foto', 'Fotos')}. {known}"
        f" {after}\n{who}"
    )
