"""Class images: what the base draws for the class word alone, so that a training cannot bend it.

They belong to a base and a class, never to a subject: all subjects share them, and only what is
missing is drawn. A class image is a function of (base, class, seed), so any may be redrawn.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from PIL import Image

from trainer.base import Base
from trainer.defaults import guidance_for
from trainer.generate import generate
from trainer.request import Request

#: the solver is a fast one, and what a class image costs is its steps: fewer than the usual 50
STEPS = 20
#: How class images are called, one after the other: as a subject's photos are, and as nobody's
#: photo is. A class is kept only in words that it is kept in: with "a picture of" alone, "a
#: portrait of a woman" became the subject (trainer/tiny/README.md).
OPENINGS = (
    "a picture of",
    "a portrait of",
    "a close-up portrait of",
    "an upper body picture of",
)
OF_THINGS = ("a picture of", "a photo of", "a close-up of", "a full view of")
#: pictures between two yields: a member's prompt waits for no more than these
DRAWN_AT_ONCE = 4


@dataclass(frozen=True)
class ClassPicture:
    """A class image and the seed that drew it."""

    seed: int
    picture: Image.Image


def class_prompt(class_word: str, number: int = 0, kind: str = "person") -> str:
    """What class image `number` of a subject of that kind is called, in drawing and in training:
    `a picture of a man` is the first."""
    article = "an" if class_word[:1].lower() in "aeiou" else "a"
    openings = OF_THINGS if kind == "object" else OPENINGS
    return f"{openings[number % len(openings)]} {article} {class_word}"


def class_key(base: Base, class_word: str, kind: str = "person") -> str:
    """What the shared store files class images under; changes with anything that changes them."""
    said = [class_prompt(class_word, number, kind) for number in range(len(OPENINGS))]
    facts = (base.weights_hash, base.resolution, said, STEPS, guidance_for(base))
    return hashlib.sha256(repr(facts).encode()).hexdigest()


def missing_seeds(wanted: int, have: Collection[int]) -> list[int]:
    """The seeds to draw so that `wanted` class images exist, lowest free seeds first."""
    missing = max(0, wanted - len(set(have)))
    free = (seed for seed in range(wanted + len(have)) if seed not in set(have))
    return [seed for seed, _ in zip(free, range(missing), strict=False)]


def make_class_pictures(
    base: Base,
    class_word: str,
    seeds: Sequence[int],
    kind: str = "person",
    on_step: Callable[[int, int], None] | None = None,
) -> Iterator[ClassPicture]:
    """Draw the class image of each seed, a few at a time: between two batches the base is free.

    `on_step(done, total)` counts steps of all of them.
    """
    batches = [
        seeds[start : start + DRAWN_AT_ONCE] for start in range(0, len(seeds), DRAWN_AT_ONCE)
    ]
    for at, batch in enumerate(batches):

        def stepped(done: int, _total: int, before: int = at * DRAWN_AT_ONCE * STEPS) -> None:
            if on_step is not None:
                on_step(before + done, len(seeds) * STEPS)

        requests = [
            Request(
                class_prompt(class_word, s, kind), seed=s, steps=STEPS, guidance=guidance_for(base)
            )
            for s in batch
        ]
        pictures = generate(base, requests, stepped)
        yield from map(ClassPicture, batch, pictures)
