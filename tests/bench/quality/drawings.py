"""What is drawn by an adapter or by the base alone: each once, then kept under a hash of all it
depends on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from PIL import Image

from tests.bench.quality import photos, prompts, strips
from trainer.adapters import LoadedAdapter
from trainer.base import Base
from trainer.dataset import TrainingPhoto
from trainer.defaults import guidance_for
from trainer.priors import class_key, class_prompt, make_class_pictures

KEPT = Path(__file__).parents[3] / "var" / "bench" / "quality"
#: Raise it when the trainer's code changes what a prompt draws.
VERSION = 1


def of_subject(base: Base, subject: str, adapter: LoadedAdapter | None) -> list[Image.Image]:
    """A picture for each of `prompts.subject_requests`."""
    return _drawn(base, prompts.subject_requests(), photos.who(subject), adapter)


def of_anybody(base: Base, class_word: str) -> list[Image.Image]:
    """The same prompts of the class, by the base alone."""
    return _drawn(base, prompts.subject_requests(), class_word, None)


def of_class(base: Base, class_word: str, adapter: LoadedAdapter | None) -> list[Image.Image]:
    """A picture for each of `prompts.class_requests`."""
    return _drawn(base, prompts.class_requests(), class_word, adapter)


def class_images(base: Base, class_word: str, count: int) -> list[TrainingPhoto]:
    """The class's first class images, with their caption."""
    file = KEPT / "class" / f"{class_word}-{class_key(base, class_word)[:12]}-{count}.png"
    if not file.exists():
        drawn = make_class_pictures(base, class_word, range(count))
        strips.save(file, [one.picture for one in drawn])
    return [
        TrainingPhoto(one, class_prompt(class_word, n)) for n, one in enumerate(strips.load(file))
    ]


def hash_of(facts: object) -> str:
    """Of anything that JSON can tell."""
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def _drawn(
    base: Base,
    wanted: list[tuple[prompts.Prompt, int]],
    who: str,
    adapter: LoadedAdapter | None,
) -> list[Image.Image]:
    said = [(prompt.text.format(who=who), seed) for prompt, seed in wanted]
    by = adapter.sha256 if adapter else ""
    key = hash_of([VERSION, base.weights_hash, guidance_for(base), by, said])
    file = KEPT / "pictures" / f"{key}.png"
    if not file.exists():
        strips.save(file, prompts.draw(base, wanted, who, adapter))
    return strips.load(file)
