"""Asking for a training, and what a plan depends on: a trainer, photos, what is learned already."""

from __future__ import annotations

from typing import Any

from storage import clock, gallery, subjects
from storage.tables import Adapter, Job, Subject, Worker
from tests.bot.commands.conftest import Studio
from tests.rows import an_adapter, ask, claimed, new_photo, rows

HASH = "0" * 64


async def trainer(studio: Studio, **known: Any) -> Worker:
    """A trainer that is awake, on the base that adapters of these tests are made on."""
    worker = Worker(**{"base": "tiny", "base_hash": HASH, "device": "cpu", **known})
    await gallery.check_in(studio.bot.database, worker)
    return worker


async def train(studio: Studio, **options: Any) -> Any:
    return await studio.slash(studio.alice, "train start", token="zwx", **options)


async def learned(studio: Studio, subject: Subject, **card: Any) -> Adapter:
    """A training of the subject from the photos that it has now, over and done."""
    photos = [photo.id for photo in await subjects.photos_of(studio.bot.database, subject.id or 0)]
    job = await ask(
        studio.bot.database, studio.alice.id, kind="train", subject=subject, spec={"photos": photos}
    )
    lease = await claimed(studio.bot.database)
    await studio.finish(lease, {"steps": 320}, 0)
    data = f"weights of {job.id}".encode()
    adapter = an_adapter(
        subject, job, await studio.bot.blobs.put("adapters", data, "safetensors"), data
    )
    adapter.card, adapter.step, adapter.chosen_at = card, 320, clock.now()
    async with studio.bot.database.write() as session:
        session.add(adapter)
    return adapter


async def more_photos(studio: Studio, subject: Subject, number: int) -> None:
    for _ in range(number):
        await new_photo(studio.bot.database, studio.bot.blobs, subject)


async def open_job(studio: Studio) -> Job:
    (job,) = [j for j in await rows(studio.bot.database, Job) if j.state == "queued"]
    return job
