"""`darkroom export` as an operator types it, on the bundled base's own adapters."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from safetensors.torch import load_file

from deploy.export import NothingToExport, export
from storage import clock
from storage.blobs.folder import FolderBlobs
from storage.engine import Database
from storage.settings import StorageSettings
from storage.tables import Adapter, Subject
from tests.deploy.test_cli import darkroom
from tests.rows import new_subject
from tests.trainer.leaving import learned
from trainer.adapters import pack_adapter
from trainer.base import Base
from trainer.loading import load_base
from trainer.plan import Method


@pytest.fixture(scope="module")
def tiny() -> Base:
    return load_base("tiny")


async def keep(
    database: Database, blobs: FolderBlobs, subject: Subject, base: Base, method: Method
) -> Adapter:
    """An adapter row with its file, as a training leaves it."""
    adapter = learned(base, method, "woman")
    origin = adapter.origin
    data = pack_adapter(adapter.weights, origin)
    assert subject.id is not None
    row = Adapter(
        subject_id=subject.id,
        blob_key=await blobs.put("adapters", data, "safetensors"),
        sha256=adapter.sha256,
        size_bytes=len(data),
        base=origin.base,
        base_hash=origin.base_hash,
        step=origin.steps,
        card={"steps": origin.steps, "why": "best"},
        created_at=clock.now(),
        chosen_at=clock.now(),
    )
    async with database.write() as session:
        session.add(row)
    return row


async def test_a_subject_leaves_as_files_for_other_tools(
    database: Database, blobs: FolderBlobs, tmp_path: Path, tiny: Base
) -> None:
    subject = await new_subject(database, token="tkn")
    await keep(database, blobs, subject, tiny, "pivotal")
    folder = tmp_path / "for" / "home"
    done = darkroom(tmp_path, "export", "TKN", folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "tkn woman after 6 steps on tiny:" in done.stdout
    assert "<lora:tkn:1> and tkn woman in the prompt" in done.stdout
    assert "load_textual_inversion" in done.stdout
    assert "No web UI knows the base tiny" in done.stdout
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {
        "tkn.json",
        "lora/tkn.safetensors",
        "embeddings/tkn.safetensors",
        "diffusers/tkn/pytorch_lora_weights.safetensors",
        "diffusers/tkn/learned_embeds.safetensors",
    }
    for path in folder.rglob("*"):
        assert path.is_dir() or str(path) in done.stdout
    assert json.loads((folder / "tkn.json").read_text()) == {"steps": 6, "why": "best"}
    assert len(load_file(folder / "lora" / "tkn.safetensors")) > 100


async def test_a_full_fine_tune_leaves_with_its_base(
    database: Database, blobs: FolderBlobs, tmp_path: Path, tiny: Base
) -> None:
    subject = await new_subject(database, token="tkn")
    await keep(database, blobs, subject, tiny, "full")
    said = await export(StorageSettings(data=tmp_path), "tkn", tmp_path / "out")
    assert any("a whole pipeline" in line for line in said)
    assert (tmp_path / "out" / "diffusers" / "tkn" / "model_index.json").exists()


async def test_what_cannot_be_exported_is_said_kindly(
    database: Database, blobs: FolderBlobs, tmp_path: Path, tiny: Base
) -> None:
    folder = tmp_path / "out"
    nobody = "There is no subject with the token zwx. Members see theirs with /subject list."
    done = darkroom(tmp_path, "export", "zwx", folder)
    assert (done.returncode, done.stdout, done.stderr.strip()) == (66, "", nobody)

    async def said(token: str) -> str:
        with pytest.raises(NothingToExport) as raised:
            await export(StorageSettings(data=tmp_path), token, folder)
        return str(raised.value)

    subject = await new_subject(database)
    assert await said("zwy") == "There is no subject with the token zwy. Did you mean zwx?"
    assert await said("zwx") == (
        "zwx has not been trained yet. In Discord: /train start zwx, then export it again."
    )
    row = await keep(database, blobs, subject, tiny, "lora")
    await blobs.delete(row.blob_key)
    assert "adapter is missing" in await said("zwx")
    await blobs.put_as(row.blob_key, b"not what it was")
    assert "/subject versions" in await said("zwx")
    assert not folder.exists()


async def test_a_folder_that_cannot_be_written_is_said(
    database: Database, blobs: FolderBlobs, tmp_path: Path, tiny: Base
) -> None:
    await keep(database, blobs, await new_subject(database, token="tkn"), tiny, "lora")
    (tmp_path / "file").write_text("")
    done = darkroom(tmp_path, "export", "tkn", tmp_path / "file" / "out")
    assert done.returncode == 74
    assert "Not a directory" in done.stderr
