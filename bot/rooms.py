"""Sessions in Discord: one card for each, edited in place, and what is told in their rooms.

All of it starts from rows: a restart costs one edit of each card of a session under way. A closed
one is edited when a picture that it shows is there no more. What must be said once comes from
the outbox (`bot.deliver`).
"""

from __future__ import annotations

import contextlib
import logging
from datetime import datetime, timedelta
from typing import Final

import aiohttp
import discord

from bot import parcel, tongue, words
from bot.desk import Desk
from bot.threads import awake
from bot.views import room as views
from storage import outbox, sessions, wall
from storage.tables import Outgoing, Session

log = logging.getLogger("darkroom.deliver")

_UNKNOWN_MESSAGE: Final = 10008
#: Messages that are looked at around a thread's beginning.
_AROUND: Final = 20
_AT_ONCE: Final = timedelta(seconds=5)


async def once(app: Desk) -> None:
    """Let the sessions whose time has come go on, and show those that changed, closed ones too."""
    await sessions.advance(app.database)
    changed = [*await sessions.under_way(app.database), *await sessions.outdated(app.database)]
    for room in changed:
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
    session_id = room.id or 0
    pictures = len(await wall.hanging(app.database, session_id))
    try:
        if not room.theme:
            await _unname(app, room)
        await _edit(app, room, room.sheet_message_id, *await views.message(app, room))
    except discord.NotFound as error:
        if not error.code:
            raise
        if room.stage != "closed":
            await _replace(app, room, is_there=error.code == _UNKNOWN_MESSAGE)
    if room.stage == "closed":
        if room.results_message_id is not None:
            with contextlib.suppress(discord.NotFound):
                await _edit(app, room, room.results_message_id, *await views.results(app, room))
        await sessions.note_card(app.database, session_id, pictures)


async def _edit(
    app: Desk,
    room: Session,
    message_id: int | None,
    letter: parcel.Letter,
    files: list[parcel.File],
) -> None:
    own = app.get_partial_messageable(room.thread_id or 0).get_partial_message(message_id or 0)
    await awake(
        app,
        room.thread_id or 0,
        lambda: parcel.hand_over(
            files,
            parcel.room_in(app, room.server_id),
            lambda fit: own.edit(**letter(parcel.names(fit)), attachments=fit),
        ),
    )


async def _replace(app: Desk, room: Session, *, is_there: bool) -> None:
    """Post the card anew in a room that `is_there`; where somebody deleted the thread, end it."""
    if not is_there:
        await sessions.close(app.database, room.id or 0)
        return
    thread = app.get_partial_messageable(room.thread_id or 0)
    letter, files = await views.message(app, room)
    sent = await parcel.hand_over(
        files,
        parcel.room_in(app, room.server_id),
        lambda fit: thread.send(**letter(parcel.names(fit)), files=fit),
    )
    await sessions.place(app.database, room.id or 0, sent.channel.id, sent.id)


async def _unname(app: Desk, room: Session) -> None:
    """The host was forgotten, and the theme with them: the thread was called by it, and so is the
    message by which Discord told that it was made."""
    thread = await app.fetch_channel(room.thread_id or 0)
    if not isinstance(thread, discord.Thread) or thread.name == words.SESSION_UNNAMED:
        return
    began = thread.created_at
    with contextlib.suppress(discord.Forbidden, discord.NotFound):
        channel = app.get_partial_messageable(room.channel_id)
        async for message in channel.history(around=began, limit=_AROUND):
            if began is not None and _tells_of(message, thread.id, began):
                await message.delete()
    await thread.edit(name=words.SESSION_UNNAMED, archived=False)


def _tells_of(message: discord.Message, thread_id: int, began: datetime) -> bool:
    """Whether it is Discord's own message that the thread was made, by what it is and when it came:
    no word of a message is read."""
    made = message.reference
    return (
        message.type is discord.MessageType.thread_created
        and abs(message.created_at - began) < _AT_ONCE
        and (made is None or made.channel_id == thread_id)
    )


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
    if row.topic == "results":
        await sessions.note_results(app.database, room.id or 0, sent.id)
    return outbox.Message(sent.channel.id, sent.id)
