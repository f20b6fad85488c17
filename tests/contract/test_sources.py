"""Copies of pictures that are worked on: whose they are, which job has them, and when they go."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path
from typing import Any

import pytest

from storage import queue, sources
from storage.blobs import Blobs
from storage.engine import Database
from storage.erase import delete_subject, erase
from storage.errors import Busy, NotYours, QuotaFull
from storage.queue import Quotas, Request
from storage.retention import UNASKED_DAYS, expire
from storage.settings import StorageSettings
from storage.tables import Doomed, Job, Source, Subject
from tests.conftest import Clock
from tests.rows import ask, claimed, count, files, new_subject, rows

DAY_S = 86_400.0


async def copied(
    database: Database, blobs: Blobs, subject: Subject, mask: bytes | None = b"mask"
) -> Source:
    return await sources.add(
        database,
        blobs,
        owner_id=subject.owner_id,
        subject_id=subject.id or 0,
        picture=b"picture",
        mask=mask,
        size=(96, 64),
        drawn=True,
        wish={"prompt": "a zwx woman"},
    )


def request(source: Source, number: int = 1, **options: Any) -> Request:
    return Request(
        kind="generate",
        owner_id=source.owner_id,
        subject_id=source.subject_id,
        request_id=f"edit-{number}",
        spec={"edit": {"source": source.id}},
        source_id=source.id,
        **options,
    )


def named(*copies: Source) -> set[str]:
    return {key for one in copies for key in (one.blob_key, one.mask_key) if key}


async def the_copy(database: Database) -> Source:
    (found,) = await rows(database, Source)
    assert isinstance(found, Source)
    return found


async def test_a_copy_has_its_files_and_its_member_finds_it(
    database: Database, blobs: Blobs
) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    found = await sources.own(database, 1, kept.id or 0)
    assert found == kept
    assert await blobs.get(found.blob_key) == b"picture"
    assert await blobs.get(found.mask_key or "") == b"mask"
    assert (found.width, found.height, found.job_id) == (96, 64, None)
    assert found.wish == {"prompt": "a zwx woman"}
    plain = await copied(database, blobs, await new_subject(database, token="other"), None)
    assert plain.mask_key is None
    assert await files(blobs) == named(kept, plain)


async def test_a_copy_of_a_subject_that_is_gone_is_not_kept(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database)
    await delete_subject(database, blobs, 1, "zwx")
    with pytest.raises(NotYours):
        await copied(database, blobs, subject)
    assert await files(blobs) == set()


async def test_a_copy_of_somebody_else_is_as_missing_as_none(
    database: Database, blobs: Blobs
) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    for source_id in (kept.id or 0, 99):
        with pytest.raises(NotYours):
            await sources.own(database, 2, source_id)
        with pytest.raises(NotYours):
            await sources.set_mask(database, blobs, 2, source_id, b"other")
        with pytest.raises(NotYours):
            await sources.drop(database, blobs, 2, source_id)
    assert await sources.own(database, 1, kept.id or 0) == kept
    assert await files(blobs) == named(kept)


async def test_a_new_mask_takes_the_place_of_the_old_one(database: Database, blobs: Blobs) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    changed = await sources.set_mask(database, blobs, 1, kept.id or 0, b"larger")
    assert await blobs.get(changed.mask_key or "") == b"larger"
    assert await the_copy(database) == changed
    assert await files(blobs) == named(changed)


async def test_a_dropped_copy_leaves_no_file(database: Database, blobs: Blobs) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    await sources.drop(database, blobs, 1, kept.id or 0)
    assert await count(database, Source) == 0
    assert await files(blobs) == set()


async def test_a_job_takes_its_copy_together_with_its_place_in_line(
    database: Database, blobs: Blobs
) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    job = await queue.enqueue(database, request(kept))
    assert (await the_copy(database)).job_id == job.id
    again = await queue.enqueue(database, request(kept))
    assert again.id == job.id
    assert (await the_copy(database)).job_id == job.id


async def test_no_job_without_its_copy(database: Database, blobs: Blobs) -> None:
    """Asked for a second time, after it was dropped, or by somebody else: nothing is in line."""
    subject = await new_subject(database)
    taken, dropped = [await copied(database, blobs, subject) for _ in range(2)]
    await queue.enqueue(database, request(taken))
    await sources.drop(database, blobs, 1, dropped.id or 0)
    for number, source in ((2, taken), (3, dropped)):
        with pytest.raises(NotYours):
            await queue.enqueue(database, request(source, number))
    await new_subject(database, 2, "other")
    stranger = Request(kind="generate", owner_id=2, request_id="4", source_id=taken.id)
    with pytest.raises(NotYours):
        await queue.enqueue(database, stranger)
    assert await count(database, Job) == 1


async def test_a_copy_stays_with_nobody_where_its_job_finds_no_room(
    database: Database, blobs: Blobs
) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    await ask(database)
    with pytest.raises(QuotaFull):
        await queue.enqueue(database, request(kept), Quotas(per_member=1))
    assert (await the_copy(database)).job_id is None


async def test_what_a_job_has_its_member_changes_no_more(database: Database, blobs: Blobs) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    await queue.enqueue(database, request(kept))
    with pytest.raises(NotYours):
        await sources.set_mask(database, blobs, 1, kept.id or 0, b"other")
    with pytest.raises(NotYours):
        await sources.drop(database, blobs, 1, kept.id or 0)
    assert await files(blobs) == named(kept)


async def test_of_two_jobs_at_once_one_has_the_copy(
    database: Database, blobs: Blobs, place: Path | str
) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    other = await Database.open(place)
    both = await asyncio.gather(
        queue.enqueue(database, request(kept, 1)),
        queue.enqueue(other, request(kept, 2)),
        return_exceptions=True,
    )
    await other.close()
    (job,) = [one for one in both if isinstance(one, Job)]
    assert (await the_copy(database)).job_id == job.id
    assert await count(database, Job) == 1


async def test_forgetting_a_member_or_a_subject_takes_the_copies_with_their_files(
    database: Database, blobs: Blobs
) -> None:
    mine, other, theirs = [
        await new_subject(database, owner, token)
        for owner, token in ((1, "zwx"), (1, "qqxy"), (2, "mira"))
    ]
    _waiting, asked, elses, left = [
        await copied(database, blobs, subject) for subject in (mine, mine, other, theirs)
    ]
    await queue.enqueue(database, request(asked))
    await delete_subject(database, blobs, 1, "zwx")
    assert await files(blobs) == named(elses, left)
    receipt = await erase(database, blobs, 1)
    assert receipt.freed_bytes == len(b"picture" + b"mask")
    assert await files(blobs) == named(left)
    assert [row.id for row in await rows(database, Source)] == [left.id]


async def test_a_copy_that_nobody_asks_for_is_forgotten_after_a_day(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    subject = await new_subject(database)
    unasked, asked = [await copied(database, blobs, subject) for _ in range(2)]
    await queue.enqueue(database, request(asked))
    clock.advance(UNASKED_DAYS * DAY_S - 60)
    await expire(database, blobs, StorageSettings())
    assert await count(database, Source) == 2
    clock.advance(120)
    await expire(database, blobs, StorageSettings())
    assert await files(blobs) == named(asked)
    with pytest.raises(NotYours):
        await sources.own(database, 1, unasked.id or 0)


async def test_a_copy_outlives_its_wait_in_line_and_not_its_job(
    database: Database, blobs: Blobs, clock: Clock
) -> None:
    kept = await copied(database, blobs, await new_subject(database))
    await queue.enqueue(database, request(kept))
    clock.advance(30 * DAY_S)
    await expire(database, blobs, StorageSettings())
    assert await files(blobs) == named(kept)
    lease = await claimed(database)
    await expire(database, blobs, StorageSettings())
    assert await files(blobs) == named(kept)
    async with queue.finishing(database, lease, {}):
        pass
    await expire(database, blobs, StorageSettings())
    assert await files(blobs) == set()
    assert [await count(database, table) for table in (Source, Doomed, Job)] == [0, 0, 1]


async def test_a_mask_that_comes_while_its_member_is_forgotten_leaves_no_file(
    database: Database, blobs: Blobs, place: Path | str
) -> None:
    other = await Database.open(place)
    for round_ in range(4):
        kept = await copied(database, blobs, await new_subject(database, token=f"zwx{round_}"))

        async def change(source_id: int = kept.id or 0) -> None:
            with contextlib.suppress(NotYours, Busy):
                await sources.set_mask(other, blobs, 1, source_id, b"larger")

        await asyncio.gather(change(), erase(database, blobs, 1))
        await erase(database, blobs, 1)
        assert await count(database, Source) == 0
        assert await files(blobs) == set()
    await other.close()
