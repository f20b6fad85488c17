"""What trainings left: candidates on a sample sheet, versions, going back, going on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.words.en.measures import MARKS, count

SHOW_VERSIONS = "All versions"
VERSIONS_TITLE = "Versions of {token}"
CHOOSE_VERSION = "Draw with another version …"
CHOOSE_CANDIDATE = "Draw with another one …"
VERSION_GONE = "That version is no longer here. `/subject versions` shows those I still have."
VERSION_THERE = "That is the one I draw with already."
_MY_CHOICE = "my choice"
_IN_USE = "in use"


def train_more(steps: int) -> str:
    return f"Train {steps} more"


def no_versions(token: str) -> str:
    return (
        f"`{token}` is not trained yet, so there are no versions. `/train start` makes the first."
    )


def version_chosen(token: str, step: int) -> str:
    return f"From now on I draw `{token}` as it was at step {step}. You can go back at any time."


def sheet_rows(number: int, prompts: Sequence[str]) -> str:
    told = f"{count(number, 'candidate')}, a row each, from the same prompts and seeds."
    return f"{told} From left to right: {', '.join(prompts)}." if prompts else told


def in_use_elsewhere(step: int) -> str:
    return f"In use is step {step} of another training; `/subject versions` shows all."


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
        f"**step {step}**",
        *([count(photos, "photo")] if photos else []),
        f"<t:{made_at.timestamp():.0f}:f>",
        *([_MY_CHOICE] if is_proposed else []),
        *([_IN_USE] if is_used else []),
        *([] if fits else ["made on another base"]),
    ]
    return f"{MARKS['counts'] if is_used else '▫️'} {' · '.join(facts)}"


def more_versions(number: int) -> str:
    return f"… and {count(number, 'older one')}."


def version_label(step: int, made_at: datetime) -> str:
    """A version in a menu, where Discord writes no times."""
    return f"Step {step}, {made_at:%Y-%m-%d %H:%M} UTC"


def version_remark(photos: int | None, *, is_used: bool, is_proposed: bool) -> str:
    facts = [
        *([count(photos, "photo")] if photos else []),
        *([_MY_CHOICE] if is_proposed else []),
        *([_IN_USE] if is_used else []),
    ]
    return ", ".join(facts)


def candidate_label(step: int) -> str:
    return f"Step {step}"


def other_base(token: str, base: str) -> str:
    return (
        f"That version of `{token}` was made on another base ({base}), and fits no other."
        " `/train start` learns it on the base of today."
    )
