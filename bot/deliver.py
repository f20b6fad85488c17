"""Telling members what the trainer did: panels edited in place, pictures attached.

Everything here starts from rows, so a restart forgets nothing: a job is looked at until
`delivered_at` is set, and that happens after Discord took the message. A bot that dies between
the two repeats itself once; the job's number in the picture's file name tells a repeat apart.
Messages are edited with the bot's own token, which works long after an interaction's 15 minutes.
"""

from __future__ import annotations

import io
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import discord

from bot import words
from bot.desk import Desk
from bot.views import picture, progress
from bot.views.press import panel
from storage import clock, gallery, queue, subjects
from storage.errors import BlobMissing
from storage.tables import Job

log = logging.getLogger("darkroom.deliver")

#: A job without a message is left to the command that made it for this long.
GRACE_S = 10.0


async def once(app: Desk) -> None:
    """One look at everything that has not been shown."""
    unseen = await queue.unseen(app.database)
    places: dict[int | None, int] = {}
    if any(job.state == "queued" for job in unseen):
        line = await queue.open_jobs(app.database)
        places = {job.id: place for place, job in enumerate(line)}
    for job in unseen:
        assert job.id is not None
        try:
            if job.finished_at is None:
                await _show_progress(app, job, places.get(job.id, 0))
            else:
                await _deliver(app, job)
        except discord.HTTPException as error:
            if not _is_final(error):
                log.exception("job %s waits for the next round", job.id)
                continue
            # the channel or the message is gone, or closed to us: said once, never again
            log.warning("job %s cannot be shown where it was asked for: %s", job.id, error)
            app.shown.unreachable.add(job.id)
            if job.finished_at is not None:
                await queue.mark_delivered(app.database, job.id)
                app.shown.forget(job.id)


def _is_final(error: discord.HTTPException) -> bool:
    """Whether Discord will say the same next time. 429 is a matter of waiting, 5xx of luck."""
    return HTTPStatus.BAD_REQUEST <= error.status < HTTPStatus.INTERNAL_SERVER_ERROR and (
        error.status != HTTPStatus.TOO_MANY_REQUESTS
    )


async def withdraw(app: Desk, messages: Sequence[tuple[int, int]]) -> None:
    """Take down answers whose jobs were deleted, as (channel, message); what Discord refuses to
    delete stays."""
    for channel_id, message_id in messages:
        message = app.get_partial_messageable(channel_id).get_partial_message(message_id)
        try:
            await message.delete()
        except discord.HTTPException as error:
            log.info("message %s could not be taken down: %s", message_id, error)


async def _deliver(app: Desk, job: Job) -> None:
    assert job.id is not None
    assert job.finished_at is not None
    if job.message_id is None and (clock.now() - job.finished_at).total_seconds() < GRACE_S:
        return  # the command is just about to write down where its message is
    if job.kind == "train":
        await _deliver_training(app, job)
    else:
        await _deliver_pictures(app, job)
    await queue.mark_delivered(app.database, job.id)
    app.shown.forget(job.id)


async def _show_progress(app: Desk, job: Job, place: int) -> None:
    if job.message_id is None or job.id is None:
        return
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
        await _message(app, job).edit(**message)


async def _deliver_training(app: Desk, job: Job) -> None:
    subject = await subjects.get_subject(app.database, job.subject_id or 0)
    if subject is None:
        return
    message = progress.training_panel(job, subject, None)
    if job.message_id is None:
        await _channel(app, job).send(**message)
    else:
        await _message(app, job).edit(**message)
    if job.state == "done":
        await _channel(app, job).send(
            words.trained_ping(f"<@{job.owner_id}>", subject.token),
            view=panel(progress.ShowSheet(job.owner_id, job.id or 0)),
            allowed_mentions=discord.AllowedMentions(users=[discord.Object(job.owner_id)]),
        )


async def _deliver_pictures(app: Desk, job: Job) -> None:
    message = picture.ended(job)
    files = []
    for image in await gallery.images_of(app.database, job.id or 0):
        try:
            data = await app.blobs.get(image.blob_key)
        except BlobMissing:
            log.error("a picture of job %s is missing: %s", job.id, image.blob_key)  # noqa: TRY400
            continue
        files.append(discord.File(io.BytesIO(data), f"darkroom-{job.id}-{image.number}.png"))
    if job.message_id is None:
        await _channel(app, job).send(files=files, **message)
    else:
        await _message(app, job).edit(attachments=files, view=None, **message)


def _channel(app: Desk, job: Job) -> discord.PartialMessageable:
    return app.get_partial_messageable(job.channel_id or 0)


def _message(app: Desk, job: Job) -> Any:
    return _channel(app, job).get_partial_message(job.message_id or 0)
