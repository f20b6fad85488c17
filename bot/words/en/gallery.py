"""What was made before, brought back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.words.en.measures import count, plain

GALLERY_TITLE = "Your pictures"
GALLERY_EMPTY = (
    "Your wall is empty so far. `/imagine` draws the first picture, once a subject of yours is"
    " trained; `/help` shows the way there."
)
GALLERY_OPEN = "Open one, with its buttons"
NEWER = "Newer"
OLDER = "Older"
NO_JOBS = "There is nothing of yours yet that I could bring back. `/help` shows how to begin."
NO_SUCH_JOB = (
    "I find nothing of yours by that number. Choose from the list that opens while you type, or say"
    " nothing: then I bring back your latest."
)


def gallery_page(page: int, pages: int, pictures: int) -> str:
    return f"{count(pictures, 'picture')} · page {page} of {pages}"


def gallery_choice(number: int, prompt: str) -> str:
    """A picture in the menu below the sheet, by its number there."""
    return f"{number} · {plain(prompt, 80)}"


def job_choice(number: int, kind: str, spec: Mapping[str, Any]) -> str:
    """A job in the list that opens while one types."""
    what = "a training" if kind == "train" else plain(str(spec.get("typed", "")), 80)
    return f"{number} · {what}"
