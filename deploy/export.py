"""`darkroom export`: the adapter that a subject is drawn with, as files for other tools."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from storage import gallery, tokens
from storage.blobs import open_blobs
from storage.engine import Database
from storage.errors import BlobMissing
from storage.settings import StorageSettings
from storage.tables import Adapter
from trainer.adapters import AdapterDamaged, LoadedAdapter, read_adapter
from trainer.export import export as write
from trainer.loading import BaseUnavailable


class NothingToExport(Exception):
    """There is nothing of that name; the sentence says what there is or what to do."""


async def export(settings: StorageSettings, token: str, folder: Path) -> list[str]:
    """Write the files of the subject of that token; what to tell about them. Raises
    `NothingToExport`, and OSError where they cannot be written."""
    database = await Database.open(settings.database)
    try:
        row = await _in_use(database, token)
        data = await open_blobs(settings).get(row.blob_key)
    except BlobMissing as missing:
        raise NothingToExport(
            f"The file of {token}'s adapter is missing. A backup may have it: darkroom restore."
        ) from missing
    finally:
        await database.close()
    try:
        adapter = read_adapter(data, row.sha256)
        made = await asyncio.to_thread(write, adapter, row.card, row.created_at, folder)
    except AdapterDamaged as damaged:
        raise NothingToExport(
            f"The file of {token}'s adapter is damaged. In Discord, /subject versions may have"
            " another one to go back to."
        ) from damaged
    except BaseUnavailable as unavailable:
        raise NothingToExport(
            f"{token} is a full fine-tune, which goes with all of its base. {unavailable}"
        ) from unavailable
    return list(_told(adapter, made, folder))


async def _in_use(database: Database, token: str) -> Adapter:
    known = await tokens.tokens(database)
    if token not in known:
        near = get_close_matches(token, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else " Members see theirs with /subject list."
        raise NothingToExport(f"There is no subject with the token {token}.{hint}")
    row = await gallery.current_adapter(database, known[token])
    if row is None:
        raise NothingToExport(
            f"{token} has not been trained yet. In Discord: /train start {token}, then export"
            " it again."
        )
    return row


def _told(adapter: LoadedAdapter, made: list[Path], folder: Path) -> Iterator[str]:
    origin = adapter.origin
    who = f"{origin.token} {origin.class_word}"
    yield f"{who} after {origin.steps} steps on {origin.base}:"
    for path in made:
        yield f"  {path}"
        yield f"      {_use(path, folder, adapter)}"
    if origin.base == "tiny":
        yield "No web UI knows the base tiny; diffusers does, from its folder trainer/tiny/model."


def _use(path: Path, folder: Path, adapter: LoadedAdapter) -> str:
    """What the file is for."""
    token = adapter.origin.token
    place = path.relative_to(folder).parts
    if place[0] == "lora":
        return (
            f"for A1111, Forge and ComfyUI, among their LoRAs: <lora:{token}:1> and"
            f" {token} {adapter.origin.class_word} in the prompt"
        )
    if place[0] == "embeddings":
        return "the token it learned, for those that do not read it out of the LoRA"
    if place[0] == "diffusers":
        if path.is_dir():
            return "a whole pipeline, for diffusers: DiffusionPipeline.from_pretrained"
        is_token = path.name.startswith("learned")
        return f"for diffusers: load_{'textual_inversion' if is_token else 'lora_weights'}"
    return "its report card"
