"""A `train` job from its photos to its adapters: rows and blobs in, rows and blobs out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PIL import Image as Pictures

from storage import clock, gallery, queue, subjects
from storage.errors import BlobMissing
from storage.tables import Adapter, Job, Subject
from trainer import likeness
from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter, read_adapter
from trainer.base import Base
from trainer.card import Set, card_of, watch_memory
from trainer.dataset import Called, Dataset, NothingToLearn, build_dataset
from trainer.defaults import guidance_for, plan_for
from trainer.drawing import AdapterGone
from trainer.gather import Between, class_pictures, examples, hold_out, photos_of
from trainer.generate import Request, generate
from trainer.judge import WORK
from trainer.learning import Learned, Lesson
from trainer.plan import Plan
from trainer.pulse import Pulse
from trainer.rack import AdapterMismatch
from trainer.results import File, Picture, Speed, finish
from trainer.studio import Studio

#: What the sample sheet shows of each candidate: the subject as in its photos, then where it never
#: was. By the subject's kind: nobody smiles on a teapot.
SAMPLES = {
    "object": (
        "a close-up picture of a {who}",
        "a picture of a {who} on a white background",
        "a picture of a {who} at the beach",
        "a picture of a {who} in the snow",
    ),
    "pet": (
        "a close-up portrait of a {who}",
        "a picture of a {who} on a blue background",
        "a picture of a {who} at the beach",
        "a picture of a {who} in a forest",
    ),
}
PORTRAITS = (
    "a close-up portrait of a {who}",
    "a portrait of a smiling {who} on a blue background",
    "a portrait of a {who} at the beach",
    "an upper body picture of a {who} in a forest",
)
#: An adapter that is gone on with starts gently: AdamW knows nothing of its weights yet.
WARM_UP = 20


def plan_of(base: Base, job: Job, start: LoadedAdapter | None = None) -> Plan:
    """The settings of a job: what the member confirmed, and the base's own for the rest."""
    spec = job.spec
    plan = replace(
        plan_for(base),
        steps=spec["steps"],
        seed=job.id or 0,
        method=spec.get("method", "lora"),
    )
    if spec.get("learning_rate") is not None:
        plan = replace(plan, learning_rate=spec["learning_rate"])
    if start is not None:
        # what was learned keeps its shape, and its token its place
        plan = replace(plan, rank=start.origin.rank, warm_up=WARM_UP, token_share=0.0)
    return plan


async def run(studio: Studio, lease: queue.Lease, pulse: Pulse, serve_waiting: Between) -> Speed:
    """Train the job's subject and finish the job; how fast it went.

    `serve_waiting` is awaited between two steps, so that prompts do not wait for the end.
    Raises NothingToLearn, BlobMissing, LeaseLost, JobCancelled and what training raises.
    """
    began = clock.monotonic_s()
    base, job = studio.base, lease.job
    subject = await subjects.get_subject(studio.database, job.subject_id or 0)
    if subject is None or subject.id is None:
        raise NothingToLearn("The subject is gone.")
    watch_memory(base)
    photos = await photos_of(studio, subject, job)
    start = await _start(studio, job)
    pictures = await class_pictures(studio, subject, job.spec["class_images"], pulse, serve_waiting)
    pulse.show("dataset")
    plan = plan_of(base, job, start)
    who = f"{subject.token} {subject.class_word}"
    taught, held = hold_out(photos, plan.seed)
    dataset = await studio.on_device(
        lambda: build_dataset(
            base,
            examples(taught, who),
            pictures,
            held_out=[own[0] for own in held],
            called=Called(subject.token, subject.class_word),
            # a thing may carry writing
            mirror=subject.kind != "object",
        )
    )
    lesson = Lesson(studio, lease, pulse, serve_waiting, may_end_early=start is None)
    learned = await lesson.run(dataset, plan, start.weights if start else None)
    before = start.origin.steps if start else 0
    packed = {
        before + step: pack_adapter(weights, _origin(base, subject, plan, before + step))
        for step, weights in _candidates(learned).items()
    }
    loaded = {step: load_adapter(data) for step, data in packed.items()}
    drawing_from = clock.monotonic_s()
    samples = await _samples(studio, list(loaded.values()), subject, plan.seed, pulse)
    image_s = (clock.monotonic_s() - drawing_from) / len(samples)
    near = await _likeness(subject, [own[0].picture for own in photos], samples, list(packed))
    card = card_of(
        base,
        plan,
        dataset,
        learned,
        Set(photos=len(photos), held_out=len(held), class_images=len(pictures)),
        before=before,
        faces=near,
        candidates=list(packed),
        seconds=round(clock.monotonic_s() - began, 1),
        **{"from": job.spec.get("from")},
    )
    proposed = before + learned.proposed
    files = [
        _file(
            subject.id, job, data, loaded[step], card | {"steps": step, "row": row},
            is_chosen=step == proposed,
        )
        for row, (step, data) in enumerate(packed.items())
    ]  # fmt: skip
    outcome = card | {"steps": proposed, "row": list(packed).index(proposed)}
    pulse.check(has_something=True)
    await finish(studio, lease, outcome, samples, *files)
    return Speed(step_s=_usual_s(plan, dataset, learned.step_s), image_s=image_s)


def _usual_s(plan: Plan, dataset: Dataset, step_s: float) -> float:
    """About how long a step of the usual kind would take, by which all plans are timed: a LoRA's
    with class images."""
    return step_s * 2 * WORK["lora"] / (2 * WORK[plan.method] + (dataset.prior is None))


async def _likeness(
    subject: Subject, photos: Sequence[Pictures.Image], samples: Sequence[Picture], steps: list[int]
) -> dict[int, float]:
    """For a person, how near the faces on the samples of each step are to the photos'."""
    if subject.kind != "person" or not likeness.is_installed():
        return {}
    across = len(samples) // len(steps)
    rows = [samples[row * across : (row + 1) * across] for row in range(len(steps))]
    found = {
        step: await asyncio.to_thread(likeness.distance, photos, [picture for _, picture in row])
        for step, row in zip(steps, rows, strict=True)
    }
    return {step: value for step, value in found.items() if value is not None}


async def _start(studio: Studio, job: Job) -> LoadedAdapter | None:
    """The adapter that the training goes on from, where it does."""
    number = job.spec.get("from")
    if number is None:
        return None
    row = await gallery.get_adapter(studio.database, number)
    if row is None:
        raise AdapterGone
    try:
        start = read_adapter(await studio.blobs.get(row.blob_key), row.sha256)
    except BlobMissing as missing:
        raise AdapterGone from missing
    if start.origin.base_hash != studio.base.weights_hash:
        raise AdapterMismatch(f"The adapter was not made for {studio.base.id}.")
    return start


def _candidates(learned: Learned) -> Mapping[int, Mapping[str, Any]]:
    """The weights at each step that is worth a choice, fewest steps first."""
    course = learned.course
    steps = sorted({*course.candidates(), learned.proposed})
    return {step: course.weights(step) for step in steps}


def _origin(base: Base, subject: Subject, plan: Plan, steps: int) -> Origin:
    return Origin(
        token=subject.token,
        class_word=subject.class_word,
        base=base.id,
        base_hash=base.weights_hash,
        steps=steps,
        seed=plan.seed,
        rank=plan.rank,
        alpha=plan.rank,
    )


def _file(
    subject_id: int,
    job: Job,
    data: bytes,
    adapter: LoadedAdapter,
    card: dict[str, Any],
    *,
    is_chosen: bool,
) -> File:
    def row(key: str) -> Adapter:
        made_at = clock.now()
        return Adapter(
            subject_id=subject_id,
            job_id=job.id,
            blob_key=key,
            sha256=adapter.sha256,
            size_bytes=len(data),
            base=adapter.origin.base,
            base_hash=adapter.origin.base_hash,
            step=adapter.origin.steps,
            card=card,
            created_at=made_at,
            chosen_at=made_at if is_chosen else None,
        )

    return File("adapters", data, "safetensors", row)


async def _samples(
    studio: Studio,
    adapters: Sequence[LoadedAdapter],
    subject: Subject,
    seed: int,
    pulse: Pulse,
) -> list[Picture]:
    """A row of pictures for each adapter, of the same prompts and seeds."""
    who = f"{subject.token} {subject.class_word}"
    prompts = SAMPLES.get(subject.kind, PORTRAITS)
    made: list[Picture] = []
    for row, adapter in enumerate(adapters):
        requests = [
            Request(
                prompt.format(who=who),
                seed=seed + column,
                guidance=guidance_for(studio.base),
                adapter=adapter,
            )
            for column, prompt in enumerate(prompts)
        ]

        def drawn(done: int, total: int, before: int = row) -> None:
            pulse.show("samples", before * total + done, len(adapters) * total)

        pictures = await studio.on_device(partial(generate, studio.base, requests, drawn))
        pulse.check(has_something=True)
        made += zip(requests, pictures, strict=True)
    return made
