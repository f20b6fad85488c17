"""The one door through which members see what the trainer drew.

Every picture is looked at before it is shown, once: its score is written to its row, and a restart
or a second delivery only compares. Nothing else in the bot reads a picture's file (a test holds
this).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.desk import Desk
from bot.photos.errors import ExaminerUnavailable, PhotoRefused
from storage import gallery, newest, offences, screening
from storage.errors import BlobMissing
from storage.screening import LIMIT
from storage.tables import Image, Job, Preview

log = logging.getLogger("darkroom.bot")

#: The bounds of what a server may ask for: below, everyday photographs would be withheld; above,
#: nothing would be.
LEAST_LIMIT, MOST_LIMIT = 0.1, 0.95
#: Written in place of a score where the file cannot be looked at. No limit is above it, and no
#: network says it.
UNREADABLE: Final = 1.0
_SUREST: Final = 0.9999
#: A child that was killed, or had no time on a busy machine, says nothing about the picture.
_TRIES: Final = 2


@dataclass(frozen=True)
class Seen:
    """A picture of a job. `png` is None where it is not to be seen: it is `is_withheld` for what
    it shows, `is_unchecked` because there was no time to look at it, and looked at again when it is
    asked for again; or else its file is lost or damaged."""

    image: Image
    png: bytes | None
    is_unchecked: bool = field(default=False, kw_only=True)
    is_withheld: bool = False
    is_offence: bool = False


async def pictures_of(app: Desk, job: Job) -> Sequence[Seen]:
    """The pictures of a job, in order, with what may be shown of them by the limit of the server
    in which it was asked for. Those that nobody looked at yet are looked at now.

    Raises ExaminerUnavailable, with nothing shown and nothing lost: ask again later.
    """
    assert job.id is not None
    images = await gallery.images_of(app.database, job.id)
    limit = await limit_of(app, job.server_id)
    return [await _seen(app, image, limit) for image in images]


async def picture_of(app: Desk, job: Job, image: Image) -> Seen:
    """As `pictures_of`, of one of them."""
    return await _seen(app, image, await limit_of(app, job.server_id))


async def limit_of(app: Desk, server_id: int | None) -> float:
    """From which score on a server withholds a picture."""
    wanted = (await screening.safety_of(app.database, server_id)).explicit_limit
    return LIMIT if wanted is None else wanted


async def count_withheld(app: Desk, job: Job, pictures: Sequence[Seen]) -> int:
    """How many pictures were withheld for what they show. Whoever asked for them has an offence to
    their name then, one for the whole job. (Sample sheets are not counted: their prompts are ours.)
    """
    withheld = sum(one.is_withheld for one in pictures)
    if any(one.is_offence for one in pictures):
        await offences.note(
            app.database,
            member_id=job.owner_id,
            server_id=job.server_id,
            kind="picture",
            request_id=job.request_id,
        )
    return withheld


async def _seen(app: Desk, image: Image, limit: float) -> Seen:
    score, png = image.explicit, None
    if score is None or score < limit:
        try:
            png = await app.blobs.get(image.blob_key)
        except BlobMissing as missing:
            log.warning("a picture of job %s is lost: %s", image.job_id, missing)
            return Seen(image, None)
    if score is None:
        assert png is not None
        score = await _score(app, image, png)
        if score is None:
            return Seen(image, None, is_unchecked=True)
        await screening.note_scores(app.database, {image.id or 0: score})
    if score < limit:
        return Seen(image, png)
    is_withheld = score != UNREADABLE
    # a stricter server withholds what is nobody's fault
    return Seen(image, None, is_withheld, is_offence=is_withheld and score >= LIMIT)


async def preview_of(app: Desk, job: Job) -> Preview | None:
    """How a training draws by now, where that may be shown; looked at, if nobody has. The next one
    comes soon, so one that there is no time for is left out."""
    row = await newest.latest(app.database, Preview, job.id or 0)
    if row is None:
        return None
    score = row.explicit
    if score is None:
        png = await preview_file(app, row)
        try:
            score = None if png is None else await _score(app, row, png)
        except ExaminerUnavailable:
            return None
        if png is not None:
            score = UNREADABLE if score is None else score
            await screening.note_scores(app.database, {row.id or 0: score}, of=Preview)
    return row if score is not None and score < await limit_of(app, job.server_id) else None


async def preview_file(app: Desk, preview: Preview) -> bytes | None:
    """The picture; None where it is lost, or another one took its place."""
    try:
        return await app.blobs.get(preview.blob_key)
    except BlobMissing:
        return None


async def _score(app: Desk, image: Image | Preview, png: bytes) -> float | None:
    """How explicit it looks. None where there was no time to look: that is no verdict."""
    reason = ""
    for _ in range(_TRIES):
        try:
            return min(await app.examiner.screen(png), _SUREST)
        except PhotoRefused as refused:
            log.warning("picture %s cannot be looked at: %s", image.id, refused)
            reason = refused.reason
    return None if reason == "took_too_long" else UNREADABLE
