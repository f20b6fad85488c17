"""The `token` option of commands: the member's own subjects, offered while typing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from discord import app_commands

from bot import words
from bot.offer import offer
from bot.reply import Interaction, Refused, app_of
from storage import subjects
from storage.errors import NotYours
from storage.tables import Subject


class _ByToken(app_commands.Transformer):
    async def transform(self, interaction: Interaction, value: str, /) -> Subject:
        """The member's subject of that token. Raises Refused where there is none."""
        try:
            return await subjects.owned_subject(
                app_of(interaction).database, interaction.user.id, value.strip().lower()
            )
        except NotYours:
            raise Refused(words.unknown_subject(value)) from None

    @offer
    async def autocomplete(
        self, interaction: Interaction, value: float | str, /
    ) -> list[app_commands.Choice[Any]]:
        """The member's tokens that hold what was typed so far, 25 at most."""
        mine = await subjects.list_subjects(app_of(interaction).database, interaction.user.id)
        return [
            app_commands.Choice(
                name=f"{one.subject.token} ({one.subject.class_word})", value=one.subject.token
            )
            for one in mine
            if str(value).lower() in one.subject.token
        ][:25]


if TYPE_CHECKING:
    OwnSubject = Subject
else:
    #: Typed as a token, handed over as what has it.
    OwnSubject = app_commands.Transform[Subject, _ByToken]
