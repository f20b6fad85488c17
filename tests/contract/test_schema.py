"""The tables' versions: brought forward, never back, and refused in a sentence when unreadable."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, delete, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from storage import gallery, outbox, queue, schema, subjects
from storage.blobs import Blobs
from storage.connect import address
from storage.engine import Database
from storage.errors import SchemaDamaged, SchemaMismatch
from storage.tables import Adapter, Crop, Job, Member, Photo, Subject, columns
from tests.rows import ask, count, new_photo, rows

OPENER = """
import asyncio, sys
from storage import subjects
from storage.engine import Database

async def main():
    sys.stdin.read(1)
    database = await Database.open(sys.argv[1])
    await subjects.give_consent(database, int(sys.argv[2]), 1)
    await database.close()

asyncio.run(main())
"""

#: What a Darkroom of the first schema may have left: one job shown, one not, one in line; a photo
#: of each framing.
FIRST_ROWS = """
INSERT INTO member (id, created_at, last_served_at) VALUES
    (1, '2026-11-01 10:00:00', '2026-11-03 10:00:00'),
    (2, '2026-11-01 10:00:00', '2026-11-02 10:00:00'),
    (3, '2026-11-01 10:00:00', NULL);
INSERT INTO subject (id, owner_id, token, class_word, kind, base, created_at) VALUES
    (5, 1, 'zwx', 'woman', 'person', 'tiny', '2026-11-01 10:00:00'),
    (6, 2, 'qqx', 'dog', 'pet', 'some/base', '2026-11-01 10:00:00');
INSERT INTO photo (id, subject_id, source_sha256, filename, framing, width, height, sharpness,
    light, phash, mirror_phash, warnings, crop_x, crop_y, crop_side, upright_key, crop_key,
    created_at) VALUES
    (2, 5, 'aa', 'a.jpg', 'face', 900, 800, 9.5, 120, 'f0', '0f', '[]', 10, 20, 600, 'u2', 'c2',
        '2026-11-01 10:00:00'),
    (3, 6, 'aa', 'b.jpg', 'torso', 640, 480, 9.5, 120, 'f0', '0f', '["dark"]', 80, 0, 480, 'u3',
        'c3', '2026-11-01 11:00:00'),
    (7, 6, 'bb', 'c.jpg', 'other', 640, 480, 9.5, 120, 'f0', '0f', '[]', 80, 0, 480, 'u7', 'c7',
        '2026-11-01 12:00:00');
INSERT INTO job (id, kind, interactive, owner_id, subject_id, request_id, spec, state, priority,
    attempt, max_attempts, run_after, lease_key, lease_until, progress, outcome, channel_id,
    message_id, created_at, finished_at, delivered_at) VALUES
    (1, 'generate', TRUE, 1, 5, 'a', '{}', 'done', 0, 1, 3, '2026-11-02 10:00:00', NULL, NULL,
        '{}', '{}', 10, 20, '2026-11-02 10:00:00', '2026-11-02 11:00:00', '2026-11-02 11:00:01'),
    (2, 'generate', TRUE, 1, 5, 'b', '{}', 'done', 0, 1, 3, '2026-11-02 10:00:00', NULL, NULL,
        '{}', '{}', 10, 21, '2026-11-02 10:00:00', '2026-11-02 11:00:00', NULL),
    (3, 'generate', TRUE, 1, 5, 'c', '{}', 'queued', 0, 0, 3, '2026-11-02 10:00:00', NULL, NULL,
        '{}', '{}', 10, 22, '2026-11-02 10:00:00', NULL, NULL),
    (4, 'train', FALSE, 2, 5, 'd', '{}', 'running', 0, 1, 3, '2026-11-02 10:00:00', 'key',
        '2026-11-02 10:30:00', '{}', '{}', 10, 23, '2026-11-02 10:00:00', NULL, NULL);
"""


async def run(where: Path | str, work: Any) -> Any:
    """The result of `work`, given a plain connection."""
    engine = create_async_engine(address(where))
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(work)
    finally:
        await engine.dispose()


async def of_the_first_schema(where: Path | str) -> None:
    """A database as the first Darkroom left it."""

    def make(connection: Connection) -> None:
        config = schema.configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, schema.FIRST)
        for statement in FIRST_ROWS.split(";")[:-1]:
            connection.execute(text(statement.replace(":", "\\:")))
        if connection.dialect.name == "sqlite":  # it knew nothing of Alembic
            connection.execute(text("DROP TABLE alembic_version"))
            connection.execute(text("PRAGMA user_version = 1"))
        else:  # as if the server had given out the numbers itself
            ids = {"job": 4, "subject": 6, "photo": 7}
            for table, last in ids.items():
                connection.execute(text(f"SELECT setval('{table}_id_seq', {last})"))

    if isinstance(where, Path):
        where.parent.mkdir()
    await run(where, make)


async def test_the_migrations_make_the_tables_that_the_code_names(database: Database) -> None:
    def differences(connection: Connection) -> list[Any]:
        found = inspect(connection)
        checks = {
            (table.name, constraint.name)
            for table in Job.metadata.sorted_tables
            for constraint in table.constraints
            if type(constraint).__name__ == "CheckConstraint"
        }
        there = {
            (table, check["name"])
            for table in found.get_table_names()
            for check in found.get_check_constraints(table)
        }
        context = MigrationContext.configure(connection)
        return [*compare_metadata(context, Job.metadata), *(checks ^ there)]

    assert await run(database.url.render_as_string(hide_password=False), differences) == []


async def test_the_number_of_a_removed_row_is_never_given_out_again(
    nowhere: Path | str,
) -> None:
    """Buttons, panels and outgoing messages remember numbers. Also in tables that were migrated."""
    await of_the_first_schema(nowhere)
    database = await Database.open(nowhere)

    def numbers_again(connection: Connection) -> list[str]:
        if connection.dialect.name != "sqlite":
            return []
        made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'table'"))
        return [
            name
            for name, sql in made
            if "id INTEGER NOT NULL" in sql and "AUTOINCREMENT" not in sql
        ]

    where = database.url.render_as_string(hide_password=False)
    assert await run(where, numbers_again) == []
    before = (await ask(database, 1)).id
    async with database.write() as session:
        await session.execute(delete(Job).where(columns(Job).id == before))
    assert (await ask(database, 1)).id != before
    await database.close()


async def test_rows_of_the_first_schema_go_through_the_newest_migration(
    nowhere: Path | str,
) -> None:
    await of_the_first_schema(nowhere)
    database = await Database.open(nowhere)
    turns = {member.id: member.served_turn for member in await rows(database, Member)}
    assert turns == {1: 2, 2: 1, 3: None}
    assert [row.job_id for row in await outbox.take(database)] == [2]
    leases = [await queue.claim(database) for _ in range(3)]  # no time it knew holds anything up
    assert [lease.job.id for lease in leases if lease] == [3]
    (training,) = [job for job in await rows(database, Job) if job.id == 4]
    assert (training.state, training.attempt, training.cancel_keeps) == ("queued", 1, False)
    await database.close()
    again = await Database.open(nowhere)
    assert await count(again, Job) == 4
    await again.close()


async def test_photos_from_before_crops_keep_their_crop_with_its_caption(
    nowhere: Path | str,
) -> None:
    await of_the_first_schema(nowhere)
    database = await Database.open(nowhere)
    (face,), others = [await subjects.album(database, number) for number in (5, 6)]
    at = datetime(2026, 11, 1, 10, tzinfo=UTC)
    assert face.photo == Photo(
        id=2, subject_id=5, source_sha256="aa", filename="a.jpg", framing="face",
        width=900, height=800, upright_key="u2", created_at=at,
    )  # fmt: skip
    assert (face.photo.kept, face.photo.alike, face.photo.seen) == (False, [], None)
    (crop,) = face.crops
    assert crop == Crop(
        id=crop.id, photo_id=2, framing="face", x=10, y=20, side=600, resolution=64,
        caption="a close-up portrait of a zwx woman", blob_key="c2", created_at=at,
    )  # fmt: skip
    assert (crop.edited, crop.worded) == (False, False)
    found = [
        (crop.photo_id, crop.framing, crop.resolution, crop.caption, crop.blob_key)
        for shot in others
        for crop in shot.crops
    ]
    assert found == [
        (3, "torso", 512, "an upper body picture of a qqx dog", "c3"),
        (7, "other", 512, "a picture of a qqx dog", "c7"),
    ]
    await database.close()


async def test_adapters_from_before_there_was_a_choice_stay_in_use(nowhere: Path | str) -> None:
    await of_the_first_schema(nowhere)
    made = """
        INSERT INTO adapter (subject_id, blob_key, sha256, size_bytes, base, base_hash, card,
            created_at) VALUES
            (5, 'a1', 'a', 10, 'tiny', 'b', '{"steps": 320}', '2026-11-01 10:00:00'),
            (5, 'a2', 'a', 10, 'tiny', 'b', '{}', '2026-11-02 10:00:00')
    """
    await run(nowhere, lambda c: c.execute(text(made.replace('": ', '"\\: '))))
    database = await Database.open(nowhere)
    first, second = await rows(database, Adapter)
    assert [(one.step, one.chosen_at) for one in (first, second)] == [
        (320, datetime(2026, 11, 1, 10, tzinfo=UTC)),
        (0, datetime(2026, 11, 2, 10, tzinfo=UTC)),
    ]
    found = await gallery.current_adapter(database, 5)
    assert found is not None
    assert found.id == second.id
    await database.close()


async def test_the_number_of_a_photo_removed_before_crops_is_not_given_out_again(
    nowhere: Path | str, blobs: Blobs
) -> None:
    await of_the_first_schema(nowhere)

    def remove_the_last(connection: Connection) -> None:
        config = schema.configuration()
        config.attributes["connection"] = connection
        if connection.dialect.name == "sqlite":
            command.stamp(config, schema.FIRST)
        command.upgrade(config, "0002")
        connection.execute(text("DELETE FROM photo"))

    await run(nowhere, remove_the_last)
    database = await Database.open(nowhere)
    (zwx,) = [one for one in await rows(database, Subject) if one.id == 5]
    photo = await new_photo(database, blobs, zwx)
    assert photo.id == 8
    await database.close()


async def test_processes_that_start_at_once_all_get_in(nowhere: Path | str) -> None:
    openers = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", OPENER, str(nowhere), str(number), stdin=PIPE
        )
        for number in range(3)
    ]
    for opener in openers:
        await opener.communicate(b"go")
    assert [opener.returncode for opener in openers] == [0, 0, 0]
    database = await Database.open(nowhere)
    assert await count(database, Member) == 3
    await database.close()


async def test_a_newer_schema_is_refused_with_what_helps(place: Path | str) -> None:
    await (await Database.open(place)).close()
    await run(place, lambda c: c.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    with pytest.raises(SchemaMismatch, match=r"schema 9999.*newer.*darkroom restore"):
        await Database.open(place)


async def test_a_schema_that_lacks_something_is_refused_with_what_helps(
    place: Path | str,
) -> None:
    await (await Database.open(place)).close()
    await run(place, lambda c: c.execute(text("ALTER TABLE photo DROP COLUMN filename")))
    with pytest.raises(SchemaDamaged, match=r"photo lacks filename.*darkroom restore"):
        await Database.open(place)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_file_from_after_the_first_schema_is_refused_by_the_first_darkroom(
    place: Path,
) -> None:
    await (await Database.open(place)).close()
    version = await run(place, lambda c: c.execute(text("PRAGMA user_version")).scalar_one())
    assert version == 2  # it read only 1


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
@pytest.mark.parametrize("page", [0, 1, 4])
async def test_a_damaged_file_is_refused_with_what_helps(place: Path, page: int) -> None:
    database = await Database.open(place)
    for member in range(300):
        await subjects.give_consent(database, member, 1)
    await database.close()
    with place.open("r+b") as file:
        file.seek(4096 * page)
        file.write(b"\xff" * 3000)
    with pytest.raises(SchemaDamaged, match="darkroom restore"):
        await Database.open(place)


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
async def test_a_file_that_is_no_database_is_refused_with_what_helps(place: Path) -> None:
    place.write_text("This is a letter. " * 1000)
    with pytest.raises(SchemaDamaged, match="darkroom restore"):
        await Database.open(place)
