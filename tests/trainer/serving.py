"""Jobs for a worker on real rows, real files and a real (small) base."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from storage import gallery, queue
from storage.tables import Adapter, Checkpoint, ClassImage, Crop, Image, Job, Photo, Subject
from tests.rows import ask, files, new_photo, new_subject, rows
from trainer.worker import Worker

#: The most steps there can be; more than any test waits for.
ENDLESS = 10_000


class Watched(Worker):
    """A worker with something happening at its first look between two steps."""

    act: Callable[[], Awaitable[None]] | None = None

    async def _between_steps(self) -> None:
        act, self.act = self.act, None
        if act is not None:
            await act()
        await super()._between_steps()


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


async def ask_picture(worker: Worker, subject: Subject, pictures: int = 1) -> Job:
    adapter = await gallery.current_adapter(worker.studio.database, subject.id or 0)
    assert adapter is not None
    prompt = f"a {subject.token} woman at the beach"
    spec = {"prompt": prompt, "typed": prompt, "adapter": adapter.id, "seed": 3,
            "pictures": pictures}  # fmt: skip
    return await ask(worker.studio.database, subject=subject, spec=spec)


async def now(worker: Worker, job: Job) -> Job:
    found = await queue.get(worker.studio.database, job.id or 0)
    assert found is not None
    return found


async def is_tidy(worker: Worker) -> bool:
    """Whether every file has a row."""
    database = worker.studio.database
    named = {photo.upright_key for photo in await rows(database, Photo)}
    for table in (Crop, Adapter, Image, ClassImage, Checkpoint):
        named |= {row.blob_key for row in await rows(database, table)}
    return await files(worker.studio.blobs) == named
