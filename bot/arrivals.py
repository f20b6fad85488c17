"""Photos that come in messages, and those that wait for a word of their member.

Discord gives a bot without the message-content intent the attachments of direct messages, of
messages that mention it, and of a message that was right-clicked (there only with the click: read
again by its id, that message has none). What is written in them is never read.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import discord

from bot.desk import Desk
from bot.intake import AT_ONCE
from storage import drafts
from storage.errors import NotYours

log = logging.getLogger("darkroom.arrivals")


@dataclass(frozen=True)
class Waiting:
    """Photos that wait at Discord for their member's word."""

    framing: str | None
    files: Sequence[discord.Attachment]


def pictures_of(message: discord.Message) -> list[discord.Attachment]:
    """What a message has of pictures; of a forwarded one nothing, for somebody else took them."""
    return [
        file
        for file in message.attachments
        if file.content_type is None or file.content_type.startswith("image/")
    ]


async def keep(
    app: Desk, owner_id: int, files: Sequence[discord.Attachment], framing: str | None = None
) -> int:
    """Write down where Discord has these files; the number of the row."""
    told = [dict(file.to_dict()) for file in files[:AT_ONCE]]
    return await drafts.keep(app.database, owner_id, {"framing": framing, "photos": told})


async def kept(app: Desk, owner_id: int, draft_id: int) -> Waiting | None:
    """The files of that row; None where there is none, or it is too old."""
    try:
        wish = await drafts.own(app.database, owner_id, draft_id)
    except NotYours:
        return None
    state = app._connection  # noqa: SLF001 - discord.py makes no attachment without it
    told = wish.get("photos", [])
    return Waiting(wish.get("framing"), [discord.Attachment(data=one, state=state) for one in told])
