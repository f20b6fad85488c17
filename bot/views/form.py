"""The form that takes photos."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import discord

from bot import words
from bot.intake import Taken, has_consented, take_all
from bot.reply import Interaction, app_of, tell
from bot.views.asking import Form
from storage.tables import Subject


class PhotosForm(Form):
    """The private way in: up to 10 files at once, nothing posted in a channel. `then` shows what
    became of them."""

    def __init__(
        self,
        subject: Subject,
        then: Callable[[Interaction, Subject, Sequence[Taken]], Awaitable[None]],
    ) -> None:
        super().__init__(title=words.MODAL_TITLE.format(token=subject.token))
        self.subject = subject
        self.then = then
        self.files: discord.ui.FileUpload[Any] = discord.ui.FileUpload(min_values=1, max_values=10)
        self.framing: discord.ui.Select[Any] | None = None
        self.add_item(
            discord.ui.Label(
                text=words.MODAL_FILES, description=words.MODAL_FILES_HINT, component=self.files
            )
        )
        if subject.kind != "person":
            self.framing = discord.ui.Select(
                options=[
                    discord.SelectOption(label=label, value=value)
                    for value, label in words.framing_choices(subject.kind).items()
                ]
            )
            self.add_item(discord.ui.Label(text=words.MODAL_FRAMING, component=self.framing))

    async def on_submit(self, interaction: Interaction, /) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        framing = self.framing.values[0] if self.framing else None
        app = app_of(interaction)
        if not await has_consented(app, interaction.user.id):  # the text changed meanwhile
            await tell(interaction, words.CONSENT_FIRST)
            return
        taken = await take_all(app, self.subject, self.files.values, framing)
        await self.then(interaction, self.subject, taken)
