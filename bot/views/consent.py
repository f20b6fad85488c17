"""Consent, before the first photo."""

from __future__ import annotations

import discord

from bot import words
from bot.intake import consent_version, has_consented, take_all
from bot.reply import Interaction, app_of
from bot.views import checklist
from bot.views.press import Press, panel, settle
from storage import subjects
from storage.tables import Subject


async def ask(interaction: Interaction, subject: Subject) -> None:
    """Show the consent text. Photos that came along wait in the bot until the answer."""
    owner = interaction.user.id
    kept = app_of(interaction).settings
    await interaction.response.send_message(
        words.consent(
            kept.photos_days, kept.adapters_days, kept.pictures_days, compares=kept.identity
        ),
        view=panel(Agree(owner, subject.id or 0), Decline(owner, subject.id or 0)),
        ephemeral=True,
    )


class Agree(Press, verb="consent-yes"):
    label = "CONSENT_YES"
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        await subjects.give_consent(app.database, self.owner_id, consent_version(app))
        waiting = app.waiting_photos.pop((self.owner_id, numbers[0]), None)
        if waiting is None:
            await settle(interaction, words.CONSENT_GIVEN)
            return
        subject = await subjects.get_subject(app.database, numbers[0])
        if subject is None:
            await settle(interaction, words.SUBJECT_GONE)
            return
        await settle(interaction, words.CONSENT_AND_PHOTOS)
        verdicts = await take_all(app, subject, waiting.files, waiting.framing)
        await checklist.show(interaction, subject, verdicts)


class Decline(Press, verb="consent-no"):
    label = "CONSENT_NO"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        app.waiting_photos.pop((self.owner_id, numbers[0]), None)
        if await has_consented(app, self.owner_id):  # on another panel, before
            await settle(interaction, words.CONSENT_STANDS)
        else:
            await settle(interaction, words.CONSENT_REFUSED)
