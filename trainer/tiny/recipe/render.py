"""Draw the world: `python -m trainer.tiny.recipe.render OUT --count 30000`.

Needs Node.js 20 and, once, `npm install --no-package-lock` in this folder. Writes OUT/pixels.u8
(count x size x size x 3) and OUT/labels.jsonl.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from PIL import Image

from trainer.tiny import scenery, world

HERE = Path(__file__).parent


def draw(specs: list[dict[str, Any]]) -> Iterator[bytes]:
    """Raw RGB of each spec, in order. One Node.js process draws them all."""
    node = subprocess.Popen(
        ["node", "draw.mjs"], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert node.stdin and node.stdout
    stdin = node.stdin

    def feed() -> None:
        with stdin:
            for spec in specs:
                stdin.write(json.dumps(spec).encode() + b"\n")

    feeder = threading.Thread(target=feed, daemon=True)
    feeder.start()
    for spec in specs:
        wanted = spec["size"] * spec["size"] * 3
        raw = node.stdout.read(wanted)
        if len(raw) != wanted:
            raise RuntimeError("draw.mjs stopped early: is `npm install` done in its folder?")
        yield raw
    feeder.join()
    node.wait()


def picture(spec: dict[str, Any]) -> Image.Image:
    """One spec as a PIL picture."""
    (raw,) = draw([spec])
    return Image.frombytes("RGB", (spec["size"], spec["size"]), raw)


def render(out: Path, count: int, size: int, seed: int) -> None:
    rng = random.Random(seed)
    out.mkdir(parents=True, exist_ok=True)
    people = [(world.draw_stranger(rng), world.draw_scene(rng)) for _ in range(count)]
    specs = [scenery.spec(look, scene, rng, size) for look, scene in people]
    with (out / "pixels.u8").open("wb") as pixels:
        for raw in draw(specs):
            pixels.write(raw)
    with (out / "labels.jsonl").open("w") as labels:
        for look, scene in people:
            labels.write(json.dumps(world.as_words(look, scene)) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--count", type=int, default=30_000)
    parser.add_argument("--size", type=int, default=64)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    render(args.out, args.count, args.size, args.seed)
