"""The sample sheet of a training: the same pictures by each of its adapters, and how near to its
photos a person's are."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from PIL import Image as Pictures

from storage.tables import Subject
from trainer import likeness
from trainer.adapters import LoadedAdapter
from trainer.defaults import guidance_for
from trainer.generate import generate
from trainer.pulse import Pulse
from trainer.request import Request
from trainer.results import Picture
from trainer.studio import Studio

#: What the sample sheet shows of each candidate: the subject as in its photos, then where it never
#: was. By the subject's kind: nobody smiles on a teapot.
SAMPLES = {
    "object": (
        "a close-up picture of a {who}",
        "a picture of a {who} on a white background",
        "a picture of a {who} at the beach",
        "a picture of a {who} in the snow",
    ),
    "pet": (
        "a close-up portrait of a {who}",
        "a picture of a {who} on a blue background",
        "a picture of a {who} at the beach",
        "a picture of a {who} in a forest",
    ),
}
PORTRAITS = (
    "a close-up portrait of a {who}",
    "a portrait of a smiling {who} on a blue background",
    "a portrait of a {who} at the beach",
    "an upper body picture of a {who} in a forest",
)


async def draw_sheet(
    studio: Studio,
    adapters: Sequence[LoadedAdapter],
    subject: Subject,
    seed: int,
    pulse: Pulse,
) -> list[Picture]:
    """A row of pictures for each adapter, of the same prompts and seeds."""
    who = f"{subject.token} {subject.class_word}"
    prompts = SAMPLES.get(subject.kind, PORTRAITS)
    made: list[Picture] = []
    for row, adapter in enumerate(adapters):
        requests = [
            Request(
                prompt.format(who=who),
                seed=seed + column,
                guidance=guidance_for(studio.base),
                adapter=adapter,
            )
            for column, prompt in enumerate(prompts)
        ]

        def drawn(done: int, total: int, before: int = row) -> None:
            finished = before * len(prompts) + done * len(prompts) // total
            pulse.show("samples", finished, len(adapters) * len(prompts))

        pictures = await studio.on_device(partial(generate, studio.base, requests, drawn))
        pulse.check(has_something=True)
        made += zip(requests, pictures, strict=True)
    return made


async def face_distances(
    subject: Subject, photos: Sequence[Pictures.Image], samples: Sequence[Picture], steps: list[int]
) -> dict[int, float]:
    """For a person, how near the faces on the samples of each step are to the photos'."""
    if subject.kind != "person" or not likeness.is_installed():
        return {}
    across = len(samples) // len(steps)
    rows = [samples[row * across : (row + 1) * across] for row in range(len(steps))]
    known = await asyncio.to_thread(likeness.middle, photos)
    if known is None:
        return {}
    found = {
        step: await asyncio.to_thread(likeness.distance, known, [picture for _, picture in row])
        for step, row in zip(steps, rows, strict=True)
    }
    return {step: value for step, value in found.items() if value is not None}
