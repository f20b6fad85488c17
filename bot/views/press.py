"""Buttons that live across restarts: everything a press needs is in its custom id."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import discord

from bot import words
from bot.reply import Interaction, tell, trouble


class Press(discord.ui.DynamicItem[discord.ui.Button[Any]], template="press"):
    """A button of one member. Its custom id is `verb:owner:number:...`; only that member may
    press it, everyone else gets a private sentence. Subclasses say what a press does."""

    verb: ClassVar[str]
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init_subclass__(cls, *, verb: str) -> None:
        super().__init_subclass__(template=rf"{verb}:(?P<owner>\d+)(?P<rest>(?::\d+)*)")
        cls.verb = verb

    def __init__(self, owner_id: int, *numbers: int, disabled: bool = False) -> None:
        self.owner_id = owner_id
        self.numbers = numbers
        super().__init__(
            discord.ui.Button(
                label=self.label,
                style=self.style,
                custom_id=":".join(map(str, (self.verb, owner_id, *numbers))),
                disabled=disabled,
            )
        )

    @classmethod
    async def from_custom_id(
        cls, _interaction: Interaction, _item: discord.ui.Item[Any], match: Any, /
    ) -> Self:
        numbers = [int(number) for number in match["rest"].split(":")[1:]]
        return cls(int(match["owner"]), *numbers)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        if interaction.user.id == self.owner_id:
            return True
        await tell(interaction, words.NOT_FOR_YOU)
        return False

    async def callback(self, interaction: Interaction) -> None:
        try:
            await self.pressed(interaction, *self.numbers)
        except Exception as error:  # noqa: BLE001  (a member must never see a dead button)
            await trouble(interaction, error)

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        raise NotImplementedError


def panel(*items: discord.ui.Item[Any]) -> discord.ui.View:
    """A message's buttons. No timeout: they are found again by their custom ids."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


async def settle(interaction: Interaction, sentence: str) -> None:
    """Replace the panel that was pressed by a sentence, buttons gone."""
    await interaction.response.edit_message(content=sentence, embed=None, attachments=[], view=None)
