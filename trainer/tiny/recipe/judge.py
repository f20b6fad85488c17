"""Judge the bundled base: `python -m trainer.tiny.recipe.judge DATA MODEL OUT`.

DATA is what `render` wrote, MODEL the assembled folder. Writes OUT/judgement.json, OUT/grid.png
and OUT/probes.safetensors, and prints the table of the README. Ten to fifteen minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from PIL import Image

from trainer.base import Base
from trainer.generate import generate
from trainer.loading import load_base
from trainer.pixels import as_pixels
from trainer.request import Request
from trainer.tiny import captions, world
from trainer.tiny.recipe.autoencoder import pixels, psnr
from trainer.tiny.recipe.probes import ATTRIBUTES, accuracy, save_probes, train_probes

#: the autoencoder and the denoiser never saw the first 256 renders
HELD_OUT = 256
PROBE_RENDERS = 6_000
DRAWN = 512
STEPS, GUIDANCE = 25, 2.5
#: how long the pictures may take; with less, fewer are drawn and the table says how many
LONGEST_S = 480.0

#: rows and columns of the grid
GRID_LOOKS = (
    world.Look("long wavy hair", "red", "pale", "no beard", "dress", "green"),
    world.Look("side-parted hair", "black", "brown", "a full beard", "jacket", "blue"),
    world.Look("spiky hair", "blue", "light", "no beard", "t-shirt", "yellow"),
    world.Look("hair in a bun", "white", "dark", "no beard", "turtleneck", "red"),
    world.Look("no hair", "brown", "tan", "a goatee", "shirt", "white"),
    world.Look("shoulder-length hair", "pink", "light", "no beard", "turtleneck", "black"),
)
GRID_SCENES = (
    world.Scene("smiling", "portrait", "blue background"),
    world.Scene("angry", "close-up", "yellow background"),
    world.Scene("laughing", "upper body", "white background"),
    world.Scene("sad", "portrait", "purple background"),
    world.Scene("surprised", "portrait", "at the beach"),
    world.Scene("winking", "upper body", "in a forest"),
    world.Scene("smiling", "upper body", "under a night sky"),
    world.Scene("laughing", "portrait", "in front of a brick wall"),
)


def full_caption(look: world.Look, scene: world.Scene, rng: random.Random) -> str:
    """A caption that names every attribute, in the wordings that training saw."""
    while True:
        text = captions.caption(look, scene, rng, keep=1.0)
        if captions.background_words(scene.background) in text:
            return text


def through_autoencoder(base: Base, renders: torch.Tensor) -> torch.Tensor:
    """The pictures as the base could draw them at best; n x 3 x 64 x 64 in -1 to 1."""
    parts = []
    base.vae.to(memory_format=torch.channels_last)  # half the time on CPUs
    for start in range(0, len(renders), 64):
        batch = renders[start : start + 64].contiguous(memory_format=torch.channels_last)
        with torch.autocast(base.device.type, torch.bfloat16):
            mean, _ = base.encode_pixels(batch)
            parts.append(base.decode_latents(mean).clamp(-1, 1).contiguous())
    return torch.cat(parts)


def draw(base: Base, captions: Sequence[str]) -> tuple[list[Image.Image], float]:
    """Pictures of as many captions as time allows, and the seconds one takes."""
    pictures: list[Image.Image] = []
    began = time.monotonic()
    for start in range(0, len(captions), 8):
        spent = time.monotonic() - began
        if spent * (start + 8) > LONGEST_S * max(1, start):
            break
        pictures += generate(
            base,
            [
                Request(text, seed=start + n, steps=STEPS, guidance=GUIDANCE)
                for n, text in enumerate(captions[start : start + 8])
            ],
        )
    return pictures, (time.monotonic() - began) / len(pictures)


def grid(base: Base) -> Image.Image:
    """A row for each of `GRID_LOOKS`, a column for each of `GRID_SCENES`; first try, one seed."""
    rng = random.Random("grid")
    captions = [full_caption(look, scene, rng) for look in GRID_LOOKS for scene in GRID_SCENES]
    pictures = generate(
        base, [Request(text, seed=1, steps=STEPS, guidance=GUIDANCE) for text in captions]
    )
    columns, cell = len(GRID_SCENES), base.resolution + 2
    sheet = Image.new("RGB", (columns * cell - 2, len(GRID_LOOKS) * cell - 2), "white")
    for n, picture in enumerate(pictures):
        sheet.paste(picture, (n % columns * cell, n // columns * cell))
    return sheet


def judge(data: Path, model: Path, out: Path) -> dict[str, Any]:
    """Everything that can be said about the base in numbers."""
    out.mkdir(parents=True, exist_ok=True)
    base = load_base(str(model))
    everything = pixels(data)
    with (data / "labels.jsonl").open() as lines:
        words = [json.loads(line) for _, line in zip(range(HELD_OUT + PROBE_RENDERS), lines)]  # noqa: B905
    renders = torch.from_numpy(everything[: len(words)].copy()).permute(0, 3, 1, 2) / 127.5 - 1
    began = time.monotonic()
    seen = through_autoencoder(base, renders)
    probes = train_probes(seen[HELD_OUT:], words[HELD_OUT:])
    probes_s = time.monotonic() - began
    save_probes(probes, out / "probes.safetensors")
    on_renders = probes.read(seen[:HELD_OUT])

    rng = random.Random("judge")
    people = [(world.draw_stranger(rng), world.draw_scene(rng)) for _ in range(DRAWN)]
    pictures, picture_s = draw(base, [full_caption(*person, rng) for person in people])
    asked = [world.as_words(*person) for person in people[: len(pictures)]]
    on_drawn = probes.read(as_pixels(pictures, base.resolution))
    grid(base).save(out / "grid.png", optimize=True)
    return {
        "psnr_db": round(psnr(base.vae, everything[:HELD_OUT], str(base.device)), 2),
        "probes_s": round(probes_s, 1),
        "pictures": len(pictures),
        "picture_s": round(picture_s, 3),
        "steps": STEPS,
        "guidance": GUIDANCE,
        "attributes": {
            name: {
                "renders": round(accuracy(on_renders, words[:HELD_OUT], name)[0], 3),
                "drawn": round(accuracy(on_drawn, asked, name)[0], 3),
                "drawn_of": accuracy(on_drawn, asked, name)[1],
                "chance": round(1 / len(known), 3),
            }
            for name, known in ATTRIBUTES.items()
        },
    }


def as_table(judgement: dict[str, Any]) -> str:
    """The judgement in Markdown."""
    lines = [
        "| what | drawn as asked | of pictures | probe on held-out renders | chance |",
        "|---|---|---|---|---|",
    ]
    for name, row in judgement["attributes"].items():
        lines.append(
            f"| {name.replace('_', ' ')} | {row['drawn']:.0%} | {row['drawn_of']} "
            f"| {row['renders']:.0%} | {row['chance']:.0%} |"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("model", type=Path)
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    judgement = judge(args.data, args.model, args.out)
    (args.out / "judgement.json").write_text(json.dumps(judgement, indent=2) + "\n")
    print(f"autoencoder {judgement['psnr_db']} dB, {judgement['picture_s']} s a picture\n")
    print(as_table(judgement))
