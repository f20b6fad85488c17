"""What a training learns from: the crops of the job's photos, their captions, and how often."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image as Pictures

from storage import subjects
from storage.tables import Job
from tests.rows import (
    CAPTIONS,
    crops_of,
    new_crop,
    new_photo,
    new_subject,
)
from tests.trainer.serving import ask_training, now
from trainer.base import Base
from trainer.dataset import Dataset, TrainingPhoto, build_dataset
from trainer.gather import ALSO
from trainer.worker import Worker


async def served(worker: Worker, job: Job) -> Job:
    """The job once the worker is done with it."""
    await worker.serve_one()
    return await now(worker, job)


def taught(monkeypatch: pytest.MonkeyPatch) -> list[TrainingPhoto]:
    """What every training from here on is built from."""
    seen: list[TrainingPhoto] = []

    def build(base: Base, photos: Sequence[TrainingPhoto], pictures: Any, **more: Any) -> Dataset:
        seen.extend(photos)
        return build_dataset(base, photos, pictures, **more)

    monkeypatch.setattr("trainer.training.build_dataset", build)
    return seen


def a_square(colour: str, side: int = 64) -> bytes:
    out = io.BytesIO()
    Pictures.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()


async def test_every_crop_is_taught_in_its_words_and_each_photo_as_often(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Crops of another size are resized: the base changed since they were cut."""
    database, blobs = worker.studio.database, worker.studio.blobs
    subject = await new_subject(database)
    large = await new_photo(
        database, blobs, subject, "torso", a_square("red", 64), a_square("blue")
    )
    await new_photo(database, blobs, subject, "chest", a_square("green", 20))
    head = (await crops_of(database, large))[1]
    await subjects.reword(database, 1, head.id or 0, "zwx woman on a horse")
    seen = taught(monkeypatch)
    job = await ask_training(worker, subject, steps=1)
    assert (await served(worker, job)).outcome["photos"] == 2
    side = worker.studio.base.resolution
    assert {photo.picture.size for photo in seen} == {(side, side)}
    colours = {(255, 0, 0): "red", (0, 0, 255): "blue", (0, 128, 0): "green"}
    counted = Counter((colours[photo.picture.getpixel((0, 0))], photo.caption) for photo in seen)
    assert counted == {
        ("red", CAPTIONS["torso"]): 1,
        ("blue", "zwx woman on a horse"): 1,
        ("red", ALSO.format(who="zwx woman")): 2,
        ("green", CAPTIONS["chest"]): 2,
        ("green", ALSO.format(who="zwx woman")): 2,
    }
    assert len({id(photo.picture) for photo in seen}) == 3


async def test_what_does_not_count_is_not_taught(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, blobs = worker.studio.database, worker.studio.blobs
    subject = await new_subject(database)
    for framing in ("face", "torso"):
        await new_photo(database, blobs, subject, framing)
    bare, other, part = [
        await new_photo(database, blobs, subject, framing, *[a_square("red")] * 2)
        for framing in ("face", "other", "face")
    ]
    await subjects.change_photo(database, 1, bare.id or 0, crops=[])
    first, second = await crops_of(database, part)
    first.framing = "other"
    await subjects.change_photo(database, 1, part.id or 0, crops=[first, second])
    kept = await new_crop(blobs, "face")  # of a photo that counts for nothing
    await subjects.change_photo(database, 1, other.id or 0, kept=True, crops=[kept])
    seen = taught(monkeypatch)
    job = await ask_training(worker, subject, steps=1)
    unasked = await new_photo(database, blobs, subject)
    assert (await served(worker, job)).outcome["photos"] == 3  # the first two, and part of one
    red = [photo.caption for photo in seen if photo.picture.getpixel((0, 0)) == (255, 0, 0)]
    assert red == [CAPTIONS["face"], ALSO.format(who="zwx woman")]
    assert len(seen) == 6
    assert unasked.id not in job.spec["photos"]


async def test_photos_of_which_none_counts_say_so(worker: Worker) -> None:
    database, blobs = worker.studio.database, worker.studio.blobs
    subject = await new_subject(database)
    await new_photo(database, blobs, subject, "other")
    job = await ask_training(worker, subject, steps=1)
    assert (await served(worker, job)).error == "no_photos"
