"""What a job leaves behind: files first, then, with its finishing row, their rows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image as Pictures

from storage import clock, queue
from storage.errors import Busy
from storage.tables import Adapter, Image
from trainer.provenance import marked_png, parameters_text, source_type
from trainer.request import Request
from trainer.studio import Studio

log = logging.getLogger("darkroom.trainer")

#: A finished job is written down for as long as this, however busy the database is: the lease
#: key keeps a late one from doing harm, and what was made cost more than a wait.
FINISH_FOR_S = 600.0
#: The wait between two tries; the database's own patience comes on top.
TRY_AGAIN_S = 0.5


Picture = tuple[Request, Pictures.Image]


@dataclass(frozen=True)
class Speed:
    """Seconds that a training step and a picture took; None for what the job had none of."""

    step_s: float | None = None
    image_s: float | None = None


@dataclass(frozen=True)
class File:
    """A file of the job's own besides its pictures, and the row that names it by its key."""

    folder: str
    data: bytes
    suffix: str
    row: Callable[[str], Adapter]


async def finish(
    studio: Studio,
    lease: queue.Lease,
    outcome: dict[str, Any],
    pictures: Sequence[Picture],
    *files: File,
) -> None:
    """Keep pictures and other `files`, then end the job as done.

    Raises LeaseLost; then, as after any other error, no file is left. The exception is a
    database that did not say whether it took the rows (Busy at first): what has no row then is
    collected as an orphan, because a file whose row did land must not go.
    """
    keys: list[str] = []
    in_doubt = False
    until = clock.monotonic_s() + FINISH_FOR_S
    try:
        for folder, data, suffix in _to_keep(studio, pictures, files):
            keys.append(await studio.blobs.put(folder, data, suffix))
        while True:
            try:
                async with queue.finishing(studio.database, lease, outcome) as session:
                    session.add_all(_rows(studio, lease, pictures, files, keys))
                return
            except Busy:
                in_doubt = True
                if clock.monotonic_s() > until:
                    raise
                log.warning("job %s waits to be written down", lease.job.id)
                await asyncio.sleep(TRY_AGAIN_S)
    except BaseException:
        for key in () if in_doubt else keys:
            await studio.blobs.delete(key)
        raise


def _to_keep(
    studio: Studio, pictures: Sequence[Picture], files: Sequence[File]
) -> Iterator[tuple[str, bytes, str]]:
    """Folder, bytes and suffix of every file, in the order of `_rows`."""
    for file in files:
        yield file.folder, file.data, file.suffix
    for request, picture in pictures:
        text = parameters_text(request, studio.base)
        png = marked_png(picture, text, source_type(request))
        yield "images", png, "png"


def _rows(
    studio: Studio,
    lease: queue.Lease,
    pictures: Sequence[Picture],
    files: Sequence[File],
    keys: Sequence[str],
) -> list[Adapter | Image]:
    own = [file.row(key) for file, key in zip(files, keys, strict=False)]
    shown = [
        _row(studio, lease, number, key, made)
        for number, (made, key) in enumerate(zip(pictures, keys[len(files) :], strict=True))
    ]
    return [*own, *shown]


def _row(studio: Studio, lease: queue.Lease, number: int, key: str, made: Picture) -> Image:
    assert lease.job.id is not None
    request, picture = made
    return Image(
        job_id=lease.job.id,
        owner_id=lease.job.owner_id,
        number=number,
        blob_key=key,
        seed=request.seed,
        width=picture.width,
        height=picture.height,
        parameters=parameters_text(request, studio.base),
        created_at=clock.now(),
    )
