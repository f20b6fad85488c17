"""What a member has left, and what they want by default."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.words.en.measures import count, when

QUOTA_TITLE = "### What is left for you here"
QUOTA_OUTSIDE = (
    "In direct messages my defaults hold where I am on several servers; each of those may give you"
    " other numbers, which I show there."
)
WISHES_TITLE = "### How you like it"
WISHES_HINT = "Only you see this. It goes with everything else when you use `/me forget`."
WISHES_NOT_KEPT = (
    "I keep nothing of anybody who has not agreed to it. `/subject create` and `/photos add` ask"
    " you; after that I remember how you like it."
)
WISH_LANGUAGE = "The language I speak with you"
WISH_PICTURES = "Pictures at a time, where you do not say"
PROMPTS_TOLD = "Tell my prompts in recaps"
PROMPTS_UNTOLD = "Keep my prompts to myself"
LANGUAGE_AUTO = "As in my Discord"


def quota_left(
    what: Literal["pictures", "trainings"], limit: int | None, used: int, renews: datetime
) -> str:
    name, one, span = (
        ("Pictures", "picture", "today")
        if what == "pictures"
        else ("Trainings", "training", "this week")
    )
    if limit is None:
        return f"**{name}:** as many as you like; {used} {span} so far."
    if not limit:
        return f"**{name}:** none on this server; its admins set that."
    left = max(limit - used, 0)
    return f"**{name}:** {count(left, one)} left {span}, of {limit}; anew {when(renews)}."


def quota_kept(photos: int, photos_most: int, subjects: int, subjects_most: int) -> str:
    return (
        f"**Subjects:** {subjects} of {subjects_most}. **Photos:** {photos}, up to {photos_most} a"
        " subject."
    )


def quota_open(open_jobs: int, most: int) -> str:
    return f"**In line or under way:** {open_jobs} of {most} at once; `/queue` shows them."


def wishes_told(language: str | None, pictures: int, *, prompts: bool) -> str:
    spoken = {"en": "English", "de": "Deutsch"}.get(language or "", "as in your Discord")
    recap = "may be told" if prompts else "stay with you"
    return (
        f"**Language:** {spoken}\n**Pictures at a time:** {pictures}\n"
        f"**Your prompts in recaps of sessions:** {recap}"
    )


def pictures_choice(number: int) -> str:
    return count(number, "picture")
