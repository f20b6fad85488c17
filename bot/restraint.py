"""What follows from asking again and again for what nobody draws."""

from __future__ import annotations

from functools import partial
from typing import Final

from bot import words
from bot.admission import home_of
from bot.reply import Interaction, app_of, tell_instead
from storage import offences, pauses

#: The reasons of `bot.prompt.BadPrompt` that are an offence.
OFFENSIVE: Final = frozenset({"sexual", "undressing"})


async def count_refusal(interaction: Interaction, reason: str) -> None:
    """To be called once a prompt was refused and its member told why: where the reason is an
    offence, it counts. Nothing fails here: what cannot be written now is written later."""
    if reason not in OFFENSIVE:
        return
    app = app_of(interaction)
    await app.notes.write(
        partial(
            offences.note,
            app.database,
            member_id=interaction.user.id,
            server_id=interaction.guild_id,
            kind="prompt",
            request_id=str(interaction.id),
        )
    )


async def is_suspended(interaction: Interaction) -> bool:
    """Whether nothing is drawn or trained for this member here now; they have been told, then."""
    database, member_id, server_id = (
        app_of(interaction).database,
        interaction.user.id,
        interaction.guild_id,
    )
    until = await offences.suspended_until(database, member_id, server_id)
    if until is not None:
        await tell_instead(interaction, words.suspended(until))
        return True
    until = await pauses.until(database, home_of(interaction), member_id)
    if until is not None:
        await tell_instead(interaction, words.rule_paused(until))
    return until is not None
