"""Where a subject stands before a training: what there is to learn from, on what, and what the
version in use has learned of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import cast

from bot.desk import Desk
from bot.fits import fits
from bot.photos.coverage import Coverage
from bot.photos.terms import Kind
from bot.plan import Case, family_of
from storage import gallery, queue, subjects
from storage.engine import Database
from storage.settings import METHODS, Method
from storage.subjects import Shot
from storage.tables import Adapter, Subject, Worker


@dataclass(frozen=True)
class Learned:
    """The adapter in use; how many of the photos that count are `new` to it, how many that it has
    learned from are `gone` or count no more; and whether the base is still the one it was learned
    on."""

    adapter: Adapter
    new: int
    gone: int
    is_on_this_base: bool

    @property
    def method(self) -> Method:
        """How it was learned. Before methods could be chosen all were a LoRA."""
        named = self.adapter.card.get("method")
        return cast("Method", named) if named in METHODS else "lora"


@dataclass(frozen=True)
class Standing:
    """`photos` are the ids of those that count; `worker` is the trainer seen last, if any ever was,
    and `known` what the subject has learned, if anything."""

    photos: list[int]
    case: Case
    worker: Worker | None
    known: Learned | None


async def standing(app: Desk, subject: Subject, shots: Sequence[Shot], cover: Coverage) -> Standing:
    """Where the subject of these photos stands."""
    counting = [
        shot.photo.id
        for shot in shots
        if shot.crops
        and shot.photo.framing != "other"
        and shot.photo.id is not None
        and shot.photo.id not in cover.duplicates
    ]
    worker = await gallery.latest_worker(app.database)
    base = app.settings.base
    family = family_of(base, worker.family if worker and worker.base == base else None)
    case = Case(family, cast("Kind", subject.kind), subject.class_word, len(counting))
    assert subject.id is not None
    adapter = await gallery.current_adapter(app.database, subject.id)
    if adapter is None:
        return Standing(counting, case, worker, None)
    seen = await _learned_from(app.database, adapter, counting)
    new, gone = set(counting) - seen, seen - set(counting)
    return Standing(
        counting, case, worker, Learned(adapter, len(new), len(gone), fits(app, worker, adapter))
    )


async def _learned_from(
    database: Database, adapter: Adapter, counting: Collection[int]
) -> set[int]:
    """The ids of the photos that the adapter was made from, gone ones included."""
    job = await queue.get(database, adapter.job_id) if adapter.job_id is not None else None
    if job is not None and "photos" in job.spec:
        return set(job.spec["photos"])
    # its job is no longer known: then from those of today's that were there before it
    return {
        photo.id or 0
        for photo in await subjects.photos_of(database, adapter.subject_id)
        if photo.id in counting and photo.created_at <= adapter.created_at
    }
