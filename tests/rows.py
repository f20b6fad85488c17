"""Rows and files as the bot and the trainer would make them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from typing import Any

from PIL import Image as Pictures
from sqlalchemy import func, select

from storage import clock, queue, subjects
from storage.blobs import Blobs
from storage.engine import Database
from storage.queue import NO_QUOTAS, Lease, Quotas, Request
from storage.tables import Adapter, Crop, Image, Job, Photo, Subject

_numbers = iter(range(10**9))


def _square() -> bytes:
    out = io.BytesIO()
    Pictures.new("RGB", (64, 64), "teal").save(out, "PNG")
    return out.getvalue()


SQUARE = _square()
CAPTIONS = {
    "face": "a close-up portrait of a zwx woman",
    "chest": "a portrait of a zwx woman, head and shoulders",
    "torso": "an upper body picture of a zwx woman",
    "other": "a picture of a zwx woman",
}


async def files(blobs: Blobs) -> set[str]:
    """The names of all files that are there."""
    return {name async for name, _ in blobs.ages()}


async def new_subject(  # noqa: PLR0917
    database: Database,
    owner_id: int = 1,
    token: str = "zwx",
    kind: str = "character",
    class_word: str = "woman",
    base: str = "tiny",
) -> Subject:
    return await subjects.create_subject(
        database, owner_id=owner_id, token=token, class_word=class_word, kind=kind, base=base
    )


async def new_photo(
    database: Database,
    blobs: Blobs,
    subject: Subject,
    framing: str = "face",
    *crops: bytes,
) -> Photo:
    """A photo that is like no other, with one crop of its framing, or with those given."""
    number = next(_numbers)
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    photo = Photo(
        subject_id=subject.id,
        source_sha256=digest,
        filename=f"photo-{number}.jpg",
        framing=framing,
        width=64,
        height=64,
        upright_key=await blobs.put("photos", b"upright", "png"),
        created_at=clock.now(),
    )
    cut = [await new_crop(blobs, framing, data) for data in crops or (SQUARE,)]
    added = await subjects.add_photo(database, photo, cut)
    assert added is not None
    return added


async def new_crop(blobs: Blobs, framing: str = "face", data: bytes = SQUARE) -> Crop:
    """A crop whose file is there and which is not yet hung on a photo."""
    return Crop(
        framing=framing,
        x=0,
        y=0,
        side=64,
        resolution=64,
        caption=CAPTIONS[framing],
        blob_key=await blobs.put("crops", data, "png"),
        created_at=clock.now(),
    )


async def crops_of(database: Database, photo: Photo) -> Sequence[Crop]:
    """The photo's crops, the main one first."""
    return [crop for crop in await rows(database, Crop) if crop.photo_id == photo.id]


async def keys_of(database: Database, *photos: Photo) -> set[str]:
    """The files of these photos and of their crops."""
    cut = {crop.blob_key for photo in photos for crop in await crops_of(database, photo)}
    return cut | {photo.upright_key for photo in photos}


async def ask(
    database: Database,
    owner_id: int = 1,
    *,
    kind: str = "generate",
    subject: Subject | None = None,
    request_id: str | None = None,
    spec: dict[str, Any] | None = None,
    max_attempts: int = 3,
    channel_id: int | None = None,
    server_id: int | None = None,
    priority: int = 0,
    quotas: Quotas = NO_QUOTAS,
) -> Job:
    """A request of a member, who gets a row when there is none yet."""
    await subjects.give_consent(database, owner_id, 1)
    return await queue.enqueue(
        database,
        Request(
            kind=kind,
            owner_id=owner_id,
            subject_id=subject.id if subject else None,
            request_id=request_id or f"request-{next(_numbers)}",
            spec=spec or {},
            max_attempts=max_attempts,
            channel_id=channel_id,
            server_id=server_id,
            priority=priority,
        ),
        quotas,
    )


async def claimed(database: Database, **options: Any) -> Lease:
    lease = await queue.claim(database, **options)
    assert lease is not None
    return lease


def an_image(job: Job, number: int, key: str) -> Image:
    return Image(
        job_id=job.id,
        owner_id=job.owner_id,
        number=number,
        blob_key=key,
        seed=number,
        width=64,
        height=64,
        parameters="a prompt",
        created_at=clock.now(),
    )


def an_adapter(
    subject: Subject,
    job: Job | None,
    key: str,
    data: bytes = b"weights",
    *,
    step: int = 0,
    is_chosen: bool = True,
    card: dict[str, Any] | None = None,
) -> Adapter:
    """What a training leaves: the one it proposes is chosen, the others are not."""
    now = clock.now()
    return Adapter(
        subject_id=subject.id,
        job_id=job.id if job else None,
        blob_key=key,
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(data),
        base=subject.base,
        base_hash="0" * 64,
        card=card or {},
        step=step,
        chosen_at=now if is_chosen else None,
        created_at=now,
    )


async def trained(database: Database, blobs: Blobs, subject: Subject, **options: Any) -> Adapter:
    """The subject with an adapter, as after a training."""
    key = await blobs.put("adapters", b"weights", "safetensors")
    adapter = an_adapter(subject, None, key, **options)
    async with database.write() as session:
        session.add(adapter)
    return adapter


async def rows(database: Database, table: Any) -> Sequence[Any]:
    async with database.read() as session:
        return (await session.scalars(select(table).order_by(*table.__table__.primary_key))).all()


async def count(database: Database, table: Any) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0
