"""A member's own settings and what is left for them, on cards that only they see."""

from __future__ import annotations

from typing import Any, Final

import discord

from bot import tongue, words
from bot.admission import allowances, home_of
from bot.reply import Interaction, app_of, tell
from bot.request import MOST_PICTURES
from bot.views.layout import card
from bot.views.press import Menu, Press
from bot.wishes import Wishes, wishes_of
from storage import line, quotas, subjects, wishes
from storage.errors import NotYours

#: As a choice of a menu, which has no empty ones.
_AUTO: Final = "auto"
#: As they call themselves.
_CALLED: Final = {"en": "English", "de": "Deutsch"}


async def show(interaction: Interaction) -> None:
    """Answer with the member's settings."""
    view = _card(interaction.user.id, await wishes_of(app_of(interaction), interaction.user.id))
    await interaction.response.send_message(view=view, ephemeral=True)


def _card(member_id: int, now: Wishes) -> discord.ui.LayoutView:
    chosen = now.language or _AUTO
    names = {_AUTO: words.LANGUAGE_AUTO, **_CALLED}
    languages = [
        discord.SelectOption(label=names.get(code, code), value=code, default=code == chosen)
        for code in (_AUTO, *words.LANGUAGES)
    ]
    amounts = [
        discord.SelectOption(
            label=words.pictures_choice(number), value=str(number), default=number == now.pictures
        )
        for number in range(1, MOST_PICTURES + 1)
    ]
    return card(
        words.WISHES_TITLE,
        words.wishes_told(now.language, now.pictures, prompts=now.prompts),
        WishLanguage(member_id, options=languages),
        WishPictures(member_id, options=amounts),
        KeepPrompts(member_id) if now.prompts else TellPrompts(member_id),
        words.WISHES_HINT,
        colour=discord.Colour.blurple(),
    )


async def _keep(interaction: Interaction, **wanted: Any) -> None:
    """Write it down and show what holds now."""
    try:
        told = await wishes.keep(app_of(interaction).database, interaction.user.id, **wanted)
    except NotYours:
        await tell(interaction, words.WISHES_NOT_KEPT)
        return
    app, now = app_of(interaction), Wishes.read(told)
    if now.language is None:
        app.tongues.pop(interaction.user.id, None)
    else:
        app.tongues[interaction.user.id] = now.language
    tongue.hear(app, interaction)
    await interaction.response.edit_message(view=_card(interaction.user.id, now))


class WishLanguage(Menu, verb="wish-language"):
    placeholder = "WISH_LANGUAGE"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        code = self.values[0]
        await _keep(interaction, language=code if code in words.LANGUAGES else None)


class WishPictures(Menu, verb="wish-pictures"):
    placeholder = "WISH_PICTURES"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await _keep(interaction, pictures=int(self.values[0]))


class KeepPrompts(Press, verb="wish-prompts-kept"):
    label = "PROMPTS_UNTOLD"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await _keep(interaction, prompts=False)


class TellPrompts(Press, verb="wish-prompts-told"):
    label = "PROMPTS_TOLD"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await _keep(interaction, prompts=None)


async def quota(interaction: Interaction) -> None:
    """Answer with what is left for the member here."""
    app, member_id = app_of(interaction), interaction.user.id
    allowed = await allowances(interaction)
    used = await quotas.used(app.database, member_id, interaction.guild_id, allowed)
    mine = await subjects.list_subjects(app.database, member_id)
    in_line = await line.open_jobs(app.database)
    settings = app.settings
    view = card(
        words.QUOTA_TITLE,
        "\n".join(
            words.quota_left(one.what, one.limit, had, one.until)
            for one, had in zip(allowed, used, strict=True)
        ),
        words.quota_kept(
            sum(one.photos for one in mine),
            settings.photos_per_subject,
            len(mine),
            settings.subjects_per_member,
        ),
        words.quota_open(
            sum(job.owner_id == member_id for job in in_line), settings.open_jobs_per_member
        ),
        "" if home_of(interaction) is not None else words.QUOTA_OUTSIDE,
        colour=discord.Colour.blurple(),
    )
    await interaction.response.send_message(view=view, ephemeral=True)
