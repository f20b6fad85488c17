"""From uploads to photos: each file is examined, kept as two blobs and a row, or refused with a
reason. What goes wrong with one file changes nothing for the others."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

import discord

from bot import strangers, words
from bot.album import Placed, album, called, like, written
from bot.desk import Desk
from bot.download import download
from bot.photos.errors import PhotoRefused
from bot.photos.limits import MAX_BYTES
from bot.photos.seen import to_json
from bot.photos.terms import Framing, Kind
from bot.photos.verdict import judge
from storage import clock, subjects
from storage.subjects import Shot
from storage.tables import Photo, Subject

#: Files taken at a time; a Discord message or modal carries no more than this.
AT_ONCE = 10


@dataclass(frozen=True)
class Taken:
    """What became of one file: a photo, or the reason against it."""

    filename: str
    shot: Shot | None = None
    reason: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


async def has_consented(app: Desk, member_id: int) -> bool:
    """Whether the member said yes to the consent text of today, or to one that holds it; no photo
    is taken before."""
    versions = {consent_version(app), words.CONSENT_WITH_COMPARING}
    return any(
        [await subjects.has_consented(app.database, member_id, version) for version in versions]
    )


def consent_version(app: Desk) -> int:
    """The version of today's consent text."""
    return words.CONSENT_WITH_COMPARING if app.settings.identity else words.CONSENT_VERSION


async def take_all(
    app: Desk, subject: Subject, files: Sequence[discord.Attachment], framing: str | None
) -> list[Taken]:
    """Take the files in the order they were given; what became of each of them."""
    taken = [await take(app, subject, file, framing) for file in files[:AT_ONCE]]
    if app.settings.identity and any(one.shot for one in taken):
        found = await strangers.mark(app, subject, await album(app, subject))
        for one in taken:
            if one.shot is not None:
                one.shot.photo.stranger = one.shot.photo.id in found
    too_many = PhotoRefused("too_many_files", most=AT_ONCE)
    return taken + [_against(file, too_many) for file in files[AT_ONCE:]]


async def take(app: Desk, subject: Subject, file: discord.Attachment, framing: str | None) -> Taken:
    """Take one file. Never raises for anything a member can cause."""
    try:
        return Taken(file.filename, await _take(app, subject, file, framing))
    except PhotoRefused as refused:
        return _against(file, refused)


def _against(file: discord.Attachment, refused: PhotoRefused) -> Taken:
    return Taken(file.filename, reason=refused.reason, facts=refused.facts)


async def _take(app: Desk, subject: Subject, file: discord.Attachment, framing: str | None) -> Shot:
    assert subject.id is not None
    most = app.settings.photos_per_subject
    if len(await subjects.photos_of(app.database, subject.id)) >= most:
        raise PhotoRefused("full", most=most)
    if file.size > MAX_BYTES:
        raise PhotoRefused("too_many_bytes", bytes=file.size, limit=MAX_BYTES)
    data = await download(file)
    source = hashlib.sha256(data).hexdigest()
    if await subjects.knows_photo(app.database, subject.id, source):
        raise PhotoRefused("same_file")
    examined = await app.examiner.examine(
        data,
        kind=cast("Kind", subject.kind),
        declared=cast("Framing | None", framing),
        resolution=app.settings.side,
    )
    declared = cast("Framing | None", framing)
    judged = judge(
        examined.seen,
        kind=cast("Kind", subject.kind),
        declared=declared,
        picked=None,
        resolution=app.settings.side,
    )
    photo = Photo(
        subject_id=subject.id,
        source_sha256=source,
        filename=file.filename[:100],
        framing=judged.counts,
        declared=declared,
        alike=await like(examined.seen, await subjects.album(app.database, subject.id)),
        seen=to_json(examined.seen),
        width=examined.width,
        height=examined.height,
        upright_key=await app.blobs.put("photos", examined.upright_png, "png"),
        created_at=clock.now(),
    )
    squares = [
        Placed(one.framing, one.square, caption=called(subject, one.framing, examined.seen, judged))
        for one in examined.cuts
    ]
    cuts = await written(app, squares, [one.png for one in examined.cuts])
    if await subjects.add_photo(app.database, photo, cuts) is None:
        keys = [photo.upright_key, *(cut.blob_key for cut in cuts)]
        await asyncio.gather(*(app.blobs.delete(key) for key in keys))
        is_there = await subjects.get_subject(app.database, subject.id) is not None
        raise PhotoRefused("same_file" if is_there else "subject_gone")
    return Shot(photo, cuts)
