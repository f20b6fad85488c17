"""Asking whoever a subject shows, and telling its owner of the answer: in a direct message, and in
the channel it was asked from where these are closed."""

from __future__ import annotations

import logging
from typing import Any

import discord

from bot import words
from bot.desk import Desk
from bot.views import likeness as views
from bot.views.layout import card
from storage import likeness, outbox, subjects
from storage.tables import Outgoing

log = logging.getLogger("darkroom.deliver")


async def tell(app: Desk, row: Outgoing) -> outbox.Message | None:
    """None where there is nothing to ask any more. Raises what Discord said to the last of the two
    places."""
    member_id, channel_id = row.about_id or 0, row.facts.get("channel")
    nonce = f"darkroom-{row.id}"
    asked_in = words.language_of(row.facts.get("language"))
    with words.speaking(app.tongues.get(member_id) or asked_in):
        if row.topic == "asked":
            subject = await subjects.get_subject(app.database, row.subject_id or 0)
            if subject is None or likeness.state(subject) != "asked":
                return None
            view = views.question(app.settings, subject)
            openly = views.question(app.settings, subject, mention=True)
        else:
            said = words.likeness_news(row.topic or "", str(row.facts.get("token", "")))
            view, openly = card(said), card(f"<@{member_id}> {said}")
            if row.topic != "agreed":
                channel_id = None  # that somebody would rather not is nobody else's to read
    try:
        member = await app.fetch_user(member_id)
        sent = await member.send(view=view, nonce=nonce, allowed_mentions=_nobody())
    except discord.Forbidden as error:
        if channel_id is None or not error.code:
            raise
        log.info("member %s takes no direct messages: %s", member_id, error)
        channel: Any = app.get_partial_messageable(channel_id)
        only = discord.AllowedMentions(
            everyone=False, roles=False, users=[discord.Object(member_id)], replied_user=False
        )
        sent = await channel.send(view=openly, nonce=nonce, allowed_mentions=only)
    return outbox.Message(sent.channel.id, sent.id)


def _nobody() -> discord.AllowedMentions:
    return discord.AllowedMentions.none()
