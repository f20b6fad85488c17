"""The `token` option of commands: the member's own subjects, offered while typing."""

from __future__ import annotations

from discord import app_commands

from bot import words
from bot.offer import offer
from bot.reply import Interaction, app_of, tell
from storage import subjects
from storage.errors import NotYours
from storage.tables import Subject


@offer
async def offer_tokens(interaction: Interaction, typed: str) -> list[app_commands.Choice[str]]:
    """The member's tokens that hold what was typed so far, 25 at most."""
    mine = await subjects.list_subjects(app_of(interaction).database, interaction.user.id)
    return [
        app_commands.Choice(
            name=f"{one.subject.token} ({one.subject.class_word})", value=one.subject.token
        )
        for one in mine
        if typed.lower() in one.subject.token
    ][:25]


async def own_subject(interaction: Interaction, token: str) -> Subject | None:
    """The member's subject of that token; None after telling them that there is none."""
    try:
        return await subjects.owned_subject(
            app_of(interaction).database, interaction.user.id, token.strip().lower()
        )
    except NotYours:
        await tell(interaction, words.unknown_subject(token))
        return None
