"""The forms in which a server's numbers, hours and limits are typed."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

import discord

from bot import quiet, words
from bot.reply import Interaction, tell
from bot.rules import MOST_HOURS, MOST_PICTURES, MOST_TRAININGS, Rules
from bot.screen import LEAST_LIMIT, MOST_LIMIT
from bot.views.asking import Form
from storage.tables import Server

Then = Callable[[Interaction, Callable[[Rules], Rules]], Awaitable[None]]

#: In the languages that are spoken here.
_NONE: Final = frozenset({"none", "no", "keine", "kein", "keins", "-", "∞"})
_MOST_TYPED: Final = 50


class Unclear(Exception):
    """Typed was no number that can be meant."""


def number(typed: str, most: int) -> tuple[int | None, bool]:
    """The number that was typed, None for no limit; and whether anything was. Raises Unclear."""
    said = typed.strip().lower()
    if not said:
        return None, False
    if said in _NONE:
        return None, True
    if not (said.isascii() and said.isdigit() and len(said) < len(str(most)) + 1):
        raise Unclear
    if int(said) > most:
        raise Unclear
    return int(said), True


class Fields(Form):
    """A form of fields, each of one line."""

    def field(self, text: str, hint: str | None, typed: str) -> discord.ui.TextInput[Any]:
        made: discord.ui.TextInput[Any] = discord.ui.TextInput(
            default=typed or None, required=False, max_length=_MOST_TYPED
        )
        self.add_item(discord.ui.Label(text=text, description=hint, component=made))
        return made


class NumbersForm(Fields):
    """How much everybody may have, and how long they have been here before."""

    def __init__(self, had: Rules, then: Then) -> None:
        super().__init__(title=words.NUMBERS_FORM)
        self.then = then
        hint = words.FIELD_HINT
        self.pictures = self.field(words.FIELD_PICTURES, hint, _typed(had.pictures_a_day))
        self.trainings = self.field(words.FIELD_TRAININGS, hint, _typed(had.trainings_a_week))
        self.tenure = self.field(words.FIELD_TENURE, hint, str(had.tenure_hours))

    async def on_submit(self, interaction: Interaction, /) -> None:
        try:
            pictures, trainings = _limits(self.pictures, self.trainings)
            hours, _ = number(self.tenure.value, MOST_HOURS)
        except Unclear:
            await tell(interaction, words.NUMBERS_UNCLEAR)
            return

        def how(had: Rules) -> Rules:
            now = had.with_limit("pictures", None, pictures[0], is_set=pictures[1])
            now = now.with_limit("trainings", None, trainings[0], is_set=trainings[1])
            return replace(now, tenure_hours=hours or 0)

        await self.then(interaction, how)


class RoleForm(Fields):
    """How much a role's members may have."""

    def __init__(self, had: Rules, role_id: int, then: Then) -> None:
        super().__init__(title=words.NUMBERS_OF_ROLE)
        self.role_id, self.then = role_id, then
        own = [
            _typed(limits[role_id]) if role_id in limits else ""
            for limits in (had.pictures_by_role, had.trainings_by_role)
        ]
        self.pictures = self.field(words.FIELD_PICTURES, words.FIELD_HINT_ROLE, own[0])
        self.trainings = self.field(words.FIELD_TRAININGS, words.FIELD_HINT_ROLE, own[1])

    async def on_submit(self, interaction: Interaction, /) -> None:
        try:
            pictures, trainings = _limits(self.pictures, self.trainings)
        except Unclear:
            await tell(interaction, words.NUMBERS_UNCLEAR)
            return

        def how(had: Rules) -> Rules:
            now = had.with_limit("pictures", self.role_id, pictures[0], is_set=pictures[1])
            return now.with_limit("trainings", self.role_id, trainings[0], is_set=trainings[1])

        await self.then(interaction, how)


class QuietForm(Fields):
    """From when to when no training begins, and where those times are told."""

    def __init__(
        self,
        server: Server,
        then: Callable[[Interaction, tuple[int, int] | None, str], Awaitable[None]],
    ) -> None:
        super().__init__(title=words.QUIET_FORM)
        begins, ends, _ = quiet.told(server) or ("", "", "")
        self.then = then
        self.begins = self.field(words.FIELD_FROM, words.FIELD_QUIET_HINT, begins)
        self.until = self.field(words.FIELD_UNTIL, None, ends)
        self.zone = self.field(words.FIELD_ZONE, None, quiet.zone_name(server))

    async def on_submit(self, interaction: Interaction, /) -> None:
        zone = self.zone.value.strip() or "UTC"
        place = quiet.zone_named(zone)
        if place is None:
            await tell(interaction, words.ZONE_UNKNOWN)
            return
        if not (self.begins.value.strip() or self.until.value.strip()):
            await self.then(interaction, None, zone)
            return
        first, last = quiet.minutes(self.begins.value), quiet.minutes(self.until.value)
        if first is None or last is None or first == last:
            await tell(interaction, words.QUIET_UNCLEAR)
            return
        await self.then(interaction, (quiet.to_utc(first, place), quiet.to_utc(last, place)), zone)


class LimitForm(Fields):
    """From which score on a picture is withheld."""

    def __init__(
        self,
        had: float | None,
        then: Callable[[Interaction, float | None], Awaitable[None]],
    ) -> None:
        super().__init__(title=words.LIMIT_FORM)
        self.then = then
        typed = "" if had is None else f"{had:g}"
        self.limit = self.field(words.FIELD_LIMIT, words.FIELD_LIMIT_HINT, typed)

    async def on_submit(self, interaction: Interaction, /) -> None:
        typed = self.limit.value.strip().replace(",", ".")
        try:
            limit = float(typed) if typed else None
        except ValueError:
            limit = -1.0
        if limit is None or LEAST_LIMIT <= limit <= MOST_LIMIT:  # what is no number is in neither
            await self.then(interaction, limit)
        else:
            await tell(interaction, words.LIMIT_UNCLEAR)


def _typed(limit: int | None) -> str:
    return "none" if limit is None else str(limit)


def _limits(
    pictures: discord.ui.TextInput[Any], trainings: discord.ui.TextInput[Any]
) -> tuple[tuple[int | None, bool], tuple[int | None, bool]]:
    return number(pictures.value, MOST_PICTURES), number(trainings.value, MOST_TRAININGS)
