"""Outgrown: the real trainer on PostgreSQL and a bucket, by nothing but its settings."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE
from pathlib import Path
from uuid import uuid4

import pytest

from storage import gallery, queue
from storage.blobs import open_blobs
from storage.engine import Database
from storage.erase import erase
from storage.settings import StorageSettings
from storage.tables import Job, Photo
from storage.wake import Watch
from tests import postgresql
from tests.rows import ask, count, files, new_photo, new_subject, rows
from tests.s3 import BUCKET, SIGNED_IN, S3Server
from tests.trainer.conftest import new_nano
from trainer.adapters import read_adapter

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 120.0


@pytest.fixture
def settings(
    s3_server: S3Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> StorageSettings:
    """What an operator sets, seen by this process and by the trainer."""
    base = tmp_path / "nano"
    new_nano().save_pretrained(base)
    address = asyncio.run(postgresql.new_database(postgresql.template()))
    for name, value in {
        "DARKROOM_DATA": str(tmp_path / "data"),
        "DARKROOM_BASE": str(base),
        "DARKROOM_POSTGRESQL": address,
        "DARKROOM_BLOBS": f"s3://{BUCKET}/{uuid4().hex}",
        "DARKROOM_BLOBS_ENDPOINT": s3_server.endpoint,
        "DARKROOM_DEVICE": "cpu",
        "OMP_NUM_THREADS": "1",
        **SIGNED_IN,
    }.items():
        monkeypatch.setenv(name, value)
    return StorageSettings()


async def ended(database: Database, job: Job) -> Job:
    """The job once it has ended."""
    async with asyncio.timeout(LIMIT_S), Watch(database) as watch:
        while True:
            found = await queue.get(database, job.id or 0)
            assert found is not None
            if found.finished_at is not None:
                return found
            await watch.changed(asyncio.Event(), 1.0)


async def test_a_subject_is_trained_and_drawn_and_forgotten(settings: StorageSettings) -> None:
    database, blobs = await Database.open(settings.database), open_blobs(settings)
    await blobs.ready()
    subject = await new_subject(database)
    for framing in ("face", "torso"):
        await new_photo(database, blobs, subject, framing)
    trainer = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "trainer", cwd=ROOT, env=dict(os.environ), stderr=PIPE
    )
    try:
        photos = [photo.id for photo in await rows(database, Photo)]
        spec = {"steps": 2, "class_images": 1, "photos": photos}
        trained = await ended(
            database, await ask(database, kind="train", subject=subject, spec=spec)
        )
        assert (trained.state, trained.error) == ("done", None)
        adapter = await gallery.current_adapter(database, subject.id or 0)
        assert adapter is not None
        read_adapter(await blobs.get(adapter.blob_key), adapter.sha256)
        prompt = f"{subject.token} woman at the beach"
        spec = {"prompt": prompt, "typed": prompt, "adapter": adapter.id, "seed": 1, "pictures": 1}
        drawn = await ended(database, await ask(database, subject=subject, spec=spec))
        assert (drawn.state, drawn.error) == ("done", None)
        (picture,) = await gallery.images_of(database, drawn.id or 0)
        assert (await blobs.get(picture.blob_key)).startswith(b"\x89PNG")
    finally:
        trainer.send_signal(signal.SIGTERM)
        await trainer.communicate()
    assert trainer.returncode == 0
    receipt = await erase(database, blobs, subject.owner_id)
    assert (receipt.photos, receipt.adapters, receipt.waiting_files) == (2, 1, 0)
    assert await count(database, Job) == 0
    assert {name.split("/")[0] for name in await files(blobs)} == {"class"}  # everybody's
    await database.close()
    assert not list((Path(settings.data)).rglob("*"))  # nothing of it lies on this machine
    await postgresql.drop(str(settings.postgresql))
