"""Render a reserved subject's photos: `python -m trainer.tiny.recipe.subject SEED OUT`.

Writes the demo's photo set: faces, chests and torsos in different places and moods, 320 px JPEGs,
named for what they show. The base never saw this character.
"""

from __future__ import annotations

import argparse
import random
from pathlib import Path
from typing import Literal

from PIL import Image

from trainer.tiny import scenery, world
from trainer.tiny.recipe.render import draw

SIZE = 320
#: What a member says that each shows.
DECLARED: dict[str, Literal["face", "chest", "torso"]] = {
    "close-up": "face",
    "portrait": "chest",
    "upper body": "torso",
}
#: Framing, expression, background of each photo.
SET = (
    ("close-up", "smiling", "at the beach"),
    ("portrait", "surprised", "yellow background"),
    ("close-up", "laughing", "in a forest"),
    ("portrait", "sad", "grey background"),
    ("close-up", "winking", "in front of a brick wall"),
    ("portrait", "angry", "white background"),
    ("close-up", "winking", "at sunset"),
    ("upper body", "smiling", "in a city"),
    ("upper body", "surprised", "green background"),
    ("upper body", "laughing", "in a meadow"),
)


def render_subject(seed: int, out: Path) -> None:
    rng = random.Random(f"photos of subject {seed}")
    look = world.reserved_look(seed)
    scenes = [
        world.Scene(expression, framing, background) for framing, expression, background in SET
    ]
    specs = [scenery.spec(look, scene, rng, SIZE) for scene in scenes]
    out.mkdir(parents=True, exist_ok=True)
    for raw, scene in zip(draw(specs), scenes, strict=True):
        kind = DECLARED[scene.framing]
        place = scene.background.removesuffix(" background").split()[-1]
        picture = Image.frombytes("RGB", (SIZE, SIZE), raw)
        picture.save(out / f"{kind}-{scene.expression}-{place}.jpg", quality=92)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seed", type=int)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    render_subject(args.seed, args.out)
