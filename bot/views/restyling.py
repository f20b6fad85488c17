"""One of the pictures in another style: a menu of styles for each."""

from __future__ import annotations

from typing import Any

import discord

from bot import styles, words
from bot.redraw import redraw, restyled
from bot.reply import Interaction, app_of, tell
from bot.restraint import is_suspended
from bot.views.layout import card, title
from bot.views.press import Control, Press
from storage import portfolio
from storage.errors import NotYours

#: Choices of a menu, by Discord's limit.
MOST_CHOICES = 25


class Restyle(Press, verb="pictures-restyle"):
    """Ask which picture, and which style."""

    label = "RESTYLE"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        if await is_suspended(interaction):
            return
        app, job_id = app_of(interaction), numbers[0]
        found = await portfolio.of_job(app.database, self.owner_id, job_id)
        if not found:
            await tell(interaction, words.PICTURES_GONE)
            return
        options = await _options(interaction)
        # as one counts; of a single picture nothing needs to be said
        menus = [
            RestyleAs(
                self.owner_id,
                job_id,
                one.image.number,
                *([one.image.number + 1] if len(found) > 1 else []),
                options=options,
            )
            for one in found
        ]
        await interaction.response.send_message(
            view=card(title(words.RESTYLE_TITLE), words.RESTYLE_HINT, *menus), ephemeral=True
        )


async def _options(interaction: Interaction) -> list[discord.SelectOption]:
    """The server's own styles and those that are everywhere; of too many its first ones."""
    found = await styles.presets(app_of(interaction).database, interaction.guild_id)
    own = [one for one in found if one.name not in styles.BUILT_IN]
    built_in = [one for one in found if one.name in styles.BUILT_IN]
    return [
        discord.SelectOption(
            label=one.name, description=words.plain(one.words, 100), value=one.name
        )
        for one in (*own[: MOST_CHOICES - len(built_in)], *built_in)
    ]


class RestyleAs(Control, verb="picture-restyle"):
    """A menu of styles for one picture; the chosen one is drawn at once."""

    def __init__(
        self, owner_id: int, *numbers: int, options: list[discord.SelectOption] | None = None
    ) -> None:
        self.options = options or []
        super().__init__(owner_id, *numbers)

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        which = self.numbers[2] if len(self.numbers) > 2 else None  # noqa: PLR2004 - its place
        return discord.ui.Select(
            custom_id=custom_id, placeholder=words.restyle_menu(which), options=self.options
        )

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        assert isinstance(self.item, discord.ui.Select)
        try:
            await portfolio.own(app_of(interaction).database, self.owner_id, numbers[0], numbers[1])
        except NotYours:
            await tell(interaction, words.PICTURES_GONE)
            return
        wish = restyled(self.item.values[0], f"{numbers[0]}-{numbers[1]}")
        await redraw(interaction, wish)
