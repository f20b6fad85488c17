"""Telling members what the trainer did: panels edited in place, pictures attached.

Everything here starts from rows, so a restart forgets nothing. What must be said comes from the
outbox and is said at least once; a repeat carries the nonce of its row, by which Discord itself
recognises it for some minutes (`enforce_nonce`), and the job's number in the pictures' names.
Messages are edited with the bot's own token, which works long after an interaction's 15 minutes.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from functools import partial
from http import HTTPStatus
from typing import Any

import aiohttp
import discord

from bot import alert, likeness, parcel, removal, rooms, screen, tongue, words
from bot.desk import Desk
from bot.photos.errors import ExaminerUnavailable
from bot.threads import awake
from bot.turn import UNKNOWN, Turn, turns
from bot.views import grid, picture, progress, report
from bot.views.layout import card, instead, told
from storage import gallery, line, outbox, queue, subjects
from storage.errors import StorageError
from storage.tables import Job, Outgoing, Preview

log = logging.getLogger("darkroom.deliver")

#: What Discord refuses in its own words will be refused again. 401 is not here: a token that was
#: reset is the operator's to replace, and what was to be said stays.
FINAL = {HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND,
         HTTPStatus.REQUEST_ENTITY_TOO_LARGE}  # fmt: skip
#: What passes by itself. Pictures that nobody can look at now are shown when somebody can.
WAITS = (StorageError, OSError, aiohttp.ClientError, ExaminerUnavailable)
#: So often a picture that there was no time to look at is looked at before its member is told so.
MOST_LOOKS = 4
#: What fails so often for a reason of our own will not go well the next time.
MOST_STUMBLES = 10


async def once(app: Desk) -> None:
    """One look at everything that has not been shown."""
    await _keep_panels(app)
    if not await app.notes.catch_up():
        return  # what was said is not marked yet, and would be said again
    for row in await outbox.take(app.database):
        await _say(app, row)


async def _keep_panels(app: Desk) -> None:
    """Progress: of no importance once it is over, so it is not in the outbox."""
    jobs = await line.shown_jobs(app.database)
    waiting: dict[int, Turn] = {}
    if any(job.state == "queued" for job in jobs):
        trainer = await gallery.latest_worker(app.database)
        waiting = turns(await line.look(app.database), trainer)
    for job in jobs:
        assert job.id is not None
        try:
            with words.speaking(_language(app, job)):
                await _show_progress(app, job, waiting.get(job.id, UNKNOWN))
        except (discord.HTTPException, discord.RateLimited, OSError, aiohttp.ClientError) as error:
            log.warning("the panel of job %s cannot be edited: %s", job.id, error)
            if isinstance(error, discord.HTTPException) and _is_final(error):
                app.shown.unreachable.add(job.id)
            else:
                app.shown.stumbled(job.id)


async def _say(app: Desk, row: Outgoing) -> None:
    """Say one thing of the outbox and write down how that went."""
    assert row.id is not None
    sent: outbox.Message | None = None
    try:
        sent = await _SAYING[row.kind](app, row)
    except discord.HTTPException as error:
        if _is_final(error):
            log.warning("outgoing %s can never be said: %s", row.id, error)
            reason = f"{error.status} {error.code}"
            how = partial(outbox.give_up, app.database, row.id, reason)
        else:
            log.warning("outgoing %s waits for Discord: %s", row.id, error)
            how = partial(outbox.try_later, app.database, row)
    except (*WAITS, discord.RateLimited) as error:
        log.warning("outgoing %s waits: %s", row.id, error)
        how = partial(outbox.try_later, app.database, row)
    except Exception:
        log.exception("outgoing %s stumbled", row.id)
        if row.attempt >= MOST_STUMBLES:
            how = partial(outbox.give_up, app.database, row.id, "error")
        else:
            how = partial(outbox.try_later, app.database, row)
    else:
        how = partial(outbox.delivered, app.database, row.id, sent)
        if row.job_id is not None:
            app.shown.forget(row.job_id)
    await app.notes.write(how)


def _is_final(error: discord.HTTPException) -> bool:
    """Whether Discord will say the same next time. Without a code of Discord's own it was
    somebody on the way who spoke, and that passes."""
    return error.status in FINAL and error.code != 0


async def _withdraw(app: Desk, row: Outgoing) -> outbox.Message | None:
    """Take down the answer of a job that was deleted."""
    channel = app.get_partial_messageable(row.channel_id or 0)
    message = channel.get_partial_message(row.message_id or 0)
    try:
        await awake(app, channel.id, message.delete)
    except discord.NotFound:
        log.info("message %s was gone already", row.message_id)
    return None


async def _tell_end(app: Desk, row: Outgoing) -> outbox.Message | None:
    """The message that was sent for it, if one was and not only the job's own edited."""
    job = await queue.get(app.database, row.job_id or 0)
    if job is None:
        return None
    with words.speaking(_language(app, job)):
        if job.kind == "train":
            return await _tell_training(app, job, row)
        letter, files = await grid.delivered(app, job, is_last=row.attempt >= MOST_LOOKS)
        return await _show(app, job, row, letter, files)


def _language(app: Desk, job: Job) -> str:
    """The one that its member asked in, unless they chose another since. In the room of a session
    it is the server's: nobody is to be known by theirs."""
    if job.session_id is not None:
        return tongue.of_server(app, job.server_id)
    return app.tongues.get(job.owner_id) or words.language_of(job.language)


async def _tell_training(app: Desk, job: Job, row: Outgoing) -> outbox.Message | None:
    subject = await subjects.get_subject(app.database, job.subject_id or 0)
    if subject is None:
        return None
    panel = progress.training_panel(job, subject)
    sent = await _show(app, job, row, lambda _: panel, [])
    if job.state == "done":
        said, files = await report.of_job(app, job, subject, f"darkroom-{job.id}-report.png")

        def ping(names: Sequence[str]) -> dict[str, Any]:
            return {
                "view": card(
                    progress.ping(job, subject),
                    *said(names),
                    *progress.after(job),
                    colour=discord.Colour.green(),
                ),
                "allowed_mentions": discord.AllowedMentions(users=[discord.Object(job.owner_id)]),
            }

        sent = await _send(app, job, f"darkroom-{row.id}-ping", ping, files)
    return sent


#: How each kind of word is said; each gives the message that was sent for it, if one was.
_SAYING = {
    "ended": _tell_end,
    "withdraw": _withdraw,
    "alert": alert.tell,
    "session": rooms.tell,
    "removed": removal.tell,
    "likeness": likeness.tell,
}


async def _show(
    app: Desk,
    job: Job,
    row: Outgoing,
    letter: parcel.Letter,
    files: list[parcel.File],
) -> outbox.Message | None:
    """Edit the job's message, or send it anew where that is gone; the new one."""
    if job.message_id is not None:
        channel = app.get_partial_messageable(job.channel_id or 0)
        own = channel.get_partial_message(job.message_id)
        try:
            await awake(
                app,
                channel.id,
                lambda: parcel.hand_over(
                    files,
                    parcel.room_in(app, job.server_id),
                    lambda fit: own.edit(**instead(letter(parcel.names(fit))), attachments=fit),
                ),
            )
        except (discord.NotFound, discord.Forbidden) as error:
            if not _is_final(error):
                raise
            log.info("job %s is answered anew: %s", job.id, error)
        else:
            return None
    return await _send(app, job, f"darkroom-{row.id}", letter, files)


async def _send(
    app: Desk, job: Job, nonce: str, letter: parcel.Letter, files: list[parcel.File]
) -> outbox.Message:
    """Send it to the job's channel, or to the member where that is gone or closed to the bot.

    Raises what Discord said to the last of the two.
    """
    if job.channel_id is not None:
        try:
            channel = app.get_partial_messageable(job.channel_id)
            sent = await parcel.hand_over(
                files,
                parcel.room_in(app, job.server_id),
                lambda fit: channel.send(**letter(parcel.names(fit)), files=fit, nonce=nonce),
            )
        except (discord.NotFound, discord.Forbidden) as error:
            if not _is_final(error):
                raise
            log.info("job %s is answered in private: %s", job.id, error)
        else:
            return outbox.Message(sent.channel.id, sent.id)
    member = await app.fetch_user(job.owner_id)
    sent = await parcel.hand_over(
        files,
        parcel.room_in(app, None),
        lambda fit: member.send(**letter(parcel.names(fit)), files=fit, nonce=nonce),
    )
    return outbox.Message(sent.channel.id, sent.id)


async def _show_progress(app: Desk, job: Job, turn: Turn) -> None:
    assert job.id is not None
    changed: dict[str, Any] = {}
    name = ""
    if job.kind == "train":
        subject = await subjects.get_subject(app.database, job.subject_id or 0)
        if subject is None:
            return
        preview, changed = await _preview(app, job)
        message = progress.training_panel(job, subject, turn, preview)
        name = progress.preview_name(preview) if preview is not None else ""
    else:
        running = job.state == "running"
        message = picture.running(job) if running else picture.waiting(job, turn)
    says = told(message["view"])
    if app.shown.is_due(job.id, says):
        channel = app.get_partial_messageable(job.channel_id or 0)
        own = channel.get_partial_message(job.message_id or 0)
        await own.edit(**instead(message), **changed)
        app.shown.note(job.id, says)
        app.shown.files[job.id] = name


async def _preview(app: Desk, job: Job) -> tuple[Preview | None, dict[str, Any]]:
    """How a training draws by now, where that can be shown; and what an edit of its panel does with
    its files: nothing, where the right one hangs there."""
    hangs = app.shown.files.get(job.id or 0, "")
    preview = await screen.preview_of(app, job) if job.state == "running" else None
    if preview is not None:
        name = progress.preview_name(preview)
        if name == hangs:
            return preview, {}
        png = await screen.preview_file(app, preview)
        if png is not None:
            return preview, {"attachments": [discord.File(io.BytesIO(png), name)]}
    return None, {"attachments": []} if hangs else {}
