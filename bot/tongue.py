"""Who is answered in which language: as they chose with `/me settings`, else as their Discord has
it; where nobody in particular is spoken to, as their server has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot import words
from bot.desk import Desk

if TYPE_CHECKING:
    from bot.reply import Interaction


def hear(app: Desk, interaction: Interaction) -> None:
    """From here on the task that runs answers in the language of whoever asked."""
    chosen = app.tongues.get(interaction.user.id)
    words.speak(chosen or words.language_of(str(interaction.locale)))


def of_server(app: Desk, server_id: int | None) -> str:
    """The language of a server's own texts; English where that is not known."""
    server = app.get_guild(server_id) if server_id is not None else None
    return words.language_of(str(server.preferred_locale) if server is not None else None)


def of_member(app: Desk, member_id: int, server_id: int | None = None) -> str:
    """The language for a member who asked nothing this moment: the one they chose, or the
    server's."""
    return app.tongues.get(member_id) or of_server(app, server_id)
