"""Jobs for a worker on real rows, real files and a real (small) base."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable

from PIL import Image as Pictures
from PIL.Image import Image as Picture

from storage import clock, gallery, queue
from storage.tables import (
    Adapter,
    Checkpoint,
    ClassImage,
    Crop,
    Image,
    Job,
    Photo,
    Preview,
    Source,
    Subject,
)
from tests.rows import ask, files, new_photo, new_subject, rows
from trainer.worker import Worker

#: The most steps there can be; more than any test waits for.
ENDLESS = 10_000


class Watched(Worker):
    """A worker with something happening at its first look between two steps."""

    act: Callable[[], Awaitable[None]] | None = None

    async def _between_steps(self) -> bool:
        act, self.act = self.act, None
        if act is not None:
            await act()
        return await super()._between_steps()


async def ready(worker: Worker, token: str = "zwx") -> Subject:
    """A subject with photos."""
    database, blobs = worker.studio.database, worker.studio.blobs
    subject = await new_subject(database, token=token)
    for framing in ("face", "torso"):
        await new_photo(database, blobs, subject, framing)
    return subject


async def ask_training(
    worker: Worker, subject: Subject, steps: int = 2, class_images: int = 0
) -> Job:
    photos = [p.id for p in await rows(worker.studio.database, Photo) if p.subject_id == subject.id]
    spec = {"steps": steps, "class_images": class_images, "photos": photos}
    return await ask(worker.studio.database, kind="train", subject=subject, spec=spec)


async def ask_picture(worker: Worker, subject: Subject, pictures: int = 1, **more: object) -> Job:
    """`more` goes into what is asked for."""
    adapter = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert adapter is not None
    prompt = f"a {subject.token} woman at the beach"
    spec = {"prompt": prompt, "typed": prompt, "adapter": adapter.id, "seed": 3,
            "pictures": pictures, **more}  # fmt: skip
    return await ask(worker.studio.database, subject=subject, spec=spec)


async def source(
    worker: Worker, subject: Subject, picture: Picture, mask: Picture | None = None
) -> Source:
    """A picture that is to be worked on, as the bot leaves it."""
    keys = [
        await worker.studio.blobs.put("sources", as_png(one), "png") if one else None
        for one in (picture, mask)
    ]
    async with worker.studio.database.write() as session:
        row = Source(
            owner_id=subject.owner_id, subject_id=subject.id, blob_key=keys[0], mask_key=keys[1],
            width=picture.width, height=picture.height, drawn=True, created_at=clock.now(),
        )  # fmt: skip
        session.add(row)
        await session.flush()
        return row


async def drawn(worker: Worker, job: Job) -> list[Picture]:
    """The pictures of a job, in order."""
    found = await gallery.images_of(worker.studio.database, job.id or 0)
    assert all(image.explicit is None for image in found)  # to be looked at, elsewhere
    data = [await worker.studio.blobs.get(image.blob_key) for image in found]
    pictures = [Pictures.open(io.BytesIO(one)) for one in data]
    assert [(i.width, i.height) for i in found] == [picture.size for picture in pictures]
    return pictures


def as_png(picture: Picture) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


async def now(worker: Worker, job: Job) -> Job:
    found = await queue.get(worker.studio.database, job.id or 0)
    assert found is not None
    return found


async def is_tidy(worker: Worker) -> bool:
    """Whether every file has a row."""
    database = worker.studio.database
    named = {photo.upright_key for photo in await rows(database, Photo)}
    for table in (Crop, Adapter, Image, ClassImage, Checkpoint, Preview):
        named |= {row.blob_key for row in await rows(database, table)}
    for row in await rows(database, Source):
        named |= {row.blob_key, row.mask_key} - {None}
    return await files(worker.studio.blobs) == named
