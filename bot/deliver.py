"""Telling members what the trainer did: panels edited in place, pictures attached.

Everything here starts from rows, so a restart forgets nothing. What must be said comes from the
outbox and is said at least once; a repeat carries the nonce of its row, by which Discord itself
recognises it for some minutes (`enforce_nonce`), and the job's number in the pictures' names.
Messages are edited with the bot's own token, which works long after an interaction's 15 minutes.
"""

from __future__ import annotations

import io
import logging
from http import HTTPStatus
from typing import Any

import discord

from bot import words
from bot.desk import Desk
from bot.views import picture, progress
from bot.views.press import panel
from storage import gallery, line, outbox, queue, subjects
from storage.errors import BlobMissing, StorageError
from storage.tables import Job, Outgoing

log = logging.getLogger("darkroom.deliver")

#: What fails so often for a reason of our own will not go well the next time.
MOST_STUMBLES = 10


async def once(app: Desk) -> None:
    """One look at everything that has not been shown."""
    await _keep_panels(app)
    for row in await outbox.take(app.database):
        await _say(app, row)


async def _keep_panels(app: Desk) -> None:
    """Progress: of no importance once it is over, so it is not in the outbox."""
    jobs = await line.shown_jobs(app.database)
    places: dict[int | None, int] = {}
    if any(job.state == "queued" for job in jobs):
        places = {job.id: n for n, job in enumerate(await line.open_jobs(app.database))}
    for job in jobs:
        assert job.id is not None
        try:
            await _show_progress(app, job, places.get(job.id, 0))
        except discord.HTTPException as error:
            log.warning("the panel of job %s cannot be edited: %s", job.id, error)
            if _is_final(error):
                app.shown.unreachable.add(job.id)


async def _say(app: Desk, row: Outgoing) -> None:
    """Say one thing of the outbox and write down how that went."""
    assert row.id is not None
    try:
        if row.kind == "withdraw":
            await _withdraw(app, row)
        else:
            await _tell_end(app, row)
    except discord.HTTPException as error:
        if _is_final(error):
            log.warning("outgoing %s can never be said: %s", row.id, error)
            await outbox.give_up(app.database, row.id, f"{error.status} {error.code}")
        else:
            log.warning("outgoing %s waits for Discord: %s", row.id, error)
            await outbox.try_later(app.database, row)
    except (StorageError, OSError) as error:
        log.warning("outgoing %s waits: %s", row.id, error)
        await outbox.try_later(app.database, row)
    except Exception:
        log.exception("outgoing %s stumbled", row.id)
        if row.attempt >= MOST_STUMBLES:
            await outbox.give_up(app.database, row.id, "error")
        else:
            await outbox.try_later(app.database, row)
    else:
        await outbox.delivered(app.database, row.id)
        if row.job_id is not None:
            app.shown.forget(row.job_id)


def _is_final(error: discord.HTTPException) -> bool:
    """Whether Discord will say the same next time. 429 is a matter of waiting, 5xx of luck."""
    return HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR and (
        error.status != HTTPStatus.TOO_MANY_REQUESTS
    )


async def _withdraw(app: Desk, row: Outgoing) -> None:
    """Take down the answer of a job that was deleted."""
    channel = app.get_partial_messageable(row.channel_id or 0)
    try:
        await channel.get_partial_message(row.message_id or 0).delete()
    except discord.NotFound:
        log.info("message %s was gone already", row.message_id)


async def _tell_end(app: Desk, row: Outgoing) -> None:
    job = await queue.get(app.database, row.job_id or 0)
    if job is None:
        return
    if job.kind == "train":
        await _tell_training(app, job, row)
    else:
        message, files = await _pictures(app, job)
        await _show(app, job, row, message, files)


async def _tell_training(app: Desk, job: Job, row: Outgoing) -> None:
    subject = await subjects.get_subject(app.database, job.subject_id or 0)
    if subject is None:
        return
    where = await _show(app, job, row, progress.training_panel(job, subject, None), [])
    if job.state == "done":
        await where.send(
            words.trained_ping(f"<@{job.owner_id}>", subject.token),
            view=panel(progress.ShowSheet(job.owner_id, job.id or 0)),
            allowed_mentions=discord.AllowedMentions(users=[discord.Object(job.owner_id)]),
            nonce=f"darkroom-{row.id}-ping",
        )


async def _pictures(app: Desk, job: Job) -> tuple[dict[str, Any], list[tuple[str, bytes]]]:
    """The message of a job of pictures, and its files with their names."""
    files: list[tuple[str, bytes]] = []
    lost = 0
    for image in await gallery.images_of(app.database, job.id or 0):
        try:
            data = await app.blobs.get(image.blob_key)
        except BlobMissing as missing:
            log.warning("a picture of job %s is lost: %s", job.id, missing)
            lost += 1
            continue
        files.append((f"darkroom-{job.id}-{image.number}.png", data))
    return picture.ended(job, lost), files


async def _show(
    app: Desk,
    job: Job,
    row: Outgoing,
    message: dict[str, Any],
    files: list[tuple[str, bytes]],
) -> Any:
    """Edit the job's message, or send it anew where that is gone; where it is now.

    The road is: the message itself, its channel, a direct message to the member. Raises what
    Discord said on the last one.
    """

    def attached() -> list[discord.File]:
        return [discord.File(io.BytesIO(data), name) for name, data in files]

    nonce = f"darkroom-{row.id}"
    channel = app.get_partial_messageable(job.channel_id or 0)
    try:
        if job.message_id is not None:
            here = channel.get_partial_message(job.message_id)
            await here.edit(**{"view": None, **message}, attachments=attached())
            return channel
    except (discord.NotFound, discord.Forbidden) as error:
        log.info("job %s is answered anew: %s", job.id, error)
    try:
        await channel.send(**message, files=attached(), nonce=nonce)
    except (discord.NotFound, discord.Forbidden) as error:
        log.info("job %s is answered in private: %s", job.id, error)
    else:
        return channel
    member = await app.fetch_user(job.owner_id)
    await member.send(**message, files=attached(), nonce=nonce)
    return member


async def _show_progress(app: Desk, job: Job, place: int) -> None:
    assert job.id is not None
    if job.kind == "train":
        subject = await subjects.get_subject(app.database, job.subject_id or 0)
        if subject is None:
            return
        message = progress.training_panel(job, subject, place)
        says = str(message["embed"].description)
    else:
        running = job.state == "running"
        message = picture.running(job) if running else picture.waiting(job, place)
        says = message["content"]
    if app.shown.is_due(job.id, says):
        app.shown.note(job.id, says)
        channel = app.get_partial_messageable(job.channel_id or 0)
        await channel.get_partial_message(job.message_id or 0).edit(**message)
