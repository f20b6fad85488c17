"""Was Trainings hinterlassen haben: Kandidaten auf einem Bogen, Versionen, zurück und weiter."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.words.de.measures import MARKS, count

SHOW_VERSIONS = "Alle Versionen"
VERSIONS_TITLE = "Versionen von {token}"
CHOOSE_VERSION = "Mit einer anderen Version zeichnen …"
CHOOSE_CANDIDATE = "Mit einem anderen zeichnen …"
VERSION_GONE = "Diese Version gibt es nicht mehr. `/subject versions` zeigt die, die ich noch habe."
VERSION_THERE = "Mit der zeichne ich schon."
_MY_CHOICE = "meine Wahl"
_IN_USE = "in Gebrauch"


def train_more(steps: int) -> str:
    return f"Noch {steps} Schritte"


def no_versions(token: str) -> str:
    return (
        f"`{token}` ist noch nicht trainiert, Versionen gibt es also keine. `/train start` macht"
        " die"
        " erste."
    )


def version_chosen(token: str, step: int) -> str:
    return (
        f"Ab jetzt zeichne ich `{token}` so, wie es bei Schritt {step} war. Zurück geht es"
        " jederzeit."
    )


def sheet_rows(number: int, prompts: Sequence[str]) -> str:
    told = f"{count(number, 'Kandidat', 'Kandidaten')}, je eine Zeile, mit gleichen Prompts."
    return f"{told} Von links nach rechts: {', '.join(prompts)}." if prompts else told


def in_use_elsewhere(step: int) -> str:
    return (
        f"In Gebrauch ist Schritt {step} eines anderen Trainings; `/subject versions` zeigt alle."
    )


def version_line(
    step: int,
    photos: int | None,
    made_at: datetime,
    *,
    is_used: bool,
    is_proposed: bool,
    fits: bool,
) -> str:
    """A version as it is listed; Discord writes the time as its reader does."""
    facts = [
        f"**Schritt {step}**",
        *([count(photos, "Foto", "Fotos")] if photos else []),
        f"<t:{made_at.timestamp():.0f}:f>",
        *([_MY_CHOICE] if is_proposed else []),
        *([_IN_USE] if is_used else []),
        *([] if fits else ["auf einer anderen Basis gemacht"]),
    ]
    return f"{MARKS['counts'] if is_used else '▫️'} {' · '.join(facts)}"


def more_versions(number: int) -> str:
    return f"… und {count(number, 'ältere', 'ältere')}."


def version_label(step: int, made_at: datetime) -> str:
    """A version in a menu, where Discord writes no times."""
    return f"Schritt {step}, {made_at:%Y-%m-%d %H:%M} UTC"


def version_remark(photos: int | None, *, is_used: bool, is_proposed: bool) -> str:
    facts = [
        *([count(photos, "Foto", "Fotos")] if photos else []),
        *([_MY_CHOICE] if is_proposed else []),
        *([_IN_USE] if is_used else []),
    ]
    return ", ".join(facts)


def candidate_label(step: int) -> str:
    return f"Schritt {step}"


def other_base(token: str, base: str) -> str:
    return (
        f"Diese Version von `{token}` wurde auf einer anderen Basis gemacht ({base}) und passt zu"
        " keiner anderen. `/train start` lernt es auf der Basis von heute."
    )
