"""Answering: what commands and panels share when they speak to a member."""

from __future__ import annotations

import logging
from typing import Any, TypeAlias, cast

import discord
from discord import app_commands

from bot import words
from bot.desk import Desk
from bot.photos.errors import ExaminerUnavailable
from storage import sessions
from storage.errors import Busy, StorageFull, StoreUnreachable
from storage.rights import Asker

log = logging.getLogger("darkroom.bot")

#: What passes by itself, or when the operator makes room, and the name of its word: nothing was
#: changed.
_PASSING: dict[type[Exception], str] = {
    Busy: "BUSY",
    StoreUnreachable: "BUSY",
    StorageFull: "FULL",
    ExaminerUnavailable: "EYES_SHUT",
}

#: What Discord says of an interaction that is delivered a second time (40060), and of one that
#: was not answered within its 3 seconds (10062). There is no answering either.
_TOO_LATE = {40060, 10062}

#: "is thinking": everybody may be waiting for what comes.
PROMISED = discord.InteractionResponseType.deferred_channel_message

Interaction: TypeAlias = "discord.Interaction[Any]"


class Refused(app_commands.AppCommandError):
    """What was typed is nothing to go on with; its text is for the member."""


def app_of(interaction: Interaction) -> Desk:
    """The bot behind an interaction, typed."""
    return cast("Desk", interaction.client)


async def asker_of(interaction: Interaction) -> Asker:
    """Who asks, and where."""
    roles = getattr(interaction.user, "roles", ())
    return Asker(
        interaction.user.id,
        interaction.guild_id,
        frozenset(role.id for role in roles),
        await session_here(interaction),
    )


async def session_here(interaction: Interaction) -> int | None:
    """The session in whose room this is, as long as pictures are asked for there."""
    if not isinstance(interaction.channel, discord.Thread):
        return None
    room = await sessions.in_thread(app_of(interaction).database, interaction.channel.id)
    return room.id if room is not None and room.stage == "open" else None


async def tell(interaction: Interaction, sentence: str) -> None:
    """A private sentence, whether or not the interaction was answered before."""
    if interaction.response.is_done():
        await interaction.followup.send(sentence, ephemeral=True)
    else:
        await interaction.response.send_message(sentence, ephemeral=True)


async def tell_instead(interaction: Interaction, sentence: str) -> None:
    """A private sentence in place of an answer that everybody was promised ("is thinking")."""
    if interaction.response.type is not PROMISED:
        await tell(interaction, sentence)
        return
    # what comes first after the promise fills it, for all to see, whatever it says of itself; and
    # without it nothing can come after
    await interaction.edit_original_response(content=words.IN_PRIVATE)
    await tell(interaction, sentence)
    await interaction.delete_original_response()


async def trouble(interaction: Interaction, error: BaseException) -> None:
    """What nobody foresaw: the member gets a kind sentence, the log the rest."""
    # discord.py wraps what a command raises, and otherwise what the reading of an option does
    is_of_option = isinstance(error, app_commands.TransformerError)
    cause = error.__cause__ if is_of_option else getattr(error, "original", error)
    if isinstance(cause, discord.HTTPException) and cause.code in _TOO_LATE:
        log.warning("an interaction was answered before, or waited too long: %s", cause)
        return
    if isinstance(cause, Refused):
        await tell_instead(interaction, str(cause))
        return
    name = next((said for kind, said in _PASSING.items() if isinstance(cause, kind)), None)
    if name is None:
        log.error("an interaction failed", exc_info=error)
    else:
        log.warning("an interaction was put off: %s", cause)
    try:
        await tell_instead(interaction, getattr(words, name or "TROUBLE"))
    except discord.HTTPException:
        log.warning("the interaction could not be answered any more")
