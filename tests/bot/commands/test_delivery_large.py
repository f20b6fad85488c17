"""Pictures that are larger than Discord takes are made smaller, and never given up."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from storage import queue
from tests.bot.commands.conftest import Studio
from tests.bot.commands.delivering import MESSAGE, MESSAGES, outgoing
from tests.bot.commands.editing import edits
from tests.rows import an_image

#: A little more than 10 MiB: noise hardly shrinks.
SIDE = 1900


def noise(side: int) -> bytes:
    file = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 255, (side, side, 3), np.uint8)
    Image.fromarray(pixels).save(file, "PNG", compress_level=1)
    return file.getvalue()


async def finish(studio: Studio, lease: queue.Lease, *pngs: bytes) -> None:
    async with queue.finishing(studio.bot.database, lease, {}) as session:
        for number, data in enumerate(pngs):
            image = an_image(lease.job, number, await studio.bot.blobs.put("images", data, "png"))
            image.explicit = 0.1
            session.add(image)


async def attached(message: Any) -> list[tuple[str, int]]:
    """Each file's kind and bytes."""
    files = [await one.read() for one in message.attachments]
    return [(str(Image.open(io.BytesIO(data)).format), len(data)) for data in files]


async def test_a_picture_over_the_servers_limit_comes_all_the_same(studio: Studio) -> None:
    message, lease = await studio.picture()
    limit = studio.bot.guilds[0].filesize_limit
    large = noise(SIDE)
    assert len(large) > limit
    await finish(studio, lease, large)
    await studio.look()
    [(kind, size)] = await attached(studio.again(message))
    assert kind == "WEBP"
    assert size < limit
    [file] = studio.again(message).attachments
    assert file.filename == f"darkroom-{lease.job.id}-0.webp"
    assert await studio.delivered() == [True]


async def test_pictures_of_one_message_fit_together(studio: Studio) -> None:
    message, lease = await studio.picture()
    await finish(studio, lease, *[noise(SIDE * 3 // 4)] * 2)
    await studio.look()
    sizes = [size for _, size in await attached(studio.again(message))]
    assert len(sizes) == 2
    assert sum(sizes) < studio.bot.guilds[0].filesize_limit


@pytest.mark.parametrize("is_edited", [True, False])
@pytest.mark.parametrize("code", [40005, 0])
async def test_what_discord_finds_too_large_all_the_same_is_halved_until_it_fits(
    studio: Studio, code: int, *, is_edited: bool
) -> None:
    message, lease = await studio.picture()
    if not is_edited:
        await studio.channel.last_message.delete()
    method, path = ("PATCH", MESSAGE) if is_edited else ("POST", MESSAGES)
    studio.env.inject_error(method, path, status=413, code=code, times=2)
    whole = noise(256)
    await finish(studio, lease, whole)
    await studio.look()
    shown = studio.again(message) if is_edited else studio.channel.last_message
    [(kind, size)] = await attached(shown)
    assert kind == "WEBP"
    assert size <= len(whole) // 4
    assert await studio.delivered() == [True]
    assert (await outgoing(studio)).undeliverable is None


async def test_a_picture_that_was_made_smaller_can_be_chosen_by_its_name(studio: Studio) -> None:
    _, lease = await studio.picture()
    await finish(studio, lease, noise(96))
    name = f"darkroom-{lease.job.id}-0.webp"
    await studio.slash(studio.alice, "edit vary", how="subtle", of=name)
    assert len(await edits(studio)) == 1
