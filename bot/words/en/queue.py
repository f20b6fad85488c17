"""The line: who is in it, and who serves it."""

from __future__ import annotations

from typing import Literal

from bot.words.en.measures import count

QUEUE_TITLE = "The queue"
QUEUE_EMPTY = "Nobody is waiting. It is your moment."
NOTHING_OPEN = "That one has ended already, so there was nothing to stop."

CANCEL = "Cancel"


def quota_full(whose: Literal["member", "server"], limit: int) -> str:
    """Why a job was not put in line: the member, or the whole server, has as many as it may."""
    if whose == "server":
        return (
            f"This server has {limit} jobs in line, which is all I take at once. Ask me again when"
            " a few of them are done; `/queue` shows how far I am."
        )
    return (
        f"You have {count(limit, 'job')} in line already. Let me finish one of those first;"
        " `/queue` shows them."
    )


def waiting_line(place: int | None) -> str:
    """`place` is how many come before; None where that is not known just now."""
    if place is None:
        return "You are in line; in a moment I can say how many are before you."
    return "You are next in line." if place == 0 else f"In line: {count(place, 'job')} before you."


def trainer_line(awake: bool, base: str | None, device: str | None) -> str:
    if not awake:
        return "The trainer is asleep. Jobs keep their place until it wakes."
    return f"The trainer is awake ({base} on {device})."


def more_in_line(number: int) -> str:
    return f"… and {count(number, 'other')}"


def queue_line(number: int, kind: str, mine: str | None, running: bool) -> str:
    """`mine` is the token of the member's own job; others' jobs have no name here."""
    what = {"train": "a training", "generate": "a picture", "class-images": "class images"}[kind]
    whose = f"**yours**, `{mine}`" if mine else "somebody's"
    state = "under way" if running else f"number {number} in line"
    return f"{what}, {whose}: {state}"
