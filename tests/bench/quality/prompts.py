"""Twenty prompts with what each asks for: sixteen of the subject, four of its class alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PIL import Image

from tests.bench.quality import cast
from trainer.adapters import LoadedAdapter
from trainer.base import Base
from trainer.defaults import guidance_for
from trainer.generate import generate
from trainer.request import Request


@dataclass(frozen=True)
class Prompt:
    """`{who}` is the subject or its class; what it does not ask for is None."""

    text: str
    framing: str | None = None
    background: str | None = None
    expression: str | None = None

    @property
    def is_elsewhere(self) -> bool:
        """Whether it asks for a place that no photo shows."""
        return self.background in cast.NEW_PLACES


CLOSE, HALF, UPPER = "close-up", "portrait", "upper body"
#: Where the subject never was; in a mood; as a frame and nothing more.
OF_SUBJECT = (
    Prompt("a portrait of a {who} at the beach", HALF, "at the beach"),
    Prompt("a portrait of a {who} in the snow", HALF, "in the snow"),
    Prompt("a portrait of a {who} on a red background", HALF, "red background"),
    Prompt("a close-up of a {who} on a blue background", CLOSE, "blue background"),
    Prompt("a close-up of a {who} in a forest", CLOSE, "in a forest"),
    Prompt("an upper body picture of a {who} in a forest", UPPER, "in a forest"),
    Prompt("an upper body picture of a {who} under a night sky", UPPER, "under a night sky"),
    Prompt("an upper body picture of a {who} on a blue background", UPPER, "blue background"),
    Prompt("a close-up of a smiling {who} at the beach", CLOSE, "at the beach", "smiling"),
    Prompt("a close-up of an angry {who} on a red background", CLOSE, "red background", "angry"),
    Prompt("a close-up of a surprised {who} in the snow", CLOSE, "in the snow", "surprised"),
    Prompt(
        "a portrait of a laughing {who} on a blue background", HALF, "blue background", "laughing"
    ),
    Prompt("a portrait of a sad {who} under a night sky", HALF, "under a night sky", "sad"),
    Prompt("a close-up portrait of a {who}", CLOSE),
    Prompt("a portrait of a {who}", HALF),
    Prompt("an upper body picture of a {who}", UPPER),
)
#: The first is what class images are drawn and learned by; the others nobody trained.
OF_CLASS = (
    Prompt("a picture of a {who}"),
    Prompt("a portrait of a {who}", HALF),
    Prompt("a close-up of a {who} on a yellow background", CLOSE, "yellow background"),
    Prompt("an upper body picture of a {who} in a meadow", UPPER, "in a meadow"),
)
#: Seen by no choice of settings other than those of this benchmark's development subjects.
SEEDS, CLASS_SEEDS = (500,), (600, 601, 602, 603)


def subject_requests() -> list[tuple[Prompt, int]]:
    """What is drawn of the subject; a prompt's pictures follow each other."""
    return [(prompt, seed) for prompt in OF_SUBJECT for seed in SEEDS]


def class_requests() -> list[tuple[Prompt, int]]:
    """What is drawn of the class alone."""
    return [(prompt, seed) for prompt in OF_CLASS for seed in CLASS_SEEDS]


def draw(
    base: Base, wanted: Sequence[tuple[Prompt, int]], who: str, adapter: LoadedAdapter | None
) -> list[Image.Image]:
    """A picture for each, in the product's own way."""
    guidance = guidance_for(base)
    return generate(
        base,
        [
            Request(prompt.text.format(who=who), seed=seed, guidance=guidance, adapter=adapter)
            for prompt, seed in wanted
        ],
    )
