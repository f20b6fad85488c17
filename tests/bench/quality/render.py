"""Draw the benchmark's photos anew: `python -m tests.bench.quality.render`.

Needs Node.js as `trainer.tiny.recipe.render` says; the benchmark itself does not, it reads what
this wrote to tests/bench/data/quality: a lossless WebP strip of tiles for each person.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from tests.bench.quality import cast
from trainer.tiny import scenery
from trainer.tiny.recipe.render import draw

DATA = Path(__file__).parents[1] / "data" / "quality"
#: Of a photo and of a reference view, in pixels; a photo is larger because the bot cuts it.
PHOTO, REFERENCE = 192, 64


def strip(views: Sequence[cast.View], size: int, seed: str) -> Image.Image:
    """The views side by side."""
    rng = random.Random(seed)
    specs = [scenery.spec(view.look, view.scene, rng, size) for view in views]
    tiles = Image.new("RGB", (size * len(views), size))
    for n, raw in enumerate(draw(specs)):
        tiles.paste(Image.frombytes("RGB", (size, size), raw), (n * size, 0))
    return tiles


def save(tiles: Image.Image, name: str) -> None:
    tiles.save(DATA / f"{name}.webp", lossless=True, quality=100, method=6)


def main() -> None:
    DATA.mkdir(parents=True, exist_ok=True)
    for subject in (*cast.DEVELOPMENT, *cast.EVALUATION, *cast.TWINS):
        photos = cast.photographs(subject)
        same = subject.removesuffix("t")  # a twin stands where its subject stands
        save(strip(photos, PHOTO, f"photos {same}"), f"photos-{subject}")
        views = cast.references(cast.look_of(subject))
        save(strip(views, REFERENCE, f"references {subject}"), f"references-{subject}")
    for word in ("man", "woman"):
        views = [view for look in cast.distractors(word) for view in cast.references(look)]
        save(strip(views, REFERENCE, f"distractors {word}"), f"distractors-{word}")


if __name__ == "__main__":
    main()
