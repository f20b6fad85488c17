"""What every place for files promises, asked of a folder and of a real S3 server."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from storage import clock, orphans
from storage.blobs import Blobs, open_blobs, sha256_of
from storage.engine import Database
from storage.errors import BlobMissing, StoreUnreachable
from storage.orphans import sweep_orphans
from storage.settings import StorageSettings
from storage.tables import Subject
from tests.rows import files, keys_of, new_photo, new_subject, rows, trained
from tests.s3 import BUCKET, SIGNED_IN, S3Server, free_ports

NO_KEYS = [
    "../darkroom.sqlite3",
    "photos/../../etc/passwd",
    "/etc/passwd",
    "photos/00/" + "0" * 32 + ".png/../../x",
    "photos/00/" + "0" * 31 + ".png",
    "photos/00/" + "0" * 32,
    "photos/00/" + "0" * 32 + ".png\n",
    "photos\\00\\" + "0" * 32 + ".png",
    "",
]
GONE = "photos/00/" + "0" * 32 + ".png"


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials where the client looks for them."""
    for name, value in SIGNED_IN.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path, signed_in: None) -> Blobs:
    """A place of each kind that no other test uses."""
    if request.param == "folder":
        return open_blobs(StorageSettings(data=tmp_path))
    server: S3Server = request.getfixturevalue("s3_server")
    return bucket(server.endpoint, f"s3://{BUCKET}/tests/{uuid4().hex}")


@pytest.fixture
def pausing(s3_server: S3Server) -> Iterator[S3Server]:
    """The server, which goes on after the test whatever happens in it."""
    yield s3_server
    s3_server.go_on()


def bucket(endpoint: str, url: str = f"s3://{BUCKET}") -> Blobs:
    return open_blobs(StorageSettings(blobs=url, blobs_endpoint=endpoint))


async def test_a_place_that_works_is_ready_and_stays_empty(blobs: Blobs) -> None:
    await blobs.ready()
    assert await files(blobs) == set()


async def test_what_was_put_is_there(blobs: Blobs) -> None:
    key = await blobs.put("photos", b"pixels", "png")
    assert key.startswith("photos/")
    assert key.endswith(".png")
    assert await blobs.get(key) == b"pixels"
    assert await blobs.exists(key)
    assert await files(blobs) == {key}


async def test_the_same_bytes_get_a_name_each(blobs: Blobs) -> None:
    first = await blobs.put("photos", b"same", "png")
    assert await blobs.put("photos", b"same", "png") != first


@pytest.mark.parametrize("size", [0, 1, 5 * 1024 * 1024 + 1])
async def test_every_size_comes_back_as_it_was(blobs: Blobs, size: int) -> None:
    data = os.urandom(size)
    key = await blobs.put("adapters", data, "safetensors")
    back = await blobs.get(key)
    assert sha256_of(back) == hashlib.sha256(data).hexdigest()
    assert await blobs.exists(key)
    assert await blobs.delete(key) == size


async def test_a_missing_blob_is_named(blobs: Blobs) -> None:
    with pytest.raises(BlobMissing, match=f"The file {GONE} is missing from "):
        await blobs.get(GONE)
    assert not await blobs.exists(GONE)


async def test_a_deletion_counts_bytes_once(blobs: Blobs) -> None:
    key = await blobs.put("photos", b"pixels", "png")
    other = await blobs.put("photos", b"other", "png")
    assert await blobs.delete(key) == len(b"pixels")
    assert await blobs.delete(key) == 0
    assert not await blobs.exists(key)
    with pytest.raises(BlobMissing, match=key):
        await blobs.get(key)
    assert await files(blobs) == {other}


async def test_a_blob_can_be_put_back_under_its_key_again_and_again(blobs: Blobs) -> None:
    key = await blobs.put("photos", b"pixels", "png")
    await blobs.delete(key)
    for _ in range(2):
        await blobs.put_as(key, b"pixels")
    await asyncio.gather(*(blobs.put_as(key, b"pixels") for _ in range(8)))
    assert await blobs.get(key) == b"pixels"
    assert await files(blobs) == {key}


async def test_a_damaged_blob_is_mended_by_putting_it_back(blobs: Blobs) -> None:
    key = await blobs.put("photos", b"damaged", "png")
    await blobs.put_as(key, b"pixels")
    assert await blobs.get(key) == b"pixels"


@pytest.mark.parametrize("key", NO_KEYS)
async def test_what_is_no_key_is_never_a_path(blobs: Blobs, key: str) -> None:
    for act in (blobs.get, blobs.exists, blobs.delete):
        with pytest.raises(BlobMissing, match="is not a blob's key"):
            await act(key)
    with pytest.raises(BlobMissing, match="is not a blob's key"):
        await blobs.put_as(key, b"pixels")
    assert await files(blobs) == set()


@pytest.mark.parametrize(("folder", "suffix"), [("..", "png"), ("a/b", "png"), ("a", "p/../g")])
async def test_a_folder_or_suffix_that_leads_elsewhere_writes_nothing(
    blobs: Blobs, folder: str, suffix: str
) -> None:
    with pytest.raises(BlobMissing):
        await blobs.put(folder, b"pixels", suffix)
    assert await files(blobs) == set()


async def test_many_writers_at_once_lose_nothing(blobs: Blobs) -> None:
    written = [str(number).encode() * 1000 for number in range(60)]
    keys = await asyncio.gather(*(blobs.put("images", data, "png") for data in written))
    assert await asyncio.gather(*(blobs.get(key) for key in keys)) == written
    assert await files(blobs) == set(keys)


async def test_ages_are_the_seconds_since_the_writing(blobs: Blobs) -> None:
    key = await blobs.put("images", b"young", "png")
    ages = {name: age_s async for name, age_s in blobs.ages()}
    assert ages.keys() == {key}
    assert -5 < ages[key] < 60


async def test_what_was_listed_can_be_discarded_twice(blobs: Blobs) -> None:
    key, kept = [await blobs.put("images", b"old", "png") for _ in range(2)]
    for _ in range(2):
        await blobs.discard(key)
    for name in ("", ".", "..", "../x", "images/../../x", "/etc/x", "images//x"):
        await blobs.discard(name)
    assert await files(blobs) == {kept}


async def test_orphans_are_swept_and_what_rows_name_is_kept(
    blobs: Blobs, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orphans, "AT_ONCE", 3)  # several rounds, the last one not full
    photo = await new_photo(database, blobs, await new_subject(database))
    adapter = await trained(database, blobs, (await rows(database, Subject))[0])
    for _ in range(5):
        await blobs.put("images", b"lost", "png")
    assert await sweep_orphans(database, blobs) == 0  # all of them are young
    assert await sweep_orphans(database, blobs, older_than_s=-60) == 5
    assert await files(blobs) == await keys_of(database, photo) | {adapter.blob_key}
    assert await sweep_orphans(database, blobs, older_than_s=-60) == 0


async def test_a_clock_that_runs_ahead_of_the_buckets_sweeps_no_young_file(
    s3_server: S3Server, signed_in: None, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    blobs = bucket(s3_server.endpoint, f"s3://{BUCKET}/{uuid4().hex}")
    key = await blobs.put("images", b"young", "png")
    ahead = clock.now().replace(year=clock.now().year + 1)
    monkeypatch.setattr("storage.clock.now", lambda: ahead)
    assert await sweep_orphans(database, blobs) == 0
    assert await blobs.exists(key)


async def test_a_whole_bucket_can_be_darkrooms(s3_server: S3Server, signed_in: None) -> None:
    s3_server.make_bucket("a-whole-one")
    blobs = bucket(s3_server.endpoint, "s3://a-whole-one")
    await blobs.ready()
    key = await blobs.put("images", b"picture", "png")
    assert await blobs.get(key) == b"picture"
    assert await files(blobs) == {key}
    assert await blobs.delete(key) == len(b"picture")


async def test_prefixes_of_one_bucket_do_not_see_each_other(
    s3_server: S3Server, signed_in: None
) -> None:
    under = uuid4().hex
    ours, theirs = (bucket(s3_server.endpoint, f"s3://{BUCKET}/{under}{n}") for n in ("", "x"))
    key = await theirs.put("images", b"theirs", "png")
    assert await files(ours) == set()
    with pytest.raises(BlobMissing):
        await ours.get(key)
    assert await ours.delete(key) == 0
    assert await theirs.get(key) == b"theirs"


@pytest.fixture
def deaf(signed_in: None) -> Blobs:
    """A bucket on a port where nobody listens."""
    return bucket(f"http://127.0.0.1:{free_ports(1)[0]}")


async def every_question(blobs: Blobs) -> None:
    """Each of them ends with StoreUnreachable, soon."""
    for question in (
        blobs.ready(),
        blobs.put("images", b"picture", "png"),
        blobs.put_as(GONE, b"picture"),
        blobs.get(GONE),
        blobs.exists(GONE),
        blobs.delete(GONE),
        blobs.discard(GONE),
        files(blobs),
    ):
        with pytest.raises(StoreUnreachable) as said:
            await asyncio.wait_for(question, 20)
        assert BUCKET in str(said.value)
        assert "AWS_ACCESS_KEY_ID" in str(said.value)
        assert "\n" not in str(said.value)


async def test_a_store_that_is_away_is_said_whatever_was_asked(deaf: Blobs) -> None:
    await every_question(deaf)


async def test_an_answer_from_something_else_is_not_taken_for_a_missing_file(
    signed_in: None,
) -> None:
    """A proxy, or a server that was put in the store's place: 404 without a word of S3."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        await every_question(bucket(f"http://127.0.0.1:{port}"))


async def test_a_bucket_that_is_not_there_is_not_an_empty_one(
    s3_server: S3Server, signed_in: None
) -> None:
    await every_question(bucket(s3_server.endpoint, f"s3://no-{BUCKET}"))


@pytest.mark.parametrize("name", SIGNED_IN)
async def test_wrong_credentials_are_said(
    s3_server: S3Server, signed_in: None, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, "somebody else's")
    await every_question(bucket(s3_server.endpoint))


async def test_a_store_that_came_back_is_used_again(pausing: S3Server, signed_in: None) -> None:
    blobs = bucket(pausing.endpoint, f"s3://{BUCKET}/{uuid4().hex}")
    key = await blobs.put("images", b"picture", "png")
    pausing.pause()
    waiting = asyncio.create_task(blobs.get(key))
    with pytest.raises(TimeoutError):  # it hangs, as a store under load does
        await asyncio.wait_for(asyncio.shield(waiting), 0.5)
    pausing.go_on()
    assert await waiting == b"picture"


async def test_a_store_that_falls_silent_is_given_up(
    signed_in: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.blobs.bucket.SILENCE", "200ms")
    with socket.create_server(("127.0.0.1", 0)) as listener:  # takes the call, never speaks
        blobs = bucket(f"http://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(StoreUnreachable):
            await asyncio.wait_for(blobs.get(GONE), 20)
