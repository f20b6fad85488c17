"""Are you sure? For what cannot be undone."""

from __future__ import annotations

import discord

from bot import words
from bot.reply import Interaction, app_of
from bot.views.layout import card
from bot.views.press import Press, settle
from storage import erase, subjects
from storage.errors import NotYours
from storage.tables import Subject


async def delete(interaction: Interaction, subject: Subject, photos: int) -> None:
    """Ask before a subject is deleted."""
    owner = interaction.user.id
    await interaction.response.send_message(
        view=card(
            words.delete_question(subject.token, photos),
            DeleteSubject(owner, subject.id or 0),
            KeepSubject(owner),
        ),
        ephemeral=True,
    )


async def forget(interaction: Interaction) -> None:
    """Ask before a member is forgotten."""
    owner = interaction.user.id
    await interaction.response.send_message(
        view=card(words.FORGET_QUESTION, Forget(owner), KeepAll(owner)), ephemeral=True
    )


class DeleteSubject(Press, verb="subject-delete"):
    label = "DELETE_YES"
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        await interaction.response.defer()  # many files may go, and others delete at the same time
        app = app_of(interaction)
        subject = await subjects.get_subject(app.database, numbers[0])
        if subject is None:
            await settle(interaction, words.SUBJECT_GONE)
            return
        try:
            freed = await erase.delete_subject(
                app.database, app.blobs, interaction.user.id, subject.token
            )
        except NotYours:
            await settle(interaction, words.SUBJECT_GONE)
            return
        await settle(interaction, words.deleted(subject.token, freed))


class KeepSubject(Press, verb="subject-keep"):
    label = "DELETE_NO"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await settle(interaction, words.KEPT)


class Forget(Press, verb="me-forget"):
    label = "FORGET_YES"
    style = discord.ButtonStyle.danger

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await interaction.response.defer()
        app = app_of(interaction)
        member = interaction.user.id
        receipt = await erase.erase(app.database, app.blobs, member)
        app.tongues.pop(member, None)
        await settle(interaction, words.forgotten(receipt))


class KeepAll(Press, verb="me-keep"):
    label = "FORGET_NO"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        del numbers
        await settle(interaction, words.KEPT)
