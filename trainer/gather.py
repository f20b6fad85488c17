"""What a training learns from: the subject's photos, and the shared pictures of its class."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import torch
from PIL import Image as Pictures

from storage import gallery, subjects
from storage.tables import ClassImage, Crop, Job, Subject
from trainer import priors
from trainer.dataset import TrainingPhoto, evenly
from trainer.provenance import marked_png
from trainer.pulse import Pulse
from trainer.seeds import stream
from trainer.studio import Studio

#: What a photo is called besides its own caption. It says nothing of the framing: with "a portrait
#: of" for close-ups and torsos too, all framings came to look alike (trainer/tiny/README.md).
ALSO = "a picture of a {who}"

#: From so many photos on, so many are kept for judging. Of fewer each one is needed.
HELD_OUT = ((30, 3), (16, 2), (10, 1))

Photos = list[list[TrainingPhoto]]
#: Lets prompts have the base; whether nobody waits for it any more.
Between = Callable[[], Awaitable[bool]]


async def photos_of(studio: Studio, subject: Subject, job: Job) -> Photos:
    """The crops that count of each of the job's photos that is still there and has any."""
    wanted = set(job.spec["photos"])
    photos = []
    for shot in await subjects.album(studio.database, subject.id or 0):
        if shot.photo.id not in wanted or shot.photo.framing == "other":
            continue
        crops = [crop for crop in shot.crops if crop.framing != "other"]
        if crops:
            photos.append([await _photo(studio, crop) for crop in crops])
    return photos


async def _photo(studio: Studio, crop: Crop) -> TrainingPhoto:
    picture = Pictures.open(io.BytesIO(await studio.blobs.get(crop.blob_key))).convert("RGB")
    side = studio.base.resolution
    if picture.size != (side, side):  # the base changed since it was cut
        picture = picture.resize((side, side), Pictures.Resampling.LANCZOS)
    return TrainingPhoto(picture, crop.caption, crop.side)


def examples(photos: Photos, who: str) -> list[TrainingPhoto]:
    """Every crop with its caption, and the main one of each photo with the general words too.

    A photo counts the same whether it has one crop or three, and half of that are the general
    words: its crops share clothes, light and backdrop, of which a training soon learns too much,
    so a large photo must not be heard more often than a small one.
    """
    also = ALSO.format(who=who)
    return evenly([part for own in photos for part in (own, [replace(own[0], caption=also)])])


def hold_out(photos: Photos, seed: int) -> tuple[Photos, Photos]:
    """The photos to learn from, and those to judge by: none where there are few."""
    count = next((held for least, held in HELD_OUT if len(photos) >= least), 0)
    order = torch.randperm(len(photos), generator=stream("held out", seed))
    chosen = set(order[:count].tolist())
    taught = [own for n, own in enumerate(photos) if n not in chosen]
    return taught, [own for n, own in enumerate(photos) if n in chosen]


async def class_pictures(
    studio: Studio, subject: Subject, wanted: int, pulse: Pulse, serve_waiting: Between
) -> list[TrainingPhoto]:
    """The shared class images of the subject's class, topped up by what is missing."""
    word, base = subject.class_word, studio.base
    key = priors.class_key(base, word, subject.kind)
    have = await _class_rows(studio, key, word)
    seeds = priors.missing_seeds(wanted, [image.number for image in have])
    drawn = priors.make_class_pictures(base, word, seeds, subject.kind)
    made = 0
    while (picture := await studio.on_device(lambda: next(drawn, None))) is not None:
        data = marked_png(picture.picture, f"class image of {word}")
        blob = await studio.blobs.put("class", data, "png")
        row = ClassImage(base_hash=key, class_word=word, number=picture.seed, blob_key=blob)
        if not await gallery.add_class_image(studio.database, row):
            await studio.blobs.delete(blob)
        made += 1
        pulse.show("class-images", made, len(seeds))
        pulse.check()
        await serve_waiting()
    have = (await _class_rows(studio, key, word))[:wanted]
    return [
        TrainingPhoto(
            Pictures.open(io.BytesIO(await studio.blobs.get(image.blob_key))).convert("RGB"),
            priors.class_prompt(word, image.number, subject.kind),
        )
        for image in have
    ]


async def _class_rows(studio: Studio, key: str, word: str) -> Sequence[ClassImage]:
    """The class images whose files are there; the rows of lost files go."""
    rows = []
    for row in await gallery.class_images(studio.database, key, word):
        if await studio.blobs.exists(row.blob_key):
            rows.append(row)
        else:
            await gallery.drop_class_image(studio.database, row)
    return rows
