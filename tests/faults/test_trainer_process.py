"""The trainer as it is run: a supervisor and a worker, two real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from storage import queue
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.tables import Photo
from tests.rows import ask, new_photo, new_subject, rows
from tests.trainer.conftest import new_nano

ROOT = Path(__file__).parent.parent.parent


async def test_a_worker_whose_supervisor_was_killed_gives_its_job_back_and_ends(
    tmp_path: Path,
) -> None:
    base = tmp_path / "nano"
    new_nano().save_pretrained(base)
    database = await Database.open(tmp_path / "data" / "darkroom.sqlite3")
    subject = await new_subject(database)
    await new_photo(database, FolderBlobs(tmp_path / "data" / "blobs"), subject)
    photos = [photo.id for photo in await rows(database, Photo)]
    spec = {"steps": 10_000, "class_images": 0, "photos": photos}
    job = await ask(database, kind="train", subject=subject, spec=spec)
    supervisor = subprocess.Popen(  # noqa: ASYNC220
        [sys.executable, "-m", "trainer"],
        cwd=ROOT,
        env={**os.environ, "DARKROOM_DATA": str(tmp_path / "data"), "DARKROOM_BASE": str(base),
             "DARKROOM_DEVICE": "cpu", "OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert supervisor.stderr
    said = iter(supervisor.stderr.readline, "")
    assert any("(train), attempt 1" in line for line in said)
    supervisor.send_signal(signal.SIGKILL)
    supervisor.stderr.read()  # ends when the last one that holds it, the worker, has ended
    supervisor.stderr.close()
    supervisor.wait()
    back = await queue.get(database, job.id or 0)
    await database.close()
    assert back is not None
    assert (back.state, back.attempt) == ("queued", 0)
