"""`/help`."""

from __future__ import annotations

from collections.abc import Sequence

from discord import app_commands

from bot import words
from bot.album import covered
from bot.reply import Interaction, app_of
from bot.views.layout import card, line, title
from storage import subjects
from storage.subjects import Overview

#: For who has no subject yet.
_TOKEN, _CLASS = "zwx", "woman"


@app_commands.command(name="help", description="From photos to pictures, by example")
async def guide(interaction: Interaction) -> None:
    app = app_of(interaction)
    mine = await subjects.list_subjects(app.database, interaction.user.id)
    at, token, class_word = "subject", _TOKEN, _CLASS
    if mine:
        one = _furthest(mine)
        token, class_word = one.subject.token, one.subject.class_word
        at = "imagine"
        if one.adapter is None:
            album = await subjects.album(app.database, one.subject.id or 0)
            at = "train" if covered(album).is_ready else "photos"
    more = words.privacy_line(app.settings.privacy_url)
    await interaction.response.send_message(
        view=card(
            title(words.HELP_TITLE),
            words.help_steps(at, token, class_word),
            line(),
            words.help_examples(token, class_word),
            line(),
            "\n".join(f"-# {said}" for said in (words.HELP_YOURS, more) if said),
        ),
        ephemeral=True,
    )


def _furthest(mine: Sequence[Overview]) -> Overview:
    """The newest that can be drawn, or else the newest with most photos."""
    return max(mine, key=lambda one: (one.adapter is not None, one.photos, one.subject.id or 0))
