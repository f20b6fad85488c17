"""Telling a member that a server's admins took pictures of theirs down."""

from __future__ import annotations

import discord

from bot import tongue, words
from bot.desk import Desk
from storage import outbox
from storage.tables import Outgoing


async def tell(app: Desk, row: Outgoing) -> outbox.Message | None:
    """In private, in their language. Raises what Discord said."""
    server_id = row.server_id or 0
    server = app.get_guild(server_id)
    name = server.name if server is not None else None
    with words.speaking(tongue.of_member(app, row.about_id or 0, row.server_id)):
        sentence = words.pictures_removed(name, int(row.topic or 0))
    member = await app.fetch_user(row.about_id or 0)
    sent = await member.send(
        sentence, nonce=f"darkroom-{row.id}", allowed_mentions=discord.AllowedMentions.none()
    )
    return outbox.Message(sent.channel.id, sent.id)
