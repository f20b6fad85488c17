from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from storage.blobs import Blobs
from storage.errors import BlobMissing

WRITER = """
import sys
from pathlib import Path
from storage.blobs import Blobs

blobs = Blobs(Path(sys.argv[1]))
while True:
    print(blobs.put_now("images", b"x" * 200_000 + b"end", "png"), flush=True)
"""


def test_what_was_put_is_there(blobs: Blobs) -> None:
    key = blobs.put_now("photos", b"pixels", "png")
    assert blobs.get_now(key) == b"pixels"
    assert list(blobs.keys()) == [key]


async def test_putting_and_getting_leave_the_event_loop_free(blobs: Blobs) -> None:
    key = await blobs.put("photos", b"pixels", "png")
    assert await blobs.get(key) == b"pixels"
    assert await blobs.delete(key) == len(b"pixels")


def test_the_same_bytes_get_a_name_each(blobs: Blobs) -> None:
    assert blobs.put_now("photos", b"same", "png") != blobs.put_now("photos", b"same", "png")


def test_a_missing_blob_is_named(blobs: Blobs) -> None:
    key = blobs.put_now("photos", b"pixels", "png")
    assert blobs.delete_now(key) == len(b"pixels")
    assert blobs.delete_now(key) == 0
    with pytest.raises(BlobMissing, match=key):
        blobs.get_now(key)


@pytest.mark.parametrize(
    "key",
    [
        "../darkroom.sqlite3",
        "photos/../../etc/passwd",
        "/etc/passwd",
        "photos/00/" + "0" * 32 + ".png/../../x",
        "photos/00/" + "0" * 31 + ".png",
        "photos/00/" + "0" * 32,
        "photos/00/" + "0" * 32 + ".png\n",
        "photos\\00\\" + "0" * 32 + ".png",
        "",
    ],
)
def test_what_is_no_key_is_never_a_path(blobs: Blobs, key: str) -> None:
    for act in (blobs.path, blobs.get_now, blobs.delete_now):
        with pytest.raises(BlobMissing):
            act(key)


@pytest.mark.parametrize(("folder", "suffix"), [("..", "png"), ("a/b", "png"), ("a", "p/../g")])
def test_a_folder_or_suffix_that_leads_elsewhere_writes_nothing(
    blobs: Blobs, folder: str, suffix: str
) -> None:
    with pytest.raises(BlobMissing):
        blobs.put_now(folder, b"pixels", suffix)
    assert list(blobs.keys()) == []


def test_a_write_that_fails_leaves_nothing(blobs: Blobs, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        blobs.put_now("photos", b"pixels", "png")
    assert list(blobs.keys()) == []


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
    blobs = Blobs(tmp_path)
    whole = [key for key in blobs.keys() if not key.endswith(".partial")]  # noqa: SIM118
    assert set(told) <= set(whole)
    for key in whole:
        data = blobs.get_now(key)
        assert (len(data), data[-3:]) == (200_003, b"end")


def test_discarding_stays_inside_the_folder(tmp_path: Path) -> None:
    outside = tmp_path / "darkroom.sqlite3"
    outside.write_bytes(b"rows")
    blobs = Blobs(tmp_path / "blobs")
    key = blobs.put_now("photos", b"pixels", "png")
    blobs.discard_now("../darkroom.sqlite3")
    assert outside.exists()
    blobs.discard_now(key)
    assert list(blobs.keys()) == []
