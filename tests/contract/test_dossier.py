"""What a member is handed: everything of theirs, and nothing of anybody else's."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from bot.dossier import pack
from storage import clock, dossier, sharing
from storage.blobs import Blobs
from storage.engine import Database
from storage.sharing import To
from storage.subjects import give_consent
from storage.tables import (
    Crop,
    Draft,
    Entry,
    Erasure,
    Image,
    Job,
    Member,
    Offence,
    Pause,
    Photo,
    Preview,
    Seat,
    Session,
    Share,
    Source,
    Subject,
    Suspension,
    Vote,
)
from tests.rows import an_adapter, new_subject, rows

ME, OTHER = 111_111_111, 222_222_222
#: By these a row is told from another member's.
MARKS = {ME: "mymark", OTHER: "theirmark"}
#: What may name a member in a table's column, beside a reference to one.
NAMES = {"owner_id", "member_id", "host_id", "about_id", "likeness_of"}


async def everything(database: Database, blobs: Blobs, who: int) -> dict[str, int]:
    """A row of the member's in every table that is told, with their mark in it; the numbers of
    subject, image and session."""
    mark, now = MARKS[who], clock.now()
    await give_consent(database, who, 8)
    subject = await new_subject(database, who, mark, kind="person")

    async def blob(folder: str, what: str) -> str:
        return await blobs.put(folder, f"{what} of {mark}".encode(), "png")

    job = Job(
        kind="generate",
        interactive=True,
        owner_id=who,
        subject_id=subject.id,
        request_id=mark,
        spec={"typed": mark},
        state="done",
        run_after=now,
        created_at=now,
        finished_at=now,
    )
    photo = Photo(
        subject_id=subject.id,
        source_sha256=mark,
        filename=mark,
        framing="face",
        seen={"note": mark},
        width=1,
        height=1,
        upright_key=await blob("photos", "photo"),
        created_at=now,
    )
    room = Session(
        server_id=1,
        channel_id=1,
        host_id=who,
        theme=mark,
        prompts_each=1,
        entries_each=1,
        votes_each=1,
        results={"of": "all"},
        created_at=now,
        submit_until=now,
        vote_until=now,
    )
    async with database.write() as session:
        (await session.get_one(Member, who)).wishes = {"note": mark}
        session.add_all([job, photo, room])
        await session.flush()
        image = Image(
            job_id=job.id,
            owner_id=who,
            number=0,
            blob_key=await blob("images", "image"),
            seed=1,
            width=1,
            height=1,
            parameters=mark,
            created_at=now,
            explicit=0.1,
        )
        crop = Crop(
            photo_id=photo.id,
            framing="face",
            x=0,
            y=0,
            side=1,
            resolution=1,
            caption=mark,
            blob_key=await blob("crops", "crop"),
            created_at=now,
        )
        preview = {"job_id": job.id, "step": 1, "explicit": 0.1, "created_at": now}
        key = await blob("adapters", "adapter")
        session.add_all(
            [
                image,
                crop,
                an_adapter(subject, job, key, card={"note": mark}),
                Preview(**preview, blob_key=await blob("previews", "preview")),
                Source(
                    owner_id=who,
                    subject_id=subject.id,
                    blob_key=await blob("sources", "source"),
                    mask_key=await blob("sources", "mask"),
                    width=1,
                    height=1,
                    drawn=False,
                    wish={"note": mark},
                    created_at=now,
                ),
                Draft(owner_id=who, wish={"note": mark, "of": ME + OTHER - who}, created_at=now),
                Seat(session_id=room.id, member_id=who, joined_at=now),
                Offence(member_id=who, kind="prompt", request_id=mark, created_at=now),
                Suspension(member_id=who, until=now),
                Pause(server_id=1, member_id=who, until=now),
                Erasure(member_id=who, asked_at=now, counts={mark: 1}),
            ]
        )
        await session.flush()
        entry = Entry(
            session_id=room.id, member_id=who, image_id=image.id, number=1, created_at=now
        )
        session.add(entry)
        await session.flush()
        return {
            "subject": subject.id or 0,
            "job": job.id or 0,
            "session": room.id or 0,
            "entry": entry.id or 0,
        }


async def both(database: Database, blobs: Blobs) -> dict[int, dict[str, int]]:
    """Two members, each of whom has to do with what is the other's."""
    made = {who: await everything(database, blobs, who) for who in (ME, OTHER)}
    now = clock.now()
    for who, whose in ((ME, OTHER), (OTHER, ME)):
        of = made[whose]
        share = await sharing.give(database, whose, of["subject"], To(member_id=who))
        async with database.write() as session:
            session.add(Seat(session_id=of["session"], member_id=who, joined_at=now))
            session.add(
                Vote(
                    session_id=of["session"],
                    entry_id=of["entry"],
                    member_id=who,
                    created_at=now,
                )
            )
            job = Job(
                kind="generate",
                interactive=True,
                owner_id=who,
                subject_id=of["subject"],
                share_id=share.id,
                request_id=f"{MARKS[who]}-of-other",
                spec={"typed": MARKS[who]},
                state="done",
                run_after=now,
                created_at=now,
                finished_at=now,
            )
            session.add(job)
            await session.flush()
            key = await blobs.put("images", f"drawn by {MARKS[who]}".encode(), "png")
            session.add(
                Image(
                    job_id=job.id,
                    owner_id=who,
                    number=0,
                    blob_key=key,
                    seed=1,
                    width=1,
                    height=1,
                    parameters=MARKS[who],
                    created_at=now,
                    explicit=0.1,
                )
            )
            # shown, and asked
            subject = await session.get_one(Subject, of["subject"])
            subject.likeness_of = who
    return made


def named_members(table: Any) -> bool:
    """Whether a column of the table names a member."""
    refers = {key.column.table.name for key in table.foreign_keys}
    return "member" in refers or bool(NAMES & set(table.columns.keys()))


def test_every_table_is_told_or_left_out_with_a_reason() -> None:
    """A new table that holds something of a member fails here until somebody has decided."""
    there = {table.name: table for table in Job.metadata.sorted_tables}
    assert set(dossier.TOLD) | set(dossier.LEFT_OUT) == set(there)
    assert set(dossier.TOLD) & set(dossier.LEFT_OUT) == set()
    assert {part.table.__table__.name for part in dossier.TOLD.values()} == set(dossier.TOLD)
    assert all(len(reason) > 20 for reason in dossier.LEFT_OUT.values())
    assert named_members(there["vote"])
    assert named_members(there["subject"])
    assert {name for name in dossier.LEFT_OUT if named_members(there[name])} == {"outgoing"}


async def test_every_row_of_a_member_is_told_and_none_of_anybody_elses(
    database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    await both(database, blobs)
    found = await dossier.collect(database, ME)
    assert {table for table in dossier.TOLD if not found.rows[table]} == set()
    packed = await pack(blobs, found, tmp_path)
    (path,) = packed.zips
    with ZipFile(path) as opened:
        told = opened.read("data.json").decode()
        contents = {name: opened.read(name) for name in opened.namelist()}
    data = json.loads(told)
    without_others = json.dumps(
        {name: rows for name, rows in data.items() if name not in OF_OTHERS}
    )
    assert MARKS[OTHER] not in without_others
    assert str(OTHER) not in told
    for table in MARKED:
        assert MARKS[ME] in json.dumps(data[table]), table
    for what in ("photo", "crop", "image", "adapter", "preview", "source", "mask"):
        assert f"{what} of {MARKS[ME]}".encode() in contents.values(), what
    assert b"drawn by mymark" in contents.values()
    assert not any(MARKS[OTHER].encode() in kept for name, kept in contents.items() if "/" in name)
    (subject,) = data["subject"]
    assert subject["pictures_drawn_by_others"] == 1
    assert [one["token"] for one in data["shares_received"]] == [MARKS[OTHER]]
    assert [one["photos"] for one in data["subjects_that_show_you"]] == [1]
    files = {name for name in contents if "/" in name}
    assert files == set(re.findall(r'_file": "([^"]+)"', told))
    assert packed.missing == packed.too_large == []


#: What the member may know of others' subjects: how they are called, as they read it in Discord.
OF_OTHERS = {"shares_received", "subjects_that_show_you"}
#: Tables with words of a member's in them; the others hold numbers and times alone.
MARKED = set(dossier.TOLD) - {
    "consent",
    "share",
    "seat",
    "entry",
    "vote",
    "suspension",
    "pause",
    "preview",
}


async def test_a_stranger_has_nothing(database: Database, blobs: Blobs) -> None:
    await both(database, blobs)
    assert (await dossier.collect(database, 3)).is_empty


@pytest.mark.parametrize("explicit", [None, 0.9])
async def test_a_picture_that_nobody_may_see_is_told_and_not_handed_out(
    database: Database, blobs: Blobs, explicit: float | None
) -> None:
    await everything(database, blobs, ME)
    async with database.write() as session:
        (image,) = await rows(database, Image)
        (await session.get_one(Image, image.id)).explicit = explicit
    found = await dossier.collect(database, ME)
    assert found.rows["image"][0]["withheld"] is True
    assert not any(file.name.startswith("pictures/") for file in found.files)


async def test_it_comes_in_as_many_parts_as_it_takes(
    database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    """No part is larger than there is room for, nothing is twice or nowhere, and the page is in
    the first."""
    await everything(database, blobs, ME)
    (photo,) = await rows(database, Photo)
    sizes = [30_000, 30_000, 50_000, 90_000]
    async with database.write() as session:
        for number, size in enumerate(sizes):
            key = await blobs.put("photos", bytes([number]) * size, "png")
            fresh = {"id": None, "source_sha256": f"{number}", "upright_key": key}
            session.add(Photo(**photo.model_dump() | fresh))
    found = await dossier.collect(database, ME)
    room = 80_000
    packed = await pack(blobs, found, tmp_path, room)
    assert len(packed.zips) > 1
    assert all(path.stat().st_size <= room for path in packed.zips)
    held: list[str] = []
    for path in packed.zips:
        with ZipFile(path) as opened:
            assert opened.testzip() is None
            held += opened.namelist()
    assert len(held) == len(set(held))
    assert len(packed.too_large) == 1
    assert set(held) | set(packed.too_large) == {
        "README.txt",
        "data.json",
        *(file.name for file in found.files),
    }
    with ZipFile(packed.zips[0]) as first:
        page = first.read("README.txt").decode()
        assert "data.json" in first.namelist()
    assert packed.too_large[0] in page
    assert f"darkroom data {ME} --out FILE" in page


async def test_a_file_that_is_gone_is_named(
    database: Database, blobs: Blobs, tmp_path: Path
) -> None:
    await everything(database, blobs, ME)
    (crop,) = await rows(database, Crop)
    await blobs.delete(crop.blob_key)
    packed = await pack(blobs, await dossier.collect(database, ME), tmp_path)
    assert packed.missing == [f"photos/{crop.photo_id}-crop-{crop.id}.png"]
    with ZipFile(packed.zips[0]) as opened:
        assert packed.missing[0] in opened.read("README.txt").decode()


async def test_one_file_at_a_time_is_in_memory(
    database: Database, blobs: Blobs, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await everything(database, blobs, ME)
    under_way, most, get = 0, 0, blobs.get

    async def counted(key: str) -> bytes:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        data = await get(key)
        under_way -= 1
        return data

    monkeypatch.setattr(blobs, "get", counted)
    await pack(blobs, await dossier.collect(database, ME), tmp_path)
    assert most == 1


async def test_shares_tell_that_they_are_there_and_not_to_whom(
    database: Database, blobs: Blobs
) -> None:
    made = await everything(database, blobs, ME)
    await sharing.give(database, ME, made["subject"], To(member_id=OTHER))
    await sharing.give(database, ME, made["subject"], To(server_id=900))
    told = (await dossier.collect(database, ME)).rows["share"]
    assert [row["kind"] for row in told] == ["member", "server"]
    assert all("member_id" not in row for row in told)
    assert len(await rows(database, Share)) == 2
