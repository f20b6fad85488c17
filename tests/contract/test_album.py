"""A subject's photos and their crops: changed whole or not at all, and no file left to nobody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from storage import subjects
from storage.blobs import Blobs
from storage.doomed import bury
from storage.engine import Database
from storage.erase import delete_subject, drop_photo, erase
from storage.errors import Busy, NotYours
from storage.retention import expire
from storage.settings import StorageSettings
from storage.tables import Crop, Doomed, Photo
from tests.conftest import Clock
from tests.rows import (
    CAPTIONS,
    count,
    crops_of,
    files,
    keys_of,
    new_crop,
    new_photo,
    new_subject,
    rows,
    trained,
)

SEEN = {"width": 64, "faces": [{"yaw": -12.5, "covered": ["eyes"]}], "prints": "f0"}


async def test_an_album_shows_photos_and_their_crops_in_the_order_they_came(
    database: Database, blobs: Blobs
) -> None:
    subject, other = await new_subject(database), await new_subject(database, token="qqxy")
    first = await new_photo(database, blobs, subject, "torso", b"whole", b"head")
    await new_photo(database, blobs, other)
    second = await new_photo(database, blobs, subject)
    shown = await subjects.album(database, subject.id or 0)
    assert [shot.photo.id for shot in shown] == [first.id, second.id]
    contents = [[await blobs.get(crop.blob_key) for crop in shot.crops] for shot in shown]
    assert contents[0] == [b"whole", b"head"]
    assert len(contents[1]) == 1
    assert [crop.photo_id for crop in shown[0].crops] == [first.id, first.id]
    shot = await subjects.own_shot(database, 1, first.id or 0)
    assert shot == shown[0]


async def test_what_was_added_knows_its_numbers(database: Database, blobs: Blobs) -> None:
    subject = await new_subject(database)
    known = await new_photo(database, blobs, subject)
    photo = Photo(**known.model_dump() | {"id": None, "source_sha256": "b", "upright_key": "b"})
    cut = [await new_crop(blobs), await new_crop(blobs)]
    added = await subjects.add_photo(database, photo, cut)
    assert added is not None
    shot = await subjects.own_shot(database, 1, added.id or 0)
    assert shot == subjects.Shot(added, cut)


async def test_a_photo_may_have_no_crop(database: Database, blobs: Blobs) -> None:
    subject = await new_subject(database)
    photo = await new_photo(database, blobs, subject)
    await subjects.change_photo(database, 1, photo.id or 0, crops=[])
    (shot,) = await subjects.album(database, subject.id or 0)
    assert shot.crops == []
    await bury(database, blobs)
    assert await files(blobs) == {photo.upright_key}


async def test_a_change_writes_what_is_given_and_leaves_the_rest(
    database: Database, blobs: Blobs
) -> None:
    photo = await new_photo(database, blobs, await new_subject(database))
    number = photo.id or 0
    before = await crops_of(database, photo)
    changed = await subjects.change_photo(
        database, 1, number, framing="chest", declared="face", face=1, seen=SEEN, alike=[7, 9]
    )
    (there,) = await rows(database, Photo)
    assert there == changed
    assert (there.framing, there.declared, there.face, there.kept) == ("chest", "face", 1, False)
    assert (there.seen, there.alike, there.filename) == (SEEN, [7, 9], photo.filename)
    assert await crops_of(database, photo) == before
    await subjects.change_photo(database, 1, number, declared=None, face=None, kept=True)
    (there,) = await rows(database, Photo)
    assert (there.framing, there.declared, there.face, there.kept) == ("chest", None, None, True)
    await subjects.change_photo(database, 1, number, seen=None)
    (there,) = await rows(database, Photo)
    assert there.seen is None


async def test_new_crops_take_the_place_of_all_and_only_files_of_nobody_go(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database)
    photo = await new_photo(database, blobs, subject, "torso", b"whole", b"head")
    bystander = await new_photo(database, blobs, subject)
    whole, head = await crops_of(database, photo)
    fresh = await new_crop(blobs, "torso", b"tighter")
    await subjects.change_photo(database, 1, photo.id or 0, crops=[fresh, head])
    now = await crops_of(database, photo)
    assert [crop.blob_key for crop in now] == [fresh.blob_key, head.blob_key]
    assert {crop.id for crop in now}.isdisjoint({whole.id, head.id})
    assert now[1].model_dump(exclude={"id"}) == head.model_dump(exclude={"id"})
    assert [row.key for row in await rows(database, Doomed)] == [whole.blob_key]
    assert await bury(database, blobs) == len(b"whole")
    assert await files(blobs) == await keys_of(database, photo, bystander)


async def test_what_is_somebody_elses_or_gone_is_refused_and_untouched(
    database: Database, blobs: Blobs
) -> None:
    photo = await new_photo(database, blobs, await new_subject(database))
    (crop,) = await crops_of(database, photo)
    fresh = await new_crop(blobs)
    for member, number in ((2, photo.id or 0), (1, 99)):
        with pytest.raises(NotYours):
            await subjects.own_shot(database, member, number)
        with pytest.raises(NotYours):
            await subjects.change_photo(database, member, number, framing="other", crops=[fresh])
    for member, number in ((2, crop.id or 0), (1, 99)):
        with pytest.raises(NotYours):
            await subjects.reword(database, member, number, "mine now")
    assert await rows(database, Photo) == [photo]
    assert await crops_of(database, photo) == [crop]
    assert await count(database, Doomed) == 0


async def test_a_change_that_is_not_allowed_changes_nothing(
    database: Database, blobs: Blobs
) -> None:
    subject = await new_subject(database)
    photo, other = [await new_photo(database, blobs, subject) for _ in range(2)]
    (crop,) = await crops_of(database, photo)
    (taken,) = await crops_of(database, other)
    with pytest.raises(Exception, match=r"(?i)unique"):
        await subjects.change_photo(database, 1, photo.id or 0, kept=True, crops=[taken])
    assert not (await subjects.own_shot(database, 1, photo.id or 0)).photo.kept
    assert await crops_of(database, photo) == [crop]
    assert await count(database, Doomed) == 0


async def test_a_caption_says_whose_words_it_is_in(database: Database, blobs: Blobs) -> None:
    photo = await new_photo(database, blobs, await new_subject(database), "torso", b"a", b"b")
    first, second = await crops_of(database, photo)
    await subjects.reword(database, 1, second.id or 0, "a zwx woman on a horse")
    assert [(crop.caption, crop.worded) for crop in await crops_of(database, photo)] == [
        (CAPTIONS["torso"], False),
        ("a zwx woman on a horse", True),
    ]
    await subjects.reword(database, 1, second.id or 0, CAPTIONS["torso"], worded=False)
    assert [crop.worded for crop in await crops_of(database, photo)] == [False, False]
    assert first.id == (await crops_of(database, photo))[0].id


Removal = Callable[[Database, Blobs, Photo], Awaitable[Any]]


async def _drop(database: Database, blobs: Blobs, photo: Photo) -> None:
    await drop_photo(database, blobs, 1, photo.id or 0)


async def _delete(database: Database, blobs: Blobs, photo: Photo) -> None:
    await delete_subject(database, blobs, 1, "zwx")


async def _erase(database: Database, blobs: Blobs, photo: Photo) -> None:
    await erase(database, blobs, 1)


async def _expire(database: Database, blobs: Blobs, photo: Photo) -> None:
    await expire(database, blobs, StorageSettings(photos_days=30))


@pytest.mark.parametrize("remove", [_drop, _delete, _erase, _expire])
async def test_a_change_meets_a_removal_and_no_file_is_left_to_nobody(
    database: Database, blobs: Blobs, place: Path | str, clock: Clock, remove: Removal
) -> None:
    """Whoever comes first: the new crop goes with its photo, or its writer is told and removes
    it. The photo of an expiry stays for the next one when somebody was at it."""
    other = await Database.open(place)
    for round_ in range(6):
        subject = await new_subject(database)
        photo = await new_photo(database, blobs, subject, "torso", b"whole", b"head")
        await trained(database, blobs, subject)
        clock.advance(31 * 86_400)

        async def recrop(photo: Photo = photo, turns: int = round_) -> None:
            fresh = await new_crop(blobs)
            for _ in range(turns):  # no wait: so that the removal is met at another of its awaits
                await asyncio.sleep(0)
            try:
                await subjects.change_photo(other, 1, photo.id or 0, crops=[fresh])
            except (NotYours, Busy):
                await blobs.delete(fresh.blob_key)

        await asyncio.gather(recrop(), remove(database, blobs, photo))
        await bury(database, blobs)
        left = await rows(database, Photo)
        assert {name for name in await files(blobs) if not name.startswith("adapters")} == (
            await keys_of(database, *left)
        )
        await erase(database, blobs, 1)
        assert await files(blobs) == set()
    await other.close()


@pytest.mark.parametrize("backend", ["postgresql"], indirect=True)  # SQLite has one writer
async def test_a_photo_that_somebody_is_at_expires_the_next_time(
    database: Database, blobs: Blobs, place: Path | str, clock: Clock
) -> None:
    subject = await new_subject(database)
    photo = await new_photo(database, blobs, subject)
    await trained(database, blobs, subject)
    clock.advance(31 * 86_400)
    settings = StorageSettings(photos_days=30)
    other = await Database.open(place)
    async with other.write() as session:
        await subjects.hold_photo(session, 1, photo.id or 0)
        assert await expire(database, blobs, settings) == 0
    assert await expire(database, blobs, settings) == 1
    await other.close()


async def test_crops_go_with_their_photo(database: Database, blobs: Blobs) -> None:
    subject = await new_subject(database)
    kept = await new_photo(database, blobs, subject, "torso", b"whole", b"head")
    gone = await new_photo(database, blobs, subject, "torso", b"whole", b"head")
    await drop_photo(database, blobs, 1, gone.id or 0)
    assert {crop.photo_id for crop in await rows(database, Crop)} == {kept.id}
    assert await files(blobs) == await keys_of(database, kept)
