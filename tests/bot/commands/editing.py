"""Pictures that were drawn, and what is asked of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from storage import queue
from storage.tables import Image, Job, Source
from tests.bot.commands.conftest import Studio
from tests.bot.photos.pictures import ASTRONAUT, encoded, opened
from tests.rows import an_image, claimed, files, rows

PICTURE = encoded(opened(ASTRONAUT).resize((128, 96)), "PNG")
PROMPT = "zwx as an oil painting"


async def drew(
    studio: Studio,
    member: Any,
    prompt: str = "zwx at the beach",
    *,
    data: bytes = PICTURE,
    pictures: int = 1,
    explicit: float | None = 0.1,
    **options: Any,
) -> Sequence[Image]:
    """Pictures that were drawn for a member whose subject is trained."""
    await studio.slash(member, "imagine", prompt=prompt, pictures=pictures, **options)
    lease = await claimed(studio.bot.database)
    async with queue.finishing(studio.bot.database, lease, {}) as session:
        for number in range(pictures):
            key = await studio.bot.blobs.put("images", data, "png")
            image = an_image(lease.job, number, key)
            image.explicit = explicit
            session.add(image)
    return [one for one in await rows(studio.bot.database, Image) if one.job_id == lease.job.id]


async def edits(studio: Studio) -> list[Job]:
    """The jobs that work on pictures."""
    return [job for job in await rows(studio.bot.database, Job) if "edit" in job.spec]


async def copies(studio: Studio) -> Sequence[Source]:
    found: Sequence[Source] = await rows(studio.bot.database, Source)
    return found


async def is_tidy(studio: Studio) -> bool:
    """Whether every copy has its files, and every file of a copy its row."""
    named = {key for one in await copies(studio) for key in (one.blob_key, one.mask_key) if key}
    return {key for key in await files(studio.bot.blobs) if key.startswith("sources")} == named
