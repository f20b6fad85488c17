"""Buttons and menus that live across restarts: everything they need is in their custom id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Final, Self

import discord

from bot import tongue, words
from bot.reply import Interaction, app_of, tell, trouble
from storage import subjects
from storage.tables import Subject

#: Choices of a menu, by Discord's limit.
MOST_CHOICES: Final = 25
#: Letters of a label where a menu says what it holds, in 150.
_MOST_NAMED: Final = 40


class Control(
    discord.ui.DynamicItem["discord.ui.Button[Any] | discord.ui.Select[Any]"], template="control"
):
    """A button or a menu of one member. Its custom id is `verb:owner:number:...`; only that
    member may use it, everyone else gets a private sentence, unless it says `for_everyone`: then
    what happens asks itself whom it is for. Subclasses with a verb say how they
    look and what happens; naming the verb is enough to be found again after a restart."""

    #: Every class with a verb, as its file is imported.
    known: ClassVar[list[type[Control]]] = []
    verb: ClassVar[str]
    for_everyone: ClassVar[bool] = False

    def __init_subclass__(cls, *, verb: str | None = None) -> None:
        super().__init_subclass__(template=rf"{verb}:(?P<owner>\d+)(?P<rest>(?::\d+)*)")
        if verb is not None:
            cls.verb = verb
            Control.known.append(cls)

    def __init__(self, owner_id: int, *numbers: int) -> None:
        self.owner_id = owner_id
        self.numbers = numbers
        super().__init__(self.drawn(":".join(map(str, (self.verb, owner_id, *numbers)))))

    def drawn(self, custom_id: str) -> discord.ui.Button[Any] | discord.ui.Select[Any]:
        """How it looks; called once, before anything else."""
        raise NotImplementedError  # a button and a menu each say it

    @classmethod
    async def from_custom_id(
        cls, interaction: Interaction, _item: discord.ui.Item[Any], match: Any, /
    ) -> Self:
        tongue.hear(app_of(interaction), interaction)
        numbers = [int(number) for number in match["rest"].split(":")[1:]]
        return cls(int(match["owner"]), *numbers)

    async def interaction_check(self, interaction: Interaction, /) -> bool:
        if self.for_everyone or interaction.user.id == self.owner_id:
            return True
        await tell(interaction, words.NOT_FOR_YOU)
        return False

    async def callback(self, interaction: Interaction) -> None:
        try:
            await self.pressed(interaction, *self.numbers)
        except Exception as error:  # noqa: BLE001 - a member must never see a dead button
            await trouble(interaction, error)

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        """What happens; `numbers` are those of the custom id."""
        raise NotImplementedError  # every control says it


class Press(Control):
    """A button."""

    #: The name of its word: which one that is depends on who reads it.
    label: ClassVar[str]
    style: ClassVar[discord.ButtonStyle] = discord.ButtonStyle.secondary

    def __init__(
        self, owner_id: int, *numbers: int, disabled: bool = False, says: str | None = None
    ) -> None:
        self.disabled = disabled
        self.says = says
        super().__init__(owner_id, *numbers)

    def __init_subclass__(cls, *, verb: str | None = None) -> None:
        super().__init_subclass__(verb=verb)
        assert hasattr(words, getattr(cls, "label", "CANCEL")), cls.label

    def called(self) -> str:
        """What it says."""
        return self.says or str(getattr(words, self.label))

    def drawn(self, custom_id: str) -> discord.ui.Button[Any]:
        return discord.ui.Button(
            label=self.called(),
            style=self.style,
            custom_id=custom_id,
            disabled=self.disabled,
        )


class Menu(Control):
    """A menu. What is on it comes with its message: one that was found again after a restart knows
    what was chosen, and no more. It holds the first `MOST_CHOICES`; `lists` holds all."""

    #: The name of its word, as a button's.
    placeholder: ClassVar[str]

    @classmethod
    def lists(
        cls,
        owner_id: int,
        *numbers: int,
        options: Sequence[discord.SelectOption],
        least: int = 1,
        most: int = 1,
    ) -> list[Self]:
        """As many menus as hold all options, whose values are numbers: those of its own first and
        last one end the custom id of each, and where there are several, it says which it holds."""
        found = []
        for at in range(0, len(options), MOST_CHOICES):
            own = options[at : at + MOST_CHOICES]
            holds = words.from_to(own[0].label[:_MOST_NAMED], own[-1].label[:_MOST_NAMED])
            found.append(
                cls(
                    owner_id,
                    *(*numbers, int(own[0].value), int(own[-1].value)),
                    options=own,
                    least=least,
                    most=most,
                    holds=holds if len(options) > MOST_CHOICES else "",
                )
            )
        return found

    def __init__(
        self,
        owner_id: int,
        *numbers: int,
        options: Sequence[discord.SelectOption] = (),
        least: int = 1,
        most: int = 1,
        holds: str = "",
    ) -> None:
        self.holds = holds
        self.options = list(options[:MOST_CHOICES])
        self.least, self.most = least, max(1, min(most, len(self.options) or 1))
        super().__init__(owner_id, *numbers)

    def __init_subclass__(cls, *, verb: str | None = None) -> None:
        super().__init_subclass__(verb=verb)
        assert hasattr(words, getattr(cls, "placeholder", "CANCEL")), cls.placeholder

    def drawn(self, custom_id: str) -> discord.ui.Select[Any]:
        return discord.ui.Select(
            custom_id=custom_id,
            placeholder=f"{getattr(words, self.placeholder)} {self.holds}".rstrip(),
            options=self.options,
            min_values=self.least,
            max_values=self.most,
        )

    @property
    def values(self) -> list[str]:
        """What was chosen."""
        assert isinstance(self.item, discord.ui.Select)
        return self.item.values


def panel(*items: discord.ui.Item[Any]) -> discord.ui.View:
    """A message's buttons. No timeout: they are found again by their custom ids."""
    view = discord.ui.View(timeout=None)
    for item in items:
        view.add_item(item)
    return view


async def settle(interaction: Interaction, sentence: str) -> None:
    """Replace the panel that was pressed by a sentence, buttons gone; what was slow may have been
    deferred before."""
    changed: dict[str, Any] = {"content": sentence, "embed": None, "view": None}
    if interaction.message is not None and interaction.message.flags.components_v2:
        # a card stays one: Discord takes no other words for it
        view = discord.ui.LayoutView(timeout=None)
        view.add_item(discord.ui.TextDisplay(sentence))
        changed = {"view": view}
    if interaction.response.is_done():
        await interaction.edit_original_response(**changed, attachments=[])
    else:
        await interaction.response.edit_message(**changed, attachments=[])


async def subject_here(interaction: Interaction, subject_id: int) -> Subject | None:
    """The member's subject that a panel is about; None after telling them that it is gone."""
    subject = await subjects.get_subject(app_of(interaction).database, subject_id)
    if subject is None or subject.owner_id != interaction.user.id:
        await tell(interaction, words.SUBJECT_GONE)
        return None
    return subject
