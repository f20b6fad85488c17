"""What is kept only for a while goes when its time is over, and not before."""

from __future__ import annotations

from typing import Any

import pytest

from storage import gallery, outbox, portfolio, queue
from storage.blobs import Blobs
from storage.engine import Database
from storage.erase import erase
from storage.errors import NotYours
from storage.retention import expire
from storage.settings import StorageSettings
from storage.tables import Adapter, Erasure, Image, Job, Outgoing, Photo, Worker
from tests.conftest import Clock
from tests.rows import an_image, ask, claimed, count, files, new_photo, new_subject, rows, trained

DAY_S = 86_400.0


def kept_for(**days: Any) -> StorageSettings:
    return StorageSettings(**days)


async def test_photos_go_some_days_after_their_last_training(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    settings = kept_for(photos_days=30)
    done, again, never = [await new_subject(database, token=f"tkn{n}") for n in range(3)]
    for subject in (done, again, never):
        await new_photo(database, blobs, subject, "torso", b"whole", b"head")
    await trained(database, blobs, done)
    await trained(database, blobs, again)
    clock.advance(29 * DAY_S)
    assert await expire(database, blobs, settings) == 0
    await trained(database, blobs, again)
    clock.advance(2 * DAY_S)
    assert await expire(database, blobs, settings) == 1
    assert await count(database, Photo) == 2
    assert len([name for name in await files(blobs) if not name.startswith("adapters")]) == 6
    clock.advance(60 * DAY_S)
    await ask(database, kind="train", subject=again)  # its photos are needed once more
    assert await expire(database, blobs, settings) == 0


async def test_adapters_go_when_nobody_draws_with_them(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    settings = kept_for(adapters_days=90)
    used, unused = [await new_subject(database, token=f"tkn{n}") for n in range(2)]
    kept = await trained(database, blobs, used)
    await trained(database, blobs, unused)
    clock.advance(89 * DAY_S)
    await gallery.note_use(database, kept.id or 0)
    clock.advance(2 * DAY_S)
    assert await expire(database, blobs, settings) == 1
    assert await count(database, Adapter) == 1
    assert await files(blobs) == {kept.blob_key}
    assert await gallery.gone(database, ["a", kept.sha256]) == {"a"}


async def test_what_its_member_goes_back_to_counts_as_used(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    """Candidates that nobody chose go by the same rule as everything else that is unused."""
    subject = await new_subject(database)
    proposed = await trained(database, blobs, subject)
    other, _left = [await trained(database, blobs, subject, is_chosen=False) for _ in range(2)]
    clock.advance(89 * DAY_S)
    await gallery.choose(database, other.id or 0, subject.owner_id)
    clock.advance(2 * DAY_S)
    assert await expire(database, blobs, kept_for(adapters_days=90)) == 2
    assert await files(blobs) == {other.blob_key}
    found = await gallery.current_adapter(database, subject.id or 0)
    assert found is not None
    assert found.id == other.id != proposed.id


async def test_pictures_go_with_their_jobs_once_they_were_shown(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    settings = kept_for(pictures_days=7)
    for _ in range(2):
        await ask(database)
        lease = await claimed(database)
        async with queue.finishing(database, lease, {}) as session:
            session.add(an_image(lease.job, 0, await blobs.put("images", b"picture", "png")))
    clock.advance(60)
    said, _unsaid = await outbox.take(database)
    await outbox.delivered(database, said.id or 0)
    clock.advance(8 * DAY_S)
    await ask(database)
    assert await expire(database, blobs, settings) == 1
    assert [await count(database, table) for table in (Job, Image, Outgoing)] == [2, 1, 1]
    assert len(await files(blobs)) == 1


async def test_without_settings_everything_is_kept(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    subject = await new_subject(database)
    await new_photo(database, blobs, subject)
    await trained(database, blobs, subject)
    clock.advance(10_000 * DAY_S)
    assert await expire(database, blobs, kept_for()) == 0
    assert len(await files(blobs)) == 3


@pytest.mark.parametrize(("days", "left"), [(59, 1), (61, 0)])
async def test_whom_to_forget_is_known_until_the_last_backup_has_expired(
    database: Database, blobs: Blobs, clock: Clock, days: int, left: int
) -> None:
    await new_subject(database)
    await erase(database, blobs, 1)
    clock.advance(days * DAY_S)
    await expire(database, blobs, kept_for(backups_days=30))
    assert await count(database, Erasure) == left


async def test_trainers_that_are_long_gone_are_not_remembered(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    await gallery.check_in(database, Worker(base="tiny", base_hash="0", device="cpu"))
    clock.advance(8 * DAY_S)
    await gallery.check_in(database, Worker(base="tiny", base_hash="0", device="cpu"))
    await expire(database, blobs, kept_for())
    assert await count(database, Worker) == 1


async def test_a_kept_picture_outlives_the_others_of_its_job(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    settings = kept_for(pictures_days=7)
    await ask(database)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        for number in range(2):
            key = await blobs.put("images", f"picture {number}".encode(), "png")
            session.add(an_image(lease.job, number, key))
    clock.advance(60)
    (said,) = await outbox.take(database)
    await outbox.delivered(database, said.id or 0)
    job_id = lease.job.id or 0
    await portfolio.keep(database, 1, job_id, 1, kept=True)
    with pytest.raises(NotYours):
        await portfolio.keep(database, 2, job_id, 0, kept=True)
    assert [one.number for one, _ in (await portfolio.page(database, 1, 0, 9, kept=True))[0]] == [1]
    clock.advance(8 * DAY_S)
    assert await expire(database, blobs, settings) == 1
    assert [image.number for image in await rows(database, Image)] == [1]
    assert len(await files(blobs)) == 1
    assert await expire(database, blobs, settings) == 0
    await portfolio.keep(database, 1, job_id, 1, kept=False)
    assert await expire(database, blobs, settings) == 1
    assert [await count(database, table) for table in (Job, Image)] == [0, 0]
    assert not await files(blobs)


async def test_a_kept_picture_is_erased_with_its_member(database: Database, blobs: Blobs) -> None:
    await ask(database)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        session.add(an_image(lease.job, 0, await blobs.put("images", b"picture", "png")))
    await portfolio.keep(database, 1, lease.job.id or 0, 0, kept=True)
    assert (await erase(database, blobs, 1)).pictures == 1
    assert not await files(blobs)
