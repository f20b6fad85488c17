"""Menus of a server's own roles and channels, which Discord fills."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar, Final, cast

import discord

from bot import words
from bot.rules import MOST_NAMED
from bot.views.press import Control

#: Where messages are, and threads can be.
_KINDS: Final = [
    discord.ChannelType.text,
    discord.ChannelType.news,
    discord.ChannelType.forum,
    discord.ChannelType.voice,
]


class Pick(Control):
    """A menu of roles or channels; `chosen` are those that were chosen before."""

    placeholder: ClassVar[str]
    kind: ClassVar[type[discord.ui.RoleSelect[Any] | discord.ui.ChannelSelect[Any]]]
    least: ClassVar[int] = 0
    most: ClassVar[int] = MOST_NAMED

    def __init__(self, owner_id: int, *numbers: int, chosen: Collection[int] = ()) -> None:
        self.chosen = sorted(chosen)[: self.most]
        super().__init__(owner_id, *numbers)

    def __init_subclass__(cls, *, verb: str | None = None) -> None:
        super().__init_subclass__(verb=verb)
        assert hasattr(words, getattr(cls, "placeholder", "CANCEL")), cls.placeholder

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        more: dict[str, Any] = {}
        if issubclass(self.kind, discord.ui.ChannelSelect):
            more["channel_types"] = _KINDS
        menu = self.kind(
            custom_id=custom_id,
            placeholder=str(getattr(words, self.placeholder)),
            min_values=self.least,
            max_values=self.most,
            default_values=[discord.Object(one) for one in self.chosen],
            **more,
        )
        # another kind of menu, and no other in what is asked of it
        return cast("discord.ui.Select[Any]", menu)

    @property
    def ids(self) -> frozenset[int]:
        """Those that were chosen now."""
        values = cast("discord.ui.RoleSelect[Any]", self.item).values
        return frozenset(one.id for one in values)


class RolePick(Pick):
    kind = discord.ui.RoleSelect


class ChannelPick(Pick):
    kind = discord.ui.ChannelSelect
