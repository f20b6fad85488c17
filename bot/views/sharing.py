"""Who may draw a subject: given, seen, and taken back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot import words
from bot.reply import Interaction, app_of, tell
from bot.views.layout import card, line
from bot.views.press import Menu, Press, panel, settle, subject_here
from storage import sharing
from storage.errors import NotYours
from storage.tables import Share, Subject


async def show(interaction: Interaction, subject: Subject, said: str = "") -> None:
    """Answer the subject's owner with every right to it, and who used it; `said` comes first."""
    app, subject_id = app_of(interaction), subject.id or 0
    rights = await sharing.given(app.database, subject_id)
    used = await sharing.uses(app.database, subject.owner_id, subject_id)
    lines = [words.right_line(_holder(interaction, one), one.created_at) for one in rights]
    uses = [
        words.use_line(one.member_id, one.pictures, one.last_at) for one in used[: sharing.MOST]
    ]
    await interaction.response.send_message(
        view=card(
            said,
            words.rights_title(subject.token),
            "\n".join(lines) or words.NOT_SHARED,
            line() if uses else None,
            "\n".join([words.USED_BY, *uses]) if uses else "",
            TakeBackFrom(subject.owner_id, options=_options(interaction, rights))
            if rights
            else None,
        ),
        ephemeral=True,
    )


def _holder(interaction: Interaction, share: Share) -> str:
    is_here = share.server_id is not None and share.server_id == interaction.guild_id
    return words.holder(share.kind, share.member_id, share.role_id, is_here=is_here)


def _options(interaction: Interaction, rights: Sequence[Share]) -> list[discord.SelectOption]:
    guild = interaction.guild
    options = []
    for one in rights:
        known: Any = None
        if one.kind == "member":
            known = (guild and guild.get_member(one.member_id or 0)) or interaction.client.get_user(
                one.member_id or 0
            )
        elif guild is not None and one.server_id == guild.id:
            known = guild.get_role(one.role_id) if one.role_id is not None else guild
        name = str(getattr(known, "display_name", None) or getattr(known, "name", ""))[:60]
        label = words.holder_choice(one.kind, name, one.created_at)
        options.append(discord.SelectOption(label=label, value=str(one.id)))
    return options


class ShowRights(Press, verb="share-show"):
    label = "RIGHTS"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        subject = await subject_here(interaction, numbers[0])
        if subject is not None:
            await show(interaction, subject)


class TakeBackFrom(Menu, verb="share-from"):
    """The rights to a subject."""

    placeholder = "TAKE_BACK_FROM"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        share_id = int(self.values[0])
        try:
            share, subject = await sharing.own(
                app_of(interaction).database, self.owner_id, share_id
            )
        except NotYours:
            await tell(interaction, words.SHARE_GONE)
            return
        await interaction.response.send_message(
            words.take_back_question(subject.token, _holder(interaction, share)),
            view=panel(
                TakeBack(self.owner_id, share_id),
                TakeBackPictures(self.owner_id, share_id),
                KeepShared(self.owner_id),
            ),
            ephemeral=True,
        )


class TakeBack(Press, verb="share-take"):
    """Nothing new is drawn by it."""

    label = "TAKE_BACK"
    style = discord.ButtonStyle.primary
    pictures = False

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        try:
            _, subject = await sharing.own(app.database, self.owner_id, numbers[0])
            await sharing.take_back(
                app.database, app.blobs, self.owner_id, numbers[0], pictures=self.pictures
            )
        except NotYours:
            await settle(interaction, words.SHARE_GONE)
            return
        await settle(interaction, words.taken_back(subject.token, pictures=self.pictures))


class TakeBackPictures(TakeBack, verb="share-take-all"):
    """Nor does anything stay that was."""

    label = "TAKE_BACK_PICTURES"
    style = discord.ButtonStyle.danger
    pictures = True


class KeepShared(Press, verb="share-keep"):
    label = "KEEP_SHARED"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await settle(interaction, words.KEPT)
