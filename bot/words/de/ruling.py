"""Was die Admins eines Servers entscheiden, wie sie es sehen und ändern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

RULES_TITLE = "## Was auf diesem Server gilt"
RULES_HINT = (
    "Wer den Server verwaltet, ist an nichts davon gebunden außer daran, was ich zurückhalte und"
    " wo. Ein leeres Feld heißt: wie von mir gedacht, `none`: ohne Grenze. Es gilt sofort."
)
_MOST_LINES = 10

MAY_TRAIN = "Wer trainieren darf: alle, außer du wählst Rollen"
MAY_SPEAK = "Wo ich zeichne und trainiere: überall, außer du wählst"
FOR_ROLE = "Eigene Zahlen für eine Rolle"
ALERTS_IN = "Wo ich von Pausen erzähle: sonst dem Besitzer"
SET_NUMBERS = "Zahlen"
SET_QUIET = "Ruhezeit"
SET_LIMIT = "Was ich zurückhalte"
ADULTS_ON = "Nur mit Altersbeschränkung"
ADULTS_OFF = "Wieder in jedem Kanal"

NUMBERS_FORM = "Zahlen für alle"
NUMBERS_OF_ROLE = "Zahlen für diese Rolle"
FIELD_PICTURES = "Bilder am Tag"
FIELD_TRAININGS = "Trainings in der Woche"
FIELD_TENURE = "Stunden auf dem Server vor dem ersten"
FIELD_HINT = "Eine Zahl oder none; leer: wie von mir gedacht"
FIELD_HINT_ROLE = "Eine Zahl oder none; leer: wie alle"
QUIET_FORM = "Ruhezeit"
FIELD_FROM = "Von, etwa 22:00"
FIELD_UNTIL = "Bis, etwa 6:30"
FIELD_ZONE = "Zeitzone, etwa Europe/Berlin"
FIELD_QUIET_HINT = "Beide Zeiten leer: keine Ruhezeit"
LIMIT_FORM = "Was ich zurückhalte"
FIELD_LIMIT = "Bilder ab diesem Wert zurückhalten"
FIELD_LIMIT_HINT = "0.1 (streng) bis 0.95; leer: wie von mir gedacht"

NUMBERS_UNCLEAR = (
    "Dort brauche ich ganze Zahlen: bis 10000 Bilder, 1000 Trainings, 8760 Stunden; `none` heißt"
    " ohne Grenze, leer wie von mir gedacht. Ich habe nichts geändert."
)
LIMIT_UNCLEAR = "Ich brauche eine Zahl von 0.1 bis 0.95, etwa `0.7`. Ich habe nichts geändert."
ROLES_FULL = "Mehr als 25 Rollen merke ich mir nicht. Nimm erst eine weg; nichts ist geändert."
ROLE_OF_ALL = (
    "Das ist die Rolle von allen. Damit alle trainieren, nimm die anderen weg; nichts ist geändert."
)


def rules_who(role_ids: Sequence[int]) -> str:
    who = ", ".join(f"<@&{role}>" for role in role_ids) if role_ids else "alle"
    return f"**Wer trainieren darf:** {who}"


def rules_where(channel_ids: Sequence[int], *, adults_only: bool) -> str:
    where = ", ".join(f"<#{one}>" for one in channel_ids) if channel_ids else "überall"
    age = "; nur in Kanälen mit Altersbeschränkung" if adults_only else ""
    return f"**Wo ich zeichne und trainiere:** {where}{age}"


def rules_tenure(hours: int) -> str:
    unit = "Stunde" if hours == 1 else "Stunden"
    said = f"nach {hours} {unit} hier" if hours else "vom ersten Moment an"
    return f"**Neue Mitglieder:** {said}"


def rules_numbers(
    pictures: int | None,
    trainings: int | None,
    by_role: Mapping[int, Sequence[tuple[str, int | None]]],
) -> str:
    lines = [f"**Alle:** {_pictures(pictures)}, {_trainings(trainings)}"]
    for role, told in list(by_role.items())[:_MOST_LINES]:
        said = [_pictures(n) if what == "pictures" else _trainings(n) for what, n in told]
        lines.append(f"<@&{role}>: {', '.join(said)}")
    if len(by_role) > _MOST_LINES:
        lines.append(f"… und {len(by_role) - _MOST_LINES} weitere")
    return "\n".join(lines)


def _pictures(most: int | None) -> str:
    if most is None:
        return "Bilder ohne Grenze"
    return f"{most} {'Bild' if most == 1 else 'Bilder'} am Tag"


def _trainings(most: int | None) -> str:
    if most is None:
        return "Trainings ohne Grenze"
    return f"{most} {'Training' if most == 1 else 'Trainings'} in der Woche"
