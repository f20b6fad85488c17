"""A `generate` job from its prompt to its pictures."""

from __future__ import annotations

from storage import clock, gallery, queue
from storage.errors import BlobMissing
from trainer.adapters import LoadedAdapter, read_adapter
from trainer.defaults import guidance_for
from trainer.generate import PictureFailed, Request, generate
from trainer.pulse import Pulse
from trainer.results import Speed, finish
from trainer.safety import is_blank
from trainer.studio import Studio


class AdapterGone(Exception):
    """The subject's adapter is not there any more."""


async def run(studio: Studio, lease: queue.Lease, pulse: Pulse) -> Speed:
    """Draw the job's pictures and finish the job; how fast it went.

    Raises AdapterGone, AdapterDamaged, AdapterMismatch, PictureFailed, LeaseLost, JobCancelled.
    """
    began = clock.monotonic_s()
    spec, base = lease.job.spec, studio.base
    adapter = await stored_adapter(studio, spec["adapter"])
    requests = [
        Request(
            spec["prompt"],
            seed=spec["seed"] + number,
            guidance=guidance_for(base),
            adapter=adapter,
        )
        for number in range(spec["pictures"])
    ]
    pictures = await studio.on_device(lambda: generate(base, requests))
    blank = [number for number, picture in enumerate(pictures) if is_blank(picture)]
    if blank:
        raise PictureFailed(blank)
    pulse.check()
    seconds = clock.monotonic_s() - began
    made = list(zip(requests, pictures, strict=True))
    await finish(studio, lease, {"seconds": seconds}, made)
    await gallery.note_use(studio.database, spec["adapter"])
    return Speed(image_s=seconds / len(pictures))


async def stored_adapter(studio: Studio, number: int) -> LoadedAdapter:
    """The adapter of that row, verified. Raises AdapterGone and AdapterDamaged."""
    row = await gallery.get_adapter(studio.database, number)
    if row is None:
        raise AdapterGone
    try:
        return read_adapter(await studio.blobs.get(row.blob_key), row.sha256)
    except BlobMissing as missing:
        raise AdapterGone from missing
