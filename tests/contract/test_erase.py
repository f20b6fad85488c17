from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from storage import gallery, queue, sharing
from storage.blobs import Blobs
from storage.blobs.folder import FolderBlobs
from storage.clock import now
from storage.engine import Database
from storage.erase import Receipt, erase
from storage.errors import Busy, LeaseLost, StoreUnreachable
from storage.orphans import OLD_ENOUGH_S, sweep_orphans
from storage.sharing import To
from storage.tables import ClassImage, Consent, Doomed, Erasure, Job, Member, Photo, Subject
from tests.rows import (
    SQUARE,
    an_image,
    ask,
    claimed,
    count,
    files,
    keys_of,
    new_photo,
    new_subject,
    rows,
    trained,
)


async def test_a_forgotten_member_leaves_nothing_and_others_lose_nothing(
    database: Database, blobs: Blobs
) -> None:
    for owner, token in ((1, "zwx"), (2, "qqxy")):
        subject = await new_subject(database, owner, token)
        await new_photo(database, blobs, subject)
        await trained(database, blobs, subject)
        await ask(database, owner, subject=subject)
        lease = await claimed(database)
        async with queue.finishing(database, lease, {}) as session:
            session.add(an_image(lease.job, 0, await blobs.put("images", b"picture", "png")))
    before = await files(blobs)
    receipt = await erase(database, blobs, 1)
    freed = len(b"upright" + SQUARE + b"weights" + b"picture")
    assert receipt == Receipt(1, 1, 1, 1, 1, freed)
    assert [member.id for member in await rows(database, Member)] == [2]
    assert {row.member_id for row in await rows(database, Consent)} == {2}
    assert {row.owner_id for row in await rows(database, Subject)} == {2}
    (theirs,) = await rows(database, Photo)
    assert len(await files(blobs)) == len(before) - 4
    assert await keys_of(database, theirs) <= await files(blobs)


async def test_a_running_job_of_a_forgotten_member_can_write_nothing(
    database: Database, blobs: Blobs
) -> None:
    await ask(database, kind="train", subject=await new_subject(database))
    lease = await claimed(database)
    await erase(database, blobs, 1)
    with pytest.raises(LeaseLost):
        async with queue.finishing(database, lease, {}):
            pass
    assert await count(database, Job) == 0


async def test_forgetting_twice_or_a_stranger_is_an_empty_receipt(
    database: Database, blobs: Blobs
) -> None:
    await new_subject(database)
    await erase(database, blobs, 1)
    assert await erase(database, blobs, 1) == Receipt(0, 0, 0, 0, 0, 0)
    assert await erase(database, blobs, 99) == Receipt(0, 0, 0, 0, 0, 0)


class Gone(FolderBlobs):
    """A place for files that stops answering after so many deletions."""

    answers = 0

    async def delete(self, key: str) -> int:
        if self.answers == 0:
            raise StoreUnreachable
        self.answers -= 1
        return await super().delete(key)


async def test_forgetting_goes_on_where_a_kill_or_a_store_cut_it_short(
    database: Database, blobs: FolderBlobs
) -> None:
    subject = await new_subject(database)
    for _ in range(3):
        await new_photo(database, blobs, subject)
    store = Gone(blobs.root)
    store.answers = 2
    receipt = await erase(database, store, 1)
    assert (receipt.photos, receipt.waiting_files) == (3, 4)
    assert await count(database, Photo) == 0
    assert len(await files(blobs)) == 4
    assert await erase(database, store, 1) == Receipt(waiting_files=4)  # asked again too soon
    (unfinished,) = await rows(database, Erasure)
    assert unfinished.finished_at is None
    assert await erase(database, blobs, 1) == Receipt()  # the second call: nothing of hers is left
    assert await files(blobs) == set()
    (finished,) = await rows(database, Erasure)
    assert finished.finished_at is not None
    assert finished.freed_bytes == 3 * len(b"upright" + SQUARE)
    assert await count(database, Doomed) == 0


async def test_pictures_that_others_drew_of_a_forgotten_members_subject_go_too(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database, 1)
    share = await sharing.give(database, 1, subject.id or 0, To(member_id=2))
    await queue.enqueue(
        database,
        queue.Request(
            kind="generate",
            owner_id=2,
            subject_id=subject.id,
            share_id=share.id,
            request_id="theirs",
        ),
    )
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        session.add(an_image(lease.job, 0, await blobs.put("images", b"picture", "png")))
    receipt = await erase(database, blobs, 1)
    assert (receipt.pictures, receipt.jobs) == (1, 1)
    assert await files(blobs) == set()


async def test_forgetting_a_member_whose_job_is_just_finishing_leaves_no_file(
    database: Database, blobs: Blobs, place: Path | str
) -> None:
    """Whoever comes first: the worker's picture is erased with the rest, or never lands."""
    other = await Database.open(place)
    for round_ in range(4):
        subject = await new_subject(database, token=f"zwx{round_}")
        await ask(database, subject=subject)
        lease = await claimed(database)
        key = await blobs.put("images", b"picture", "png")

        async def finish(lease: queue.Lease = lease, key: str = key) -> None:
            try:
                async with queue.finishing(other, lease, {}) as session:
                    session.add(an_image(lease.job, 0, key))
            except (LeaseLost, Busy):
                await blobs.delete(key)

        await asyncio.gather(finish(), erase(database, blobs, 1))
        await erase(database, blobs, 1)  # as asked again, where PostgreSQL saw a deadlock
        assert await files(blobs) == set()
        assert await count(database, Job) == 0
    await other.close()


async def test_shared_class_images_outlive_their_first_user(
    database: Database, blobs: Blobs
) -> None:
    await new_subject(database)
    key = await blobs.put("class", b"a woman", "png")
    image = ClassImage(base_hash="0", class_word="woman", number=0, blob_key=key)
    assert await gallery.add_class_image(database, image)
    await erase(database, blobs, 1)
    assert await blobs.get(key) == b"a woman"


async def test_only_old_files_without_a_row_are_swept(
    database: Database, blobs: FolderBlobs
) -> None:
    photo = await new_photo(database, blobs, await new_subject(database))
    adapter = await trained(database, blobs, (await rows(database, Subject))[0])
    orphan = await blobs.put("images", b"lost", "png")
    young = await blobs.put("images", b"new", "png")
    half = blobs.path(orphan).with_suffix(".partial")
    half.write_bytes(b"ha")
    ages_ago = now().timestamp() - 2 * OLD_ENOUGH_S
    for path in (half, *map(blobs.path, (orphan, photo.upright_key, adapter.blob_key))):
        os.utime(path, (ages_ago, ages_ago))
    assert await sweep_orphans(database, blobs) == 2
    kept = await keys_of(database, photo) | {adapter.blob_key, young}
    assert await files(blobs) == kept


async def test_one_file_that_cannot_be_removed_does_not_keep_the_others(
    database: Database, blobs: FolderBlobs
) -> None:
    subject = await new_subject(database)
    for _ in range(2):
        await new_photo(database, blobs, subject)
    stuck = min(await files(blobs))
    whole = blobs.path(stuck).read_bytes()
    blobs.path(stuck).unlink()
    blobs.path(stuck).mkdir()  # what stands there is no file: unlink refuses
    receipt = await erase(database, blobs, 1)
    assert receipt.waiting_files == 1
    assert [row.key for row in await rows(database, Doomed)] == [stuck]
    blobs.path(stuck).rmdir()
    blobs.path(stuck).write_bytes(whole)
    await erase(database, blobs, 1)
    assert await files(blobs) == set()
