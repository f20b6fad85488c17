"""A subject's owner takes along what was learned, as files for other tools."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from bot import words
from storage.tables import Adapter, Subject
from tests.bot.commands.conftest import Studio, messages, said
from tests.rows import rows

ORIGIN = {
    "token": "zwx",
    "class_word": "woman",
    "base": "tiny",
    "base_hash": "0" * 64,
    "steps": 40,
    "seed": 1,
    "rank": 2,
    "alpha": 2,
    "version": 1,
}
LAYER = "down_blocks.0.attentions.0.transformer_blocks.0.attn2.to_k"


def adapter_file(**more: Any) -> bytes:
    tensors = {
        f"unet.{LAYER}.lora_A.weight": np.ones((2, 8), np.float16),
        f"unet.{LAYER}.lora_B.weight": np.ones((8, 2), np.float16),
        **more,
    }
    return save(tensors, {"darkroom": json.dumps(ORIGIN)})


async def learned(studio: Studio, data: bytes) -> Subject:
    """Alice's subject, with this file as its adapter."""
    subject = await studio.trained()
    key = await studio.bot.blobs.put("adapters", data, "safetensors")
    async with studio.bot.database.write() as session:
        (row,) = await rows(studio.bot.database, Adapter)
        adapter = await session.get_one(Adapter, row.id)
        adapter.blob_key, adapter.size_bytes = key, len(data)
        adapter.sha256 = hashlib.sha256(data).hexdigest()
    return subject


async def export(studio: Studio, actor: Any = None) -> Any:
    return await studio.slash(actor or studio.alice, "subject export", token="zwx")


async def files(answer: Any) -> dict[str, bytes]:
    found = [file for message in messages(answer) for file in message.attachments]
    return {file.filename: await file.read() for file in found}


async def test_an_owner_gets_it_for_web_uis_and_for_diffusers(studio: Studio) -> None:
    data = adapter_file()
    await learned(studio, data)
    answer = await export(studio)
    assert words.exported("zwx", "woman") in said(answer)
    got = await files(answer)
    assert set(got) == {"zwx.safetensors", "zwx-diffusers.safetensors", "README.txt"}
    assert got["zwx-diffusers.safetensors"] == data
    name = f"lora_unet_{LAYER.replace('.', '_')}"
    single = load(got["zwx.safetensors"])
    assert set(single) == {
        f"{name}.{end}" for end in ("lora_down.weight", "lora_up.weight", "alpha")
    }
    assert single[f"{name}.alpha"] == ORIGIN["alpha"]
    assert "<lora:zwx:1> zwx woman" in got["README.txt"].decode()


async def test_a_learned_token_goes_along(studio: Studio) -> None:
    await learned(studio, adapter_file(**{"lora_token.text_encoder": np.ones((3, 8), np.float16)}))
    got = await files(await export(studio))
    assert set(load(got["zwx-embedding.safetensors"])) == {"zwx"}
    assert "zwx-embedding.safetensors" in got["README.txt"].decode()


async def test_nobody_else_gets_it_and_it_is_not_told_to_be_there(studio: Studio) -> None:
    await learned(studio, adapter_file())
    await studio.slash(studio.alice, "subject share", token="zwx", member=studio.bob)
    answer = await export(studio, studio.bob)
    assert said(answer) == words.unknown_subject("zwx")
    assert await files(answer) == {}


async def test_what_is_too_large_is_the_operators_to_hand_over(studio: Studio) -> None:
    await learned(studio, adapter_file(**{"unet.x": np.ones((6 << 20,), np.float16)}))
    answer = await export(studio)
    assert words.export_too_large("zwx") in said(answer)
    assert await files(answer) == {}


async def test_a_full_fine_tune_is_the_operators_to_hand_over(studio: Studio) -> None:
    await learned(studio, adapter_file(**{"whole.conv_in.weight": np.ones((2,), np.float16)}))
    assert words.export_too_large("zwx") in said(await export(studio))


@pytest.mark.parametrize("data", [b"", b"weights", b"\xff" * 64, adapter_file()[:-2]])
async def test_a_damaged_file_is_not_sent(studio: Studio, data: bytes) -> None:
    await learned(studio, data)
    answer = await export(studio)
    assert words.EXPORT_DAMAGED in said(answer)
    assert await files(answer) == {}


async def test_what_was_not_trained_cannot_be_taken_along(studio: Studio) -> None:
    await studio.subject()
    assert words.EXPORT_UNTRAINED in said(await export(studio))


async def test_whoever_is_shown_must_have_agreed(studio: Studio) -> None:
    subject = await learned(studio, adapter_file())
    async with studio.bot.database.write() as session:
        (await session.get_one(Subject, subject.id)).likeness_of = studio.bob.id
    answer = await export(studio)
    assert words.EXPORT_UNAGREED in said(answer)
    assert await files(answer) == {}
