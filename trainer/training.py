"""A `train` job from its photos to its adapters: rows and blobs in, rows and blobs out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from storage import clock, queue, subjects
from storage.tables import Adapter, Job, Subject
from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter
from trainer.base import Base
from trainer.card import Set, card_of, watch_memory
from trainer.dataset import Called, Dataset, NothingToLearn, build_dataset
from trainer.defaults import plan_for
from trainer.drawing import stored_adapter
from trainer.gather import Between, class_pictures, examples, hold_out, photos_of
from trainer.judge import WORK
from trainer.learning import Lesson
from trainer.plan import Plan
from trainer.preview import Previews
from trainer.pulse import Pulse
from trainer.rack import AdapterMismatch
from trainer.results import File, Speed, finish
from trainer.sheet import draw_sheet, face_distances
from trainer.studio import Studio

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
    lesson = Lesson(
        studio,
        lease,
        pulse,
        serve_waiting,
        may_end_early=start is None,
        previews=Previews(studio, lease, subject, plan.seed),
    )
    learned = await lesson.run(dataset, plan, start.weights if start else None)
    before = start.origin.steps if start else 0
    packed = {
        before + step: pack_adapter(weights, _origin(base, subject, plan, before + step))
        for step, weights in learned.candidates().items()
    }
    loaded = {step: load_adapter(data) for step, data in packed.items()}
    drawing_from = clock.monotonic_s()
    samples = await draw_sheet(studio, list(loaded.values()), subject, plan.seed, pulse)
    image_s = (clock.monotonic_s() - drawing_from) / len(samples)
    near = await face_distances(subject, [own[0].picture for own in photos], samples, list(packed))
    card = card_of(
        base,
        plan,
        dataset,
        learned,
        Set(photos=len(photos), held_out=len(held), class_images=len(pictures)),
        before=before,
        faces=near,
    )
    card |= {
        "candidates": list(packed),
        "seconds": round(clock.monotonic_s() - began, 1),
        "from": job.spec.get("from"),
    }
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


async def _start(studio: Studio, job: Job) -> LoadedAdapter | None:
    """The adapter that the training goes on from, where it does."""
    number = job.spec.get("from")
    if number is None:
        return None
    start = await stored_adapter(studio, number)
    if start.origin.base_hash != studio.base.weights_hash:
        raise AdapterMismatch(f"The adapter was not made for {studio.base.id}.")
    return start


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
