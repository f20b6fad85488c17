"""What must never be is forbidden by the tables themselves, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError, StatementError

from storage import clock
from storage.blobs import Blobs
from storage.engine import Database
from storage.tables import Crop, Job, Member, Outgoing, Photo, Subject
from tests.rows import ask, crops_of, new_photo, new_subject


async def refused(database: Database, row: Any) -> None:
    with pytest.raises(IntegrityError):
        async with database.write() as session:
            session.add(row)


@pytest.mark.parametrize(
    "change",
    [
        {"owner_id": 99},
        {"subject_id": 99},
        {"kind": "wish"},
        {"state": "lost"},
        {"state": "done"},
        {"finished_at": clock.now()},
        {"lease_key": "key"},
        {"state": "running", "lease_key": "key"},
        {"lease_until": clock.now()},
        {"attempt": 4},
        {"attempt": -1},
        {"error": "crashed"},
        {"state": "failed", "finished_at": clock.now()},
        {"kind": "train", "subject_id": None},
    ],
)
async def test_an_impossible_job_is_refused(database: Database, change: dict[str, Any]) -> None:
    job = await ask(database)
    await refused(database, Job(**job.model_dump() | {"id": None, "request_id": "new"} | change))


@pytest.mark.parametrize(
    "change",
    [{"owner_id": 99}, {"kind": "ghost"}, {"token": "ab"}, {"token": "a" * 17}, {"token": "zwx"}],
)
async def test_an_impossible_subject_is_refused(database: Database, change: dict[str, Any]) -> None:
    subject = await new_subject(database)
    await refused(
        database, Subject(**subject.model_dump() | {"id": None, "token": "qqxy"} | change)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"subject_id": 99},
        {"framing": "feet"},
        {"declared": "other"},
        {"face": -1},
        {"upright_key": None},
    ],
)
async def test_an_impossible_photo_is_refused(
    database: Database, blobs: Blobs, change: dict[str, Any]
) -> None:
    photo = await new_photo(database, blobs, await new_subject(database))
    fresh = {"id": None, "source_sha256": "new", "upright_key": "new"}
    await refused(database, Photo(**photo.model_dump() | fresh | change))


@pytest.mark.parametrize(
    "change",
    [
        {"photo_id": 99},
        {"photo_id": None},
        {"framing": "feet"},
        {"side": 0},
        {"resolution": 0},
        {"caption": None},
        {"blob_key": None},
    ],
)
async def test_an_impossible_crop_is_refused(
    database: Database, blobs: Blobs, change: dict[str, Any]
) -> None:
    photo = await new_photo(database, blobs, await new_subject(database))
    (crop,) = await crops_of(database, photo)
    fresh = {"id": None, "blob_key": "new"}
    await refused(database, Crop(**crop.model_dump() | fresh | change))
    await refused(database, Crop(**crop.model_dump() | {"id": None}))  # one file, one crop


async def test_a_time_without_its_zone_is_refused(database: Database) -> None:
    with pytest.raises(StatementError, match="aware"):
        async with database.write() as session:
            session.add(Member(id=1, created_at=clock.now().replace(tzinfo=None)))


async def test_times_come_back_as_they_were(database: Database) -> None:
    at = clock.now()
    async with database.write() as session:
        session.add(Member(id=1, created_at=at))
    async with database.read() as session:
        assert (await session.get_one(Member, 1)).created_at == at


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "hello"},
        {"job_id": None},
        {"kind": "withdraw"},
        {"delivered_at": clock.now(), "undeliverable": "404 10003"},
    ],
)
async def test_an_impossible_outgoing_is_refused(
    database: Database, change: dict[str, Any]
) -> None:
    job = await ask(database)
    at = clock.now()
    fresh = {"kind": "ended", "job_id": job.id, "send_after": at, "created_at": at}
    await refused(database, Outgoing(**fresh | change))
    async with database.write() as session:
        session.add(Outgoing(**fresh))
    await refused(database, Outgoing(**fresh))  # an end is told once
