from __future__ import annotations

import pytest

from storage import erase, queue, subjects
from storage.blobs import Blobs
from storage.engine import Database
from storage.errors import LeaseLost, NotYours, TokenTaken
from storage.tables import Adapter, Consent, Crop, Image, Job, Photo, Subject
from tests.rows import (
    SQUARE,
    an_image,
    ask,
    claimed,
    count,
    files,
    keys_of,
    new_crop,
    new_photo,
    new_subject,
    trained,
)


async def test_a_token_belongs_to_one_subject(database: Database) -> None:
    await new_subject(database, owner_id=1, token="zwx")
    for owner in (1, 2):
        with pytest.raises(TokenTaken):
            await new_subject(database, owner_id=owner, token="zwx")
    assert await count(database, Subject) == 1


async def test_a_subject_of_somebody_else_is_as_good_as_none(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database, owner_id=1)
    photo = await new_photo(database, blobs, subject)
    for token in ("zwx", "qqxy"):
        with pytest.raises(NotYours):
            await subjects.owned_subject(database, 2, token)
        with pytest.raises(NotYours):
            await erase.delete_subject(database, blobs, 2, token)
    with pytest.raises(NotYours):
        await erase.drop_photo(database, blobs, 2, photo.id or 0)
    assert await keys_of(database, photo) == await files(blobs)


async def test_consent_is_to_one_version_and_given_once(database: Database) -> None:
    assert not await subjects.has_consented(database, 1, 1)
    await subjects.give_consent(database, 1, 1)
    await subjects.give_consent(database, 1, 1)
    assert await subjects.has_consented(database, 1, 1)
    assert not await subjects.has_consented(database, 1, 2)
    assert not await subjects.has_consented(database, 2, 1)
    assert await count(database, Consent) == 1


async def test_the_list_counts_photos_and_shows_the_newest_adapter(
    database: Database, blobs: Blobs
) -> None:
    first = await new_subject(database, token="aaa1")
    await new_subject(database, token="bbb2")
    await new_subject(database, owner_id=2, token="ccc3")
    await new_photo(database, blobs, first)
    await new_photo(database, blobs, first, "torso")
    await trained(database, blobs, first)
    newest = await trained(database, blobs, first)
    listed = await subjects.list_subjects(database, 1)
    assert [(one.subject.token, one.photos) for one in listed] == [("aaa1", 2), ("bbb2", 0)]
    assert listed[0].adapter is not None
    assert listed[0].adapter.id == newest.id
    assert listed[1].adapter is None


async def test_one_file_is_one_photo_of_a_subject(database: Database, blobs: Blobs) -> None:
    subject, other = await new_subject(database), await new_subject(database, token="qqxy")
    photo = await new_photo(database, blobs, subject)
    assert await subjects.knows_photo(database, subject.id or 0, photo.source_sha256)
    assert not await subjects.knows_photo(database, other.id or 0, photo.source_sha256)
    copy = Photo(**photo.model_dump() | {"id": None, "upright_key": "other"})
    assert await subjects.add_photo(database, copy, [await new_crop(blobs)]) is None
    assert (await count(database, Photo), await count(database, Crop)) == (1, 1)


async def test_a_photo_of_a_subject_that_is_gone_is_not_kept(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database)
    photo = await new_photo(database, blobs, subject)
    await erase.delete_subject(database, blobs, 1, "zwx")
    late = Photo(**photo.model_dump() | {"id": None})
    assert await subjects.add_photo(database, late, [await new_crop(blobs)]) is None
    assert await count(database, Crop) == 0


async def test_a_dropped_photo_takes_its_files_along(database: Database, blobs: Blobs) -> None:
    subject = await new_subject(database)
    kept = await new_photo(database, blobs, subject)
    photo = await new_photo(database, blobs, subject)
    await erase.drop_photo(database, blobs, 1, photo.id or 0)
    assert [p.id for p in await subjects.photos_of(database, subject.id or 0)] == [kept.id]
    assert await files(blobs) == await keys_of(database, kept)


async def test_deleting_a_subject_removes_all_that_hangs_on_it(
    database: Database, blobs: Blobs
) -> None:
    subject, other = await new_subject(database), await new_subject(database, token="qqxy")
    await new_photo(database, blobs, subject)
    kept = await new_photo(database, blobs, other)
    await trained(database, blobs, subject)
    await ask(database, subject=subject)
    lease = await claimed(database)
    async with queue.finishing(database, lease, {}) as session:
        session.add(an_image(lease.job, 0, await blobs.put("images", b"picture", "png")))
    await ask(database, kind="train", subject=subject)
    training = await claimed(database)
    expected = sum([len(await blobs.get(key)) for key in await files(blobs)])
    expected -= len(b"upright" + SQUARE)  # the other subject's
    assert await erase.delete_subject(database, blobs, 1, "zwx") == expected
    assert await files(blobs) == await keys_of(database, kept)
    for table in (Adapter, Image, Job):
        assert await count(database, table) == 0
    with pytest.raises(LeaseLost):  # the training under way stops, and can write nothing
        await queue.beat(database, training)
