"""Sessions in Discord: one card for each, edited in place, and what is told in their rooms.

All of it starts from rows: a restart costs one edit of each card. What must be said once comes from
the outbox (`bot.deliver`).
"""

from __future__ import annotations

import logging

import aiohttp
import discord

from bot import parcel, tongue, words
from bot.desk import Desk
from bot.views import room as views
from storage import outbox, sessions
from storage.tables import Outgoing, Session

log = logging.getLogger("darkroom.deliver")

_UNKNOWN_MESSAGE = 10008


async def once(app: Desk) -> None:
    """Let the sessions whose time has come go on, and show those that changed."""
    await sessions.advance(app.database)
    for room in await sessions.under_way(app.database):
        session_id = room.id or 0
        says = await views.says(app, room)
        if not app.shown_rooms.is_due(session_id, says):
            continue
        try:
            with words.speaking(tongue.of_server(app, room.server_id)):
                await _show(app, room)
        except (discord.HTTPException, discord.RateLimited, OSError, aiohttp.ClientError) as error:
            log.warning("the card of session %s cannot be edited: %s", session_id, error)
            if isinstance(error, discord.Forbidden) and error.code:
                app.shown_rooms.unreachable.add(session_id)
            else:
                app.shown_rooms.stumbled(session_id)
        else:
            app.shown_rooms.note(session_id, says)


async def _show(app: Desk, room: Session) -> None:
    """Edit the session's card, or post it anew where it is gone. A room that is gone ends it."""
    letter, files = await views.message(app, room)
    thread = app.get_partial_messageable(room.thread_id or 0)
    card = thread.get_partial_message(room.sheet_message_id or 0)
    space = parcel.room_in(app, room.server_id)
    try:
        await parcel.hand_over(
            files, space, lambda fit: card.edit(**letter(parcel.names(fit)), attachments=fit)
        )
    except discord.NotFound as error:
        if error.code == _UNKNOWN_MESSAGE:
            sent = await parcel.hand_over(
                files, space, lambda fit: thread.send(**letter(parcel.names(fit)), files=fit)
            )
            await sessions.place(app.database, room.id or 0, sent.channel.id, sent.id)
        elif error.code:  # somebody deleted the thread
            await sessions.close(app.database, room.id or 0)
        else:
            raise


async def tell(app: Desk, row: Outgoing) -> outbox.Message | None:
    """Say that the vote is open, or how it ended; None where there is no room to say it in. Raises
    what Discord said."""
    room = await sessions.get(app.database, row.session_id or 0)
    if room is None or room.thread_id is None:
        return None
    with words.speaking(tongue.of_server(app, room.server_id)):
        return await _tell(app, row, room, room.thread_id)


async def _tell(app: Desk, row: Outgoing, room: Session, thread_id: int) -> outbox.Message:
    if row.topic == "results":
        letter, files = await views.results(app, room)
    else:
        letter, files = lambda _: views.to_the_vote(room), []
    thread = app.get_partial_messageable(thread_id)
    sent = await parcel.hand_over(
        files,
        parcel.room_in(app, room.server_id),
        lambda fit: thread.send(**letter(parcel.names(fit)), files=fit, nonce=f"darkroom-{row.id}"),
    )
    if room.stage == "closed":  # its card is kept up to date no longer: once more, then
        await _show(app, room)
    return outbox.Message(sent.channel.id, sent.id)
