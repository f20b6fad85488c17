"""Panels in Discord's Components V2: a card of texts, pictures and buttons, in the order given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import discord

from bot.views.press import Control

#: Buttons of one row, pictures of one gallery, and letters of all texts of a message together, by
#: Discord's limits; it may also have 40 components, those inside others counted.
ROW: Final = 5
MOST_PICTURES: Final = 10
MOST_TEXT: Final = 4000
MOST_COMPONENTS: Final = 40

Part = str | discord.ui.Item[Any]


def card(*parts: Part | None, colour: discord.Colour | None = None) -> discord.ui.LayoutView:
    """One card. Texts may be empty, parts missing; controls that follow each other share rows, but
    for menus, each of which takes one. No timeout: they are found again by their custom ids."""
    box: discord.ui.Container[Any] = discord.ui.Container(accent_colour=colour)
    for item in _rows(part for part in parts if part):
        box.add_item(item)
    view = discord.ui.LayoutView(timeout=None)
    view.add_item(box)
    return view


def pictures(
    names: Sequence[str], says: str = "", *, veiled: bool = False
) -> discord.ui.MediaGallery[Any] | None:
    """A gallery of the message's own files, by their names; none where there are none. `says` is
    read out to who cannot see them; one that is `veiled` is seen by who presses on it."""
    shown = [
        discord.MediaGalleryItem(f"attachment://{name}", description=says or None, spoiler=veiled)
        for name in names[:MOST_PICTURES]
    ]
    return discord.ui.MediaGallery(*shown) if shown else None


def row(*controls: Control) -> discord.ui.ActionRow[Any] | None:
    """Buttons that stay together; none where there are none."""
    return discord.ui.ActionRow(*controls) if controls else None


def beside(text: str, control: Control) -> discord.ui.Section[Any]:
    """A text with a button beside it."""
    return discord.ui.Section(text, accessory=control)


def title(text: str) -> str:
    return f"### {text}"


def told(view: discord.ui.LayoutView) -> str:
    """All that a card shows, as one word that changes with it."""
    return repr(view.to_components())  # type: ignore[no-untyped-call]


def instead(message: dict[str, Any]) -> dict[str, Any]:
    """What an edit says so that the message becomes this one, whatever it was: a card has no other
    words, and takes the place of those that an older Darkroom wrote."""
    if isinstance(message.get("view"), discord.ui.LayoutView):
        return {"content": None, "embeds": [], **message}
    return {"view": None, **message}


def line() -> discord.ui.Separator[Any]:
    """Between two parts of a card."""
    return discord.ui.Separator()


def _rows(parts: Iterable[Part]) -> Iterator[discord.ui.Item[Any]]:
    buttons: list[Control] = []

    def row() -> Iterator[discord.ui.ActionRow[Any]]:
        if buttons:
            yield discord.ui.ActionRow(*buttons)
            buttons.clear()

    for part in parts:
        is_button = isinstance(part, Control) and isinstance(part.item, discord.ui.Button)
        if not is_button or len(buttons) == ROW:
            yield from row()
        if isinstance(part, str):
            yield discord.ui.TextDisplay(part)
        elif is_button:
            assert isinstance(part, Control)
            buttons.append(part)
        elif isinstance(part, Control):
            yield discord.ui.ActionRow(part)
        else:
            yield part
    yield from row()
