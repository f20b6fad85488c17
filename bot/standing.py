"""Where a subject stands before a training: what there is to learn from, on what, and what the
version in use has learned of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from bot.album import counts
from bot.desk import Desk
from bot.families import family_of
from bot.fits import fits, trainer_of_today
from bot.photos.coverage import Coverage
from bot.photos.terms import Kind
from bot.plan import Case
from storage import gallery, queue
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
    """`photos` are the ids of those that count; `trainer` is the one of today's base, if it
    was ever seen, and `known` what the subject has learned, if anything."""

    photos: list[int]
    case: Case
    trainer: Worker | None
    known: Learned | None


async def standing(app: Desk, subject: Subject, shots: Sequence[Shot], cover: Coverage) -> Standing:
    """Where the subject of these photos stands."""
    counting = [shot for shot in shots if counts(shot, cover)]
    photos = [shot.photo.id or 0 for shot in counting]
    trainer = await trainer_of_today(app)
    family = family_of(app.settings.base, trainer.family if trainer else None)
    case = Case(family, cast("Kind", subject.kind), subject.class_word, len(photos))
    assert subject.id is not None
    adapter = await gallery.current_adapter(app.database, subject.id)
    if adapter is None:
        return Standing(photos, case, trainer, None)
    seen = await learned_from(app.database, adapter, counting)
    new, gone = set(photos) - seen, seen - set(photos)
    is_on_this_base = fits(app, trainer, adapter)
    return Standing(photos, case, trainer, Learned(adapter, len(new), len(gone), is_on_this_base))


async def learned_from(database: Database, adapter: Adapter, counting: Sequence[Shot]) -> set[int]:
    """The ids of the photos that the adapter was made from, gone ones included; `counting` are
    today's."""
    job = await queue.get(database, adapter.job_id) if adapter.job_id is not None else None
    if job is not None and "photos" in job.spec:
        return set(job.spec["photos"])
    # its job is no longer known: then from those of today's that were there before it
    return {shot.photo.id or 0 for shot in counting if shot.photo.created_at <= adapter.created_at}
