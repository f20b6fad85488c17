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

from bot import words
from bot.desk import Desk
from bot.intake import AT_ONCE
from storage import drafts, subjects
from storage.errors import NotYours, StorageError

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


async def look_at(app: Desk, message: discord.Message) -> None:
    """Ask the author of a direct message, or of a mention, whose photos these are."""
    from bot.views import handing

    if message.author.bot or message.webhook_id is not None or app.user is None:
        return
    is_direct = message.guild is None
    if not is_direct and app.user not in message.mentions:
        return
    pictures = pictures_of(message)
    if not pictures and not is_direct:
        return
    owner, view = message.author.id, None
    try:
        mine = await subjects.list_subjects(app.database, owner)
        if not pictures:
            sentence = words.HAND_NO_PICTURES
        elif not mine:
            sentence = words.NO_SUBJECTS
        elif is_direct:
            sentence = words.HAND_WHOSE
            view = handing.menu(owner, message.channel.id, message.id, mine)
        else:
            sentence = words.HAND_IN_PUBLIC
            view = handing.button(owner, message.channel.id, message.id)
        if view is None:
            await message.reply(sentence, mention_author=False)
        else:
            await message.reply(sentence, view=view, mention_author=False)
    except (discord.HTTPException, StorageError) as error:
        log.warning("a message could not be answered: %s", error)
