"""What a job leaves behind: files first, then, with its finishing row, their rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from PIL import Image as Pictures
from sqlalchemy.ext.asyncio import AsyncSession

from storage import clock, queue
from storage.tables import Image
from trainer.generate import Request, parameters_text, png_with_parameters
from trainer.studio import Studio


@dataclass(frozen=True)
class Speed:
    """Seconds that a training step and a picture took; None for what the job had none of."""

    step_s: float | None = None
    image_s: float | None = None


@asynccontextmanager
async def finishing(
    studio: Studio,
    lease: queue.Lease,
    outcome: dict[str, Any],
    pictures: Sequence[tuple[Request, Pictures.Image]],
    *files: tuple[str, bytes, str],
) -> AsyncIterator[tuple[AsyncSession, list[str]]]:
    """Keep pictures and other `files` (folder, bytes, suffix), then end the job as done.

    Yields the session of the finishing transaction, for rows of the job's own, and the keys of
    `files`. Raises LeaseLost; then, as after any error, no file is left.
    """
    keys: list[str] = []
    try:
        for folder, data, suffix in files:
            keys.append(await studio.blobs.put(folder, data, suffix))
        for request, picture in pictures:
            png = png_with_parameters(picture, parameters_text(request, studio.base))
            keys.append(await studio.blobs.put("images", png, "png"))
        async with queue.finishing(studio.database, lease, outcome) as session:
            for number, (request, _) in enumerate(pictures):
                session.add(_row(studio, lease, number, keys[len(files) + number], request))
            yield session, keys[: len(files)]
    except BaseException:
        for key in keys:
            await studio.blobs.delete(key)
        raise


def _row(studio: Studio, lease: queue.Lease, number: int, key: str, request: Request) -> Image:
    assert lease.job.id is not None
    side = studio.base.resolution
    return Image(
        job_id=lease.job.id,
        owner_id=lease.job.owner_id,
        number=number,
        blob_key=key,
        seed=request.seed,
        width=side,
        height=side,
        parameters=parameters_text(request, studio.base),
        created_at=clock.now(),
    )
