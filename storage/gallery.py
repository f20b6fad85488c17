"""What trainers made: adapters, pictures, class images; and which trainers there are."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update

from storage import clock
from storage.engine import Database, insert
from storage.errors import NotYours
from storage.tables import Adapter, ClassImage, Image, Subject, Worker, columns

#: A trainer that wrote nothing for this long counts as asleep.
AWAKE_S = 60
#: The least by which two times can differ in both databases.
_A_MOMENT = timedelta(microseconds=1)

adapters = columns(Adapter)
images = columns(Image)
shared = columns(ClassImage)
workers = columns(Worker)
subjects = columns(Subject)

#: The order of a subject's adapters in which the one in use comes first: chosen last, and made
#: last of several that nobody chose.
IN_USE_FIRST = (adapters.chosen_at.desc().nulls_last(), adapters.id.desc())
#: One whose file turned out to be damaged is never in use.
IS_WHOLE = adapters.damaged_at.is_(None)


async def current_adapter(database: Database, subject_id: int) -> Adapter | None:
    """The subject's adapter that was chosen last: the one it is drawn with."""
    async with database.read() as session:
        found: Adapter | None = await session.scalar(
            select(adapters)
            .where(adapters.subject_id == subject_id, IS_WHOLE)
            .order_by(*IN_USE_FIRST)
            .limit(1)
        )
        return found


async def versions_of(database: Database, subject_id: int) -> Sequence[Adapter]:
    """All adapters of a subject that can be drawn with, newest first."""
    async with database.read() as session:
        rows = await session.scalars(
            select(adapters)
            .where(adapters.subject_id == subject_id, IS_WHOLE)
            .order_by(adapters.id.desc())
        )
        return rows.all()


async def candidates_of(database: Database, job_id: int) -> Sequence[Adapter]:
    """The adapters that one training left, fewest steps first: in the order of the rows of its
    sample sheet."""
    async with database.read() as session:
        rows = await session.scalars(
            select(adapters).where(adapters.job_id == job_id).order_by(adapters.step, adapters.id)
        )
        return rows.all()


async def adapter_of(database: Database, job_id: int) -> Adapter | None:
    """The one of a training's adapters that was chosen last."""
    async with database.read() as session:
        found: Adapter | None = await session.scalar(
            select(adapters).where(adapters.job_id == job_id).order_by(*IN_USE_FIRST).limit(1)
        )
        return found


async def choose(database: Database, adapter_id: int, owner_id: int) -> Adapter:
    """Draw with this adapter from now on. Raises NotYours, also when it is somebody else's or was
    put aside."""
    async with database.write() as session:
        # two choices at once happen one after the other, and the later one holds
        of_adapter = select(adapters.subject_id).where(adapters.id == adapter_id).scalar_subquery()
        await session.execute(
            select(subjects.id)
            .where(subjects.id == of_adapter, subjects.owner_id == owner_id)
            .with_for_update()
        )
        chosen: Adapter | None = await session.scalar(
            select(adapters)
            .join(subjects, subjects.id == adapters.subject_id)
            .where(adapters.id == adapter_id, subjects.owner_id == owner_id, IS_WHOLE)
            .with_for_update(of=adapters)
        )
        if chosen is None:
            raise NotYours
        latest = await session.scalar(
            select(func.max(adapters.chosen_at)).where(adapters.subject_id == chosen.subject_id)
        )
        # also where the clock went back since the last choice
        now = clock.now()
        chosen.chosen_at = now if latest is None else max(now, latest + _A_MOMENT)
        return chosen


async def get_adapter(database: Database, adapter_id: int) -> Adapter | None:
    async with database.read() as session:
        return await session.get(Adapter, adapter_id)


async def put_aside(database: Database, adapter_id: int) -> None:
    """Its file is damaged: nothing is drawn with it any more; the one before it is in use again."""
    async with database.write() as session:
        await session.execute(
            update(adapters)
            .where(adapters.id == adapter_id, IS_WHOLE)
            .values(damaged_at=clock.now())
        )


async def note_use(database: Database, adapter_id: int) -> None:
    """Somebody drew with this adapter: it is not among the unused ones."""
    async with database.write() as session:
        await session.execute(
            update(adapters).where(adapters.id == adapter_id).values(last_used_at=clock.now())
        )


async def gone(database: Database, sha256s: Collection[str]) -> set[str]:
    """Those of the adapters, by their hashes, that no row names any more."""
    async with database.read() as session:
        known = await session.scalars(
            select(adapters.sha256).where(adapters.sha256.in_(sha256s)).distinct()
        )
        return set(sha256s) - set(known.all())


async def images_of(database: Database, job_id: int) -> Sequence[Image]:
    """The pictures of one job, in order."""
    async with database.read() as session:
        rows = await session.scalars(
            select(images).where(images.job_id == job_id).order_by(images.number)
        )
        return rows.all()


async def class_images(database: Database, base_hash: str, class_word: str) -> Sequence[ClassImage]:
    """The shared class images of a base and class, in order of their numbers."""
    async with database.read() as session:
        rows = await session.scalars(
            select(shared)
            .where(shared.base_hash == base_hash, shared.class_word == class_word)
            .order_by(shared.number)
        )
        return rows.all()


async def add_class_image(database: Database, image: ClassImage) -> bool:
    """Share a class image; False when another worker already made that number."""
    async with database.write() as session:
        added = await session.execute(
            insert(session, shared)
            .values(
                base_hash=image.base_hash,
                class_word=image.class_word,
                number=image.number,
                blob_key=image.blob_key,
                created_at=clock.now(),
            )
            .on_conflict_do_nothing(index_elements=["base_hash", "class_word", "number"])
            .returning(shared.id)
        )
        return added.one_or_none() is not None


async def drop_class_image(database: Database, image: ClassImage) -> None:
    """Forget a class image whose file is gone, so that it is drawn anew."""
    async with database.write() as session:
        await session.execute(delete(shared).where(shared.id == image.id))


async def count_class_images(database: Database, class_word: str) -> int:
    """How many class images of this class exist for the base in use, whichever has most."""
    async with database.read() as session:
        counts = (
            select(func.count().label("n"))
            .where(shared.class_word == class_word)
            .group_by(shared.base_hash)
            .subquery()
        )
        return await session.scalar(select(func.max(counts.c.n))) or 0


async def check_in(database: Database, worker: Worker) -> int:
    """A trainer reports for work; its id. It is as fast as the last one on such a device was, until
    it has measured for itself."""
    async with database.write() as session:
        alike = (workers.base_hash == worker.base_hash, workers.device == worker.device)
        last: Worker | None = await session.scalar(
            select(workers).where(*alike).order_by(workers.id.desc()).limit(1)
        )
        if last is not None:
            worker.step_s, worker.image_s = last.step_s, last.image_s
        worker.started_at = worker.seen_at = clock.now()
        session.add(worker)
        await session.flush()
        assert worker.id is not None
        return worker.id


async def report_speed(
    database: Database,
    worker_id: int,
    *,
    step_s: float | None = None,
    image_s: float | None = None,
) -> None:
    """A sign of life, with the seconds a training step or a picture took, when just measured."""
    async with database.write() as session:
        worker = await session.get(Worker, worker_id)
        if worker is None:
            return
        worker.seen_at = clock.now()
        worker.step_s = step_s or worker.step_s
        worker.image_s = image_s or worker.image_s


async def latest_worker(database: Database) -> Worker | None:
    """The trainer seen last, awake or not."""
    async with database.read() as session:
        found: Worker | None = await session.scalar(
            select(workers).order_by(workers.seen_at.desc()).limit(1)
        )
        return found


def is_awake(worker: Worker | None) -> bool:
    """Whether that trainer wrote something within the last minute."""
    return worker is not None and clock.now() - worker.seen_at < timedelta(seconds=AWAKE_S)
