"""From uploads to photos: each file is examined, kept as two blobs and a row, or refused with a
reason. What goes wrong with one file changes nothing for the others."""

from __future__ import annotations

import asyncio
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import discord
from PIL import Image

from bot import words
from bot.desk import Desk
from bot.download import download
from bot.photos.coverage import Counted, Coverage, coverage
from bot.photos.errors import PhotoRefused
from bot.photos.limits import MAX_BYTES
from bot.photos.terms import Framing, Kind
from storage import clock, subjects
from storage.tables import Photo, Subject

#: Files taken at a time; a Discord message or modal carries no more than this.
AT_ONCE = 10


@dataclass(frozen=True)
class Verdict:
    """What became of one file: a photo, or the reason against it."""

    filename: str
    photo: Photo | None = None
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


async def has_consented(app: Desk, member_id: int) -> bool:
    """Whether the member said yes to the consent text of today; no photo is taken before."""
    return await subjects.has_consented(app.database, member_id, words.CONSENT_VERSION)


async def take_all(
    app: Desk, subject: Subject, files: Sequence[discord.Attachment], framing: str | None
) -> list[Verdict]:
    """Take the files in the order they were given; a verdict for each of them."""
    verdicts = [await take(app, subject, file, framing) for file in files[:AT_ONCE]]
    too_many = PhotoRefused("too_many_files", most=AT_ONCE)
    return verdicts + [_against(file, too_many) for file in files[AT_ONCE:]]


async def take(
    app: Desk, subject: Subject, file: discord.Attachment, framing: str | None
) -> Verdict:
    """Take one file. Never raises for anything a member can cause."""
    try:
        return Verdict(file.filename, await _take(app, subject, file, framing))
    except PhotoRefused as refused:
        return _against(file, refused)


def _against(file: discord.Attachment, refused: PhotoRefused) -> Verdict:
    return Verdict(file.filename, reason=refused.reason, facts=refused.facts)


async def _take(
    app: Desk, subject: Subject, file: discord.Attachment, framing: str | None
) -> Photo:
    assert subject.id is not None
    most = app.settings.photos_per_subject
    if len(await subjects.photos_of(app.database, subject.id)) >= most:
        raise PhotoRefused("full", most=most)
    if file.size > MAX_BYTES:
        raise PhotoRefused("too_many_bytes", bytes=file.size, limit=MAX_BYTES)
    if subject.kind != "person" and framing is None:
        raise PhotoRefused("no_framing")
    data = await download(file)
    source = hashlib.sha256(data).hexdigest()
    if await subjects.knows_photo(app.database, subject.id, source):
        raise PhotoRefused("same_file")
    seen = await app.examiner.examine(
        data,
        kind=cast("Kind", subject.kind),
        declared=cast("Framing | None", framing),
        resolution=app.settings.side,
    )
    with Image.open(io.BytesIO(seen.upright_png)) as upright:
        width, height = upright.size
    keys = [
        await app.blobs.put("photos", seen.upright_png, "png"),
        await app.blobs.put("crops", seen.crop_png, "png"),
    ]
    photo = Photo(
        subject_id=subject.id,
        source_sha256=source,
        filename=file.filename[:100],
        framing=seen.framing,
        width=width,
        height=height,
        sharpness=seen.sharpness,
        light=seen.light,
        phash=seen.phash,
        mirror_phash=seen.mirror_phash,
        warnings=list(seen.warnings),
        crop_x=seen.square.x,
        crop_y=seen.square.y,
        crop_side=seen.square.side,
        upright_key=keys[0],
        crop_key=keys[1],
        created_at=clock.now(),
    )
    if await subjects.add_photo(app.database, photo) is None:
        await asyncio.gather(*(app.blobs.delete(key) for key in keys))
        is_there = await subjects.get_subject(app.database, subject.id) is not None
        raise PhotoRefused("same_file" if is_there else "subject_gone")
    return photo


def covered(photos: Sequence[Photo]) -> Coverage:
    """The coverage of a subject's photos."""
    return coverage(
        [
            Counted(
                id=photo.id or 0,
                framing=cast("Framing", photo.framing),  # the table allows no other
                phash=photo.phash,
                mirror_phash=photo.mirror_phash,
            )
            for photo in photos
        ]
    )
