"""A `generate` job from its prompt to its pictures."""

from __future__ import annotations

import asyncio
import io
import logging
from dataclasses import replace
from typing import Any

from PIL import Image

from storage import clock, gallery, queue, sources
from storage.errors import BlobMissing
from storage.tables import Adapter
from trainer.adapters import AdapterDamaged, AdapterForeign, LoadedAdapter, read_adapter
from trainer.defaults import guidance_for
from trainer.edits import Edit, is_square_first, shaped, start_of, widened
from trainer.fast import FAST_GUIDANCE, FAST_GUIDANCE_AGAINST, FAST_STEPS
from trainer.generate import PictureFailed
from trainer.printing import PrintingRoom
from trainer.pulse import Pulse
from trainer.request import Request, Start
from trainer.results import Speed, finish
from trainer.studio import Studio

log = logging.getLogger("darkroom.trainer")

#: Of a picture, where its member says nothing: 15 to 20 are enough for this sampler under guidance
#: (Lu et al. 2022, arXiv 2211.01095, abstract), and five more cost little. Where it shall be fast
#: and no distilled adapter is installed, the fewest of them.
STEPS, FEWER_STEPS = 25, 15


class AdapterGone(Exception):
    """The subject's adapter is not there any more."""


class SourceGone(Exception):
    """The picture that was to be worked on is not there any more."""


async def run(studio: Studio, room: PrintingRoom, lease: queue.Lease, pulse: Pulse) -> Speed:
    """Draw the job's pictures beside those of other jobs, and finish the job; how fast it went.

    Raises AdapterGone, AdapterDamaged, AdapterMismatch, SourceGone, PictureFailed, LeaseLost,
    JobCancelled.
    """
    began = clock.monotonic_s()
    spec, base = lease.job.spec, studio.base
    adapter = await stored_adapter(studio, spec["adapter"])
    shape = spec.get("shape", "square")
    start = await _start(studio, spec["edit"]) if "edit" in spec else None
    is_fast = bool(spec.get("fast"))
    steps, guidance = FEWER_STEPS if is_fast else STEPS, guidance_for(base)
    is_distilled = is_fast and base.wardrobe.is_fast
    if is_distilled:
        steps = FAST_STEPS
        guidance = FAST_GUIDANCE_AGAINST if spec.get("negative") else FAST_GUIDANCE
    requests = [
        Request(
            spec["prompt"],
            spec.get("negative", ""),
            seed=spec["seed"] + number,
            steps=spec.get("steps", steps),
            guidance=spec.get("guidance", guidance),
            adapter=adapter,
            fast=is_distilled,
            size=shaped(base, shape),
            start=start,
        )
        for number in range(spec["pictures"])
    ]
    drawn = await _all(room, requests, pulse)
    if is_square_first(base, shape):
        requests = [
            replace(request, start=widened(base, picture, shape))
            for request, picture in zip(requests, drawn, strict=True)
        ]
        drawn = await _all(room, requests, pulse)
    pulse.check()
    seconds = clock.monotonic_s() - began
    made = list(zip(requests, drawn, strict=True))
    await finish(studio, lease, {"seconds": seconds}, made)
    await gallery.note_use(studio.database, spec["adapter"])
    return Speed(image_s=seconds / len(drawn))


async def _all(room: PrintingRoom, requests: list[Request], pulse: Pulse) -> list[Image.Image]:
    pictures = await room.draw(requests, pulse.check)
    drawn = [picture for picture in pictures if picture is not None]
    if len(drawn) < len(requests):
        raise PictureFailed([n for n, picture in enumerate(pictures) if picture is None])
    return drawn


async def _start(studio: Studio, wish: dict[str, Any]) -> Start:
    """What an edit goes on from. Raises SourceGone."""
    row = await sources.get(studio.database, wish["source"])
    if row is None:
        raise SourceGone
    try:
        picture = _opened(await studio.blobs.get(row.blob_key))
        mask = _opened(await studio.blobs.get(row.mask_key)) if row.mask_key else None
    except BlobMissing as missing:
        raise SourceGone from missing
    known = {name: value for name, value in wish.items() if name != "source"}
    return await asyncio.to_thread(
        start_of, studio.base, Edit(**known), picture, mask, drawn=row.drawn
    )


def _opened(data: bytes) -> Image.Image:
    """A picture of our own storage: the bot wrote it, from what it had looked at."""
    return Image.open(io.BytesIO(data), formats=["PNG"])


async def stored_adapter(studio: Studio, number: int) -> LoadedAdapter:
    """The adapter of that row, verified. A damaged one is put aside, so that its subject is drawn
    as it was learned before, and so is one whose file is gone. Raises AdapterGone where there is no
    row, AdapterDamaged.
    """
    row = await gallery.get_adapter(studio.database, number)
    if row is None:
        raise AdapterGone
    try:
        return await _verified(studio, row)
    except AdapterForeign:
        raise  # another Darkroom made it, and it may be whole
    except (AdapterDamaged, BlobMissing) as error:
        log.warning("adapter %s is put aside: %s", number, error)
        await gallery.put_aside(studio.database, number)
        raise AdapterDamaged("There is no whole file of it.") from error


async def _verified(studio: Studio, row: Adapter) -> LoadedAdapter:
    data = await studio.blobs.get(row.blob_key)
    # beside whatever is drawn: megabytes are hashed
    return await asyncio.to_thread(read_adapter, data, row.sha256)
