"""What a server's admins decide, as they see and change it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.words.en.measures import count

RULES_TITLE = "## What holds on this server"
RULES_HINT = (
    "Whoever manages the server is bound by none of this but what is withheld and where. An empty"
    " field means my default, `none` means no limit. Changes hold at once."
)
#: So many lines of roles with numbers of their own are shown.
_MOST_LINES = 10

MAY_TRAIN = "Who may train: everybody, unless you choose roles"
MAY_SPEAK = "Where I draw and train: everywhere, unless you choose"
FOR_ROLE = "Numbers of their own for a role"
ALERTS_IN = "Where I tell of a member's break: to the owner, else here"
SET_NUMBERS = "Numbers"
SET_QUIET = "Quiet hours"
SET_LIMIT = "What is withheld"
ADULTS_ON = "Age-restricted channels only"
ADULTS_OFF = "Any channel again"

NUMBERS_FORM = "Numbers for everybody"
NUMBERS_OF_ROLE = "Numbers for this role"
FIELD_PICTURES = "Pictures a day"
FIELD_TRAININGS = "Trainings a week"
FIELD_TENURE = "Hours on the server before the first"
FIELD_HINT = "A number, or none; empty: my default"
FIELD_HINT_ROLE = "A number, or none; empty: as everybody"
QUIET_FORM = "Quiet hours"
FIELD_FROM = "From, such as 22:00"
FIELD_UNTIL = "Until, such as 6:30"
FIELD_ZONE = "Time zone, such as Europe/Berlin"
FIELD_QUIET_HINT = "Leave both times empty for none"
LIMIT_FORM = "What is withheld"
FIELD_LIMIT = "Withhold pictures from this score on"
FIELD_LIMIT_HINT = "0.1 (strict) to 0.95; empty: my default"

NUMBERS_UNCLEAR = (
    "I need whole numbers there: up to 10000 pictures, 1000 trainings, 8760 hours; `none` for no"
    " limit, empty for my default. I changed nothing."
)
LIMIT_UNCLEAR = "I need a number from 0.1 to 0.95, such as `0.7`. I changed nothing."
ROLES_FULL = "25 roles are all I can keep here. Take one off first; nothing changed."
ROLE_OF_ALL = (
    "That is everybody's role. To let everybody train, take all others off; nothing changed."
)


def rules_who(role_ids: Sequence[int]) -> str:
    who = ", ".join(f"<@&{role}>" for role in role_ids) if role_ids else "everybody"
    return f"**Who may train:** {who}"


def rules_where(channel_ids: Sequence[int], *, adults_only: bool) -> str:
    where = ", ".join(f"<#{one}>" for one in channel_ids) if channel_ids else "everywhere"
    age = "; in age-restricted channels only" if adults_only else ""
    return f"**Where I draw and train:** {where}{age}"


def rules_tenure(hours: int) -> str:
    said = f"after {count(hours, 'hour')} here" if hours else "from the first moment"
    return f"**New members:** {said}"


def rules_numbers(
    pictures: int | None,
    trainings: int | None,
    by_role: Mapping[int, Sequence[tuple[str, int | None]]],
) -> str:
    """`by_role`: for each role its numbers, of "pictures" or "trainings"."""
    lines = [f"**Everybody:** {_pictures(pictures)}, {_trainings(trainings)}"]
    for role, told in list(by_role.items())[:_MOST_LINES]:
        said = [_pictures(n) if what == "pictures" else _trainings(n) for what, n in told]
        lines.append(f"<@&{role}>: {', '.join(said)}")
    if len(by_role) > _MOST_LINES:
        lines.append(f"… and {count(len(by_role) - _MOST_LINES, 'more role')}")
    return "\n".join(lines)


def _pictures(most: int | None) -> str:
    return "as many pictures as they like" if most is None else f"{count(most, 'picture')} a day"


def _trainings(most: int | None) -> str:
    if most is None:
        return "as many trainings as they like"
    return f"{count(most, 'training')} a week"
