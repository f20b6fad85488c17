from __future__ import annotations

import os

import pytest

from storage import gallery, queue
from storage.blobs import Blobs
from storage.blobs.folder import FolderBlobs
from storage.clock import now
from storage.engine import Database
from storage.erase import Receipt, erase
from storage.errors import LeaseLost
from storage.orphans import OLD_ENOUGH_S, sweep_orphans
from storage.tables import ClassImage, Consent, Job, Member, Photo, Subject
from tests.rows import (
    SQUARE,
    an_image,
    ask,
    claimed,
    count,
    files,
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
    assert {theirs.upright_key, theirs.crop_key} <= await files(blobs)


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
    kept = {photo.upright_key, photo.crop_key, adapter.blob_key, young}
    assert await files(blobs) == kept
