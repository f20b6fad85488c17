"""What a member wants by default, read from their row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from bot import words
from bot.desk import Desk
from bot.request import MOST_PICTURES
from storage import wishes


@dataclass(frozen=True)
class Wishes:
    """language: one that is spoken here; None: as Discord says
    pictures: so many at a time, where the member does not say
    prompts: theirs may be told in the recap of a session
    """

    language: str | None = None
    pictures: int = 1
    prompts: bool = True

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """The wishes of a member's row. What is not as it should be is as by default."""
        language, pictures = told.get("language"), told.get("pictures")
        offered = range(1, MOST_PICTURES + 1)
        return cls(
            language=language
            if isinstance(language, str) and language in words.LANGUAGES
            else None,
            pictures=next((number for number in offered if number == pictures), 1),
            prompts=told.get("prompts") is not False,
        )


async def wishes_of(app: Desk, member_id: int) -> Wishes:
    """What the member wants."""
    return Wishes.read(await wishes.of(app.database, member_id))
