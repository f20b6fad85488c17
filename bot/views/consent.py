"""Consent, before the first photo."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from bot import arrivals, words
from bot.intake import consent_version, has_consented, take_all
from bot.reply import Interaction, app_of
from bot.views import checklist
from bot.views.layout import card
from bot.views.likeness import is_waiting
from bot.views.press import Press, settle
from storage import drafts, subjects
from storage.tables import Subject


async def ask(
    interaction: Interaction,
    subject: Subject,
    files: Sequence[discord.Attachment] = (),
    framing: str | None = None,
) -> None:
    """Show the consent text. Of photos that came along a row keeps where Discord has them until
    the answer, for as long as their links live."""
    app, owner = app_of(interaction), interaction.user.id
    numbers = [subject.id or 0]
    if files:
        numbers.append(await arrivals.keep(app, owner, files, framing))
    kept = app.settings
    text = words.consent(
        kept.photos_days, kept.adapters_days, kept.pictures_days, compares=kept.identity
    )
    more = words.privacy_line(kept.privacy_url)
    view = card(text, more, Agree(owner, *numbers), Decline(owner, *numbers))
    if interaction.response.is_done():
        await interaction.followup.send(view=view, ephemeral=True)
    else:
        await interaction.response.send_message(view=view, ephemeral=True)


class Agree(Press, verb="consent-yes"):
    label = "CONSENT_YES"
    style = discord.ButtonStyle.success

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        await subjects.give_consent(app.database, self.owner_id, consent_version(app))
        subject_id, draft_id = (*numbers, 0)[:2]
        waiting = await arrivals.kept(app, self.owner_id, draft_id)
        if waiting is None:
            await settle(interaction, words.CONSENT_GIVEN)
            return
        subject = await subjects.get_subject(app.database, subject_id)
        if subject is None or subject.owner_id != self.owner_id:
            await settle(interaction, words.SUBJECT_GONE)
            return
        if await is_waiting(interaction, subject):
            return
        await settle(interaction, words.CONSENT_AND_PHOTOS)
        verdicts = await take_all(app, subject, waiting.files, waiting.framing)
        await drafts.drop(app.database, self.owner_id, draft_id)  # not before they are taken
        await checklist.show(interaction, subject, verdicts)


class Decline(Press, verb="consent-no"):
    label = "CONSENT_NO"

    async def pressed(self, interaction: Interaction, /, *numbers: int) -> None:
        app = app_of(interaction)
        await drafts.drop(app.database, self.owner_id, (*numbers, 0)[1])
        if await has_consented(app, self.owner_id):  # on another panel, before
            await settle(interaction, words.CONSENT_STANDS)
        else:
            await settle(interaction, words.CONSENT_REFUSED)
