"""Telling admins of a member who was suspended, each server once for each suspension."""

from __future__ import annotations

import logging

import discord

from bot import tongue, words
from bot.desk import Desk
from storage import offences, outbox, screening
from storage.tables import Outgoing

log = logging.getLogger("darkroom.deliver")


async def tell(app: Desk, row: Outgoing) -> outbox.Message | None:
    """Post it where the admins want it; to the server's owner where they never said, or where that
    channel is gone or closed. None where the suspension is over there: nothing is to be told.

    Raises what Discord said to the last of the two.
    """
    until = await offences.suspended_until(app.database, row.about_id or 0, row.server_id)
    if until is None:
        return None
    with words.speaking(tongue.of_server(app, row.server_id)):
        sentence = words.suspension_told(f"<@{row.about_id}>", until)
    wanted = (await screening.safety_of(app.database, row.server_id)).alerts_channel_id
    if wanted is not None:
        try:
            return await _send(app.get_partial_messageable(wanted), row, sentence)
        except (discord.NotFound, discord.Forbidden) as error:
            if not error.code:  # somebody on the way spoke, and that passes
                raise
            log.info("the admins of server %s are told in private: %s", row.server_id, error)
    server_id = row.server_id or 0
    server = app.get_guild(server_id) or await app.fetch_guild(server_id)
    return await _send(await app.fetch_user(server.owner_id or 0), row, sentence)


async def _send(place: discord.abc.Messageable, row: Outgoing, sentence: str) -> outbox.Message:
    sent = await place.send(
        sentence, nonce=f"darkroom-{row.id}", allowed_mentions=discord.AllowedMentions.none()
    )
    return outbox.Message(sent.channel.id, sent.id)
