"""A `train` job from its photos to its adapter: rows and blobs in, rows and blobs out."""

from __future__ import annotations

import io
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

from PIL import Image as Pictures

from storage import clock, gallery, queue, subjects
from storage.tables import Adapter, ClassImage, Crop, Job, Subject
from trainer import priors
from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter
from trainer.base import Base
from trainer.dataset import Called, NothingToLearn, TrainingPhoto, build_dataset, evenly
from trainer.defaults import guidance_for, plan_for
from trainer.dreambooth import Progress, train
from trainer.generate import Request, generate, png_with_parameters
from trainer.plan import Plan
from trainer.pulse import Pulse
from trainer.results import File, Speed, finish
from trainer.studio import Studio

#: What the sample sheet shows: the subject as in its photos, then where it never was.
SAMPLES = (
    "a close-up portrait of a {who}",
    "a portrait of a smiling {who} on a blue background",
    "a close-up of an angry {who} on a yellow background",
    "an upper body picture of a {who} on a white background",
    "a portrait of a {who} at the beach",
    "a portrait of a {who} in the snow",
    "an upper body picture of a {who} in a forest",
    "an upper body picture of a {who} under a night sky",
)

#: What a photo is called besides its own caption: a portrait, which is how most prompts ask for
#: it. With the framing alone "a portrait of" was never learned; with "a picture of", the words of
#: the class images, the class drifted (trainer/tiny/README.md).
ALSO = "a portrait of a {who}"

#: A pause between two looks for waiting prompts; far below what a member notices.
LOOK_EVERY_S = 0.1


def plan_of(base: Base, job: Job) -> Plan:
    """The settings of a job: what the member confirmed, and the base's own for the rest."""
    return replace(plan_for(base), steps=job.spec["steps"], seed=job.id or 0)


async def run(
    studio: Studio,
    lease: queue.Lease,
    pulse: Pulse,
    serve_waiting: Callable[[], Awaitable[None]],
) -> Speed:
    """Train the job's subject and finish the job; how fast it went.

    `serve_waiting` is awaited between two steps, so that prompts do not wait for the end.
    Raises NothingToLearn, BlobMissing, LeaseLost, JobCancelled and what training raises.
    """
    began = clock.monotonic_s()
    job = lease.job
    subject = await subjects.get_subject(studio.database, job.subject_id or 0)
    if subject is None or subject.id is None:
        raise NothingToLearn("The subject is gone.")
    photos = await _photos(studio, subject, job)
    pictures = await _class_pictures(studio, subject, job, pulse, serve_waiting)
    pulse.show("dataset")
    taught = examples(photos, f"{subject.token} {subject.class_word}")
    dataset = await studio.on_device(
        lambda: build_dataset(
            studio.base,
            taught,
            pictures,
            called=Called(subject.token, subject.class_word),
            # a thing may carry writing
            mirror=subject.kind != "object",
        )
    )
    plan = plan_of(studio.base, job)
    last, step_s = await _learn(studio, train(studio.base, dataset, plan), pulse, serve_waiting)
    data = pack_adapter(
        last.checkpoint().weights,
        Origin(
            token=subject.token,
            class_word=subject.class_word,
            base=studio.base.id,
            base_hash=studio.base.weights_hash,
            steps=last.step,
            seed=plan.seed,
            rank=plan.rank,
            alpha=plan.rank,
        ),
    )
    adapter = load_adapter(data)
    before = clock.monotonic_s()
    samples = await _samples(studio, adapter, subject, plan.seed, pulse)
    image_s = (clock.monotonic_s() - before) / len(samples)
    card = {
        "steps": last.step,
        "planned_steps": plan.steps,
        "learning_rate": plan.learning_rate,
        "rank": plan.rank,
        "seed": plan.seed,
        "photos": len(photos),
        "class_images": len(pictures),
        "loss": round(last.loss, 5),
        "step_s": round(step_s, 4),
        "seconds": round(clock.monotonic_s() - began, 1),
        "base": studio.base.id,
        "base_hash": studio.base.weights_hash,
    }
    pulse.check(has_something=True)

    def row(key: str) -> Adapter:
        assert subject.id is not None
        return Adapter(
            subject_id=subject.id,
            job_id=job.id,
            blob_key=key,
            sha256=adapter.sha256,
            size_bytes=len(data),
            base=studio.base.id,
            base_hash=studio.base.weights_hash,
            card=card,
            created_at=clock.now(),
        )

    await finish(studio, lease, card, samples, File("adapters", data, "safetensors", row))
    return Speed(step_s=step_s, image_s=image_s)


async def _photos(studio: Studio, subject: Subject, job: Job) -> list[list[TrainingPhoto]]:
    """The crops that count of each of the job's photos that is still there and has any."""
    wanted = set(job.spec["photos"])
    photos = []
    for shot in await subjects.album(studio.database, subject.id or 0):
        if shot.photo.id not in wanted or shot.photo.framing == "other":
            continue
        crops = [crop for crop in shot.crops if crop.framing != "other"]
        if crops:
            photos.append([TrainingPhoto(await _picture(studio, c), c.caption) for c in crops])
    return photos


def examples(photos: list[list[TrainingPhoto]], who: str) -> list[TrainingPhoto]:
    """Every crop with its caption, and the main one of each photo with the general words too.

    A photo counts the same whether it has one crop or three, and half of that are the general
    words: its crops share clothes, light and backdrop, of which a training soon learns too much,
    so a large photo must not be heard more often than a small one.
    """
    also = ALSO.format(who=who)
    return evenly([part for own in photos for part in (own, [replace(own[0], caption=also)])])


async def _picture(studio: Studio, crop: Crop) -> Pictures.Image:
    picture = Pictures.open(io.BytesIO(await studio.blobs.get(crop.blob_key))).convert("RGB")
    side = studio.base.resolution
    if picture.size != (side, side):  # the base changed since it was cut
        picture = picture.resize((side, side), Pictures.Resampling.LANCZOS)
    return picture


async def _class_pictures(
    studio: Studio,
    subject: Subject,
    job: Job,
    pulse: Pulse,
    serve_waiting: Callable[[], Awaitable[None]],
) -> list[TrainingPhoto]:
    """The shared class images of the subject's class, topped up by what is missing."""
    wanted: int = job.spec["class_images"]
    word, base = subject.class_word, studio.base
    key = priors.class_key(base, word)
    have = await _class_rows(studio, key, word)
    seeds = priors.missing_seeds(wanted, [image.number for image in have])
    progress = {"step": 0, "total": 0}
    drawn = priors.make_class_pictures(
        base, word, seeds, lambda done, total: progress.update(step=done, total=total)
    )
    made = 0
    while (picture := await studio.on_device(lambda: next(drawn, None))) is not None:
        data = png_with_parameters(picture.picture, f"class image of {word}")
        blob = await studio.blobs.put("class", data, "png")
        row = ClassImage(base_hash=key, class_word=word, number=picture.seed, blob_key=blob)
        if not await gallery.add_class_image(studio.database, row):
            await studio.blobs.delete(blob)
        made += 1
        pulse.show("class-images", made, len(seeds))
        pulse.check()
        await serve_waiting()
    have = (await _class_rows(studio, key, word))[:wanted]
    caption = priors.class_prompt(word)
    return [
        TrainingPhoto(
            Pictures.open(io.BytesIO(await studio.blobs.get(image.blob_key))).convert("RGB"),
            caption,
        )
        for image in have
    ]


async def _class_rows(studio: Studio, key: str, word: str) -> list[ClassImage]:
    """The class images whose files are there; the rows of lost files go."""
    rows = []
    for row in await gallery.class_images(studio.database, key, word):
        if await studio.blobs.exists(row.blob_key):
            rows.append(row)
        else:
            await gallery.drop_class_image(studio.database, row)
    return rows


async def _learn(
    studio: Studio,
    steps: Iterator[Progress],
    pulse: Pulse,
    serve_waiting: Callable[[], Awaitable[None]],
) -> tuple[Progress, float]:
    """Run all steps, or as many as its member wants to keep; the last one, and the mean seconds of
    a step without what was served."""
    last: Progress | None = None
    busy_s, looked = 0.0, 0.0
    try:
        while True:
            began = clock.monotonic_s()
            step = await studio.on_device(lambda: next(steps, None))
            if step is None:
                break
            last = step
            busy_s += clock.monotonic_s() - began
            pulse.show("training", step.step, step.total, step.step / busy_s)
            pulse.check(has_something=True)
            if pulse.is_enough:
                break
            if clock.monotonic_s() - looked > LOOK_EVERY_S:
                await serve_waiting()
                looked = clock.monotonic_s()
    finally:
        close = getattr(steps, "close", None)
        if close is not None:
            await studio.on_device(close)
    assert last is not None  # a plan has at least one step
    return last, busy_s / last.step


async def _samples(
    studio: Studio, adapter: LoadedAdapter, subject: Subject, seed: int, pulse: Pulse
) -> list[tuple[Request, Pictures.Image]]:
    who = f"{subject.token} {subject.class_word}"
    requests = [
        Request(
            prompt.format(who=who),
            seed=seed + n,
            guidance=guidance_for(studio.base),
            adapter=adapter,
        )
        for n, prompt in enumerate(SAMPLES)
    ]

    def drawn(done: int, total: int) -> None:
        pulse.show("samples", done, total)

    pictures = await studio.on_device(lambda: generate(studio.base, requests, drawn))
    pulse.check(has_something=True)
    return list(zip(requests, pictures, strict=True))
