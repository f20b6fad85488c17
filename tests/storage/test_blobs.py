"""What only a folder promises: nothing half there, whatever happens to the writer or the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.blobs import open_blobs
from storage.blobs.bucket import BucketBlobs
from storage.blobs.folder import FolderBlobs
from storage.errors import BlobMissing, StorageFull, StoreUnreachable
from storage.settings import StorageSettings, explain
from tests.rows import files

WRITER = """
import asyncio, sys
from pathlib import Path
from storage.blobs.folder import FolderBlobs

async def main():
    blobs = FolderBlobs(Path(sys.argv[1]))
    while True:
        print(await blobs.put("images", b"x" * 200_000 + b"end", "png"), flush=True)

asyncio.run(main())
"""


async def test_a_write_that_fails_leaves_nothing(
    blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await blobs.put("photos", b"pixels", "png")
    before = await files(blobs)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageFull):
        await blobs.put("photos", b"pixels", "png")
    assert await files(blobs) == before


def test_a_disk_that_fills_up_halfway_leaves_nothing(tmp_path: Path) -> None:
    """A real limit of the file system's: no file of this process may grow beyond 100 kB."""
    script = """
import asyncio, resource, signal, sys
from pathlib import Path
from storage.blobs.folder import FolderBlobs

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
blobs = FolderBlobs(Path(sys.argv[1]))
try:
    asyncio.run(blobs.put("images", b"x" * 200_000, "png"))
except OSError as error:
    print(error.strerror)
"""
    said = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert said.stdout == "File too large\n"
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_writer_that_is_killed_leaves_no_half_file_under_a_key(tmp_path: Path) -> None:
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    assert writer.stdout
    told = [writer.stdout.readline().strip() for _ in range(5)]
    writer.send_signal(signal.SIGKILL)
    told += writer.stdout.read().split()
    writer.wait()
    writer.stdout.close()
    blobs = FolderBlobs(tmp_path)
    whole = {path for path in tmp_path.rglob("*.png") if path.is_file()}
    assert set(map(blobs.path, told)) <= whole
    for path in whole:
        data = path.read_bytes()
        assert (len(data), data[-3:]) == (200_003, b"end")


async def test_every_new_name_is_synced_into_the_folder_above_it(
    blobs: FolderBlobs, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    fsync = os.fsync

    def noted(descriptor: int) -> None:
        synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", noted)
    key = await blobs.put("photos", b"pixels", "png")
    path = blobs.path(key)
    above = [str(folder) for folder in (path.parents[3], path.parents[2], path.parents[1])]
    assert synced[:3] == above  # blobs/, photos/ and 3f/ are new
    assert synced[3].endswith(".partial")
    assert synced[4:] == [str(path.parent)]


async def test_discarding_stays_inside_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "darkroom.sqlite3"
    outside.write_bytes(b"rows")
    blobs = FolderBlobs(tmp_path / "blobs")
    await blobs.put("photos", b"pixels", "png")
    for name in ("../darkroom.sqlite3", str(outside), "photos/../../darkroom.sqlite3"):
        await blobs.discard(name)
    assert outside.exists()


async def test_an_abandoned_half_is_listed_and_can_be_discarded(blobs: FolderBlobs) -> None:
    key = await blobs.put("photos", b"pixels", "png")
    half = blobs.path(key).with_suffix(".1a2b.partial")
    half.write_bytes(b"pix")
    name = half.relative_to(blobs.root).as_posix()
    assert await files(blobs) == {key, name}
    await blobs.discard(name)
    assert await files(blobs) == {key}


async def test_a_place_that_is_no_folder_is_said_before_the_first_file(tmp_path: Path) -> None:
    (tmp_path / "blobs").write_text("a file")
    with pytest.raises(StoreUnreachable, match="DARKROOM_DATA"):
        await FolderBlobs(tmp_path / "blobs").ready()
    await FolderBlobs(tmp_path / "new" / "blobs").ready()
    assert (tmp_path / "new" / "blobs").is_dir()


def test_no_key_leads_out_of_the_folder(blobs: FolderBlobs) -> None:
    with pytest.raises(BlobMissing, match="is not a blob's key"):
        blobs.path("../darkroom.sqlite3")


def test_files_lie_beside_the_database_unless_a_bucket_is_named(tmp_path: Path) -> None:
    opened = open_blobs(StorageSettings(data=tmp_path))
    assert isinstance(opened, FolderBlobs)
    assert opened.root == tmp_path / "blobs"
    opened = open_blobs(
        StorageSettings(blobs="s3://portraits/darkroom/", blobs_endpoint="http://127.0.0.1:9")
    )
    assert isinstance(opened, BucketBlobs)
    assert opened.name == "s3://portraits/darkroom at http://127.0.0.1:9"


@pytest.mark.parametrize(
    "wrong", ["/mnt/blobs", "s3://", "s3:///a", "s3://portraits/../x", "gs://portraits", "s3://A b"]
)
def test_what_is_no_bucket_is_refused_with_a_sentence(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DARKROOM_BLOBS", wrong)
    with pytest.raises(ValueError) as refused:
        StorageSettings()
    said = explain(refused.value)  # type: ignore[arg-type]  # pydantic's is a ValueError
    assert f"DARKROOM_BLOBS={wrong!r}" in said
    assert "s3://bucket/prefix" in said
