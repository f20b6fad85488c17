"""How well `tiny` learns a subject: the demo's character, whose every attribute is known.

The recommended plan is trained on the demo's photos (reserved subject 8, kept out of the base's
training), then the same prompts and seeds are drawn without and with the adapter, and probes read
whose hair, skin and clothes the pictures show, and which background. Probes err too: their own
accuracy is in trainer/tiny/README.md.
"""

from __future__ import annotations

import io
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from PIL import Image

from bot.photos.caption import caption
from bot.photos.examine import examine
from bot.photos.terms import Framing
from bot.plan import Case, recommend
from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter
from trainer.base import Base, load_base
from trainer.dataset import TrainingPhoto, build_dataset
from trainer.defaults import guidance_for, plan_for
from trainer.dreambooth import train
from trainer.generate import Request, generate
from trainer.pixels import as_pixels
from trainer.plan import Plan
from trainer.priors import class_prompt, make_class_pictures
from trainer.tiny import world
from trainer.tiny.recipe.probes import Probes, load_probes
from trainer.training import examples

HERE = Path(__file__).parent
PHOTOS = HERE.parents[1] / "deploy" / "demo" / "photos"
SUBJECT = 8
SIDE = 64
TOKEN, CLASS = "zwx", "woman"
WHO = f"{TOKEN} {CLASS}"
#: prompt, framing, background. Half of the backgrounds are in the photos, half are not.
PROMPTS = (
    ("a portrait of a {who} at the beach", "portrait", "at the beach"),
    ("a close-up of an angry {who} on a red background", "close-up", "red background"),
    ("an upper body picture of a {who} under a night sky", "upper body", "under a night sky"),
    (
        "a portrait of a smiling {who} in front of a brick wall",
        "portrait",
        "in front of a brick wall",
    ),
    ("a portrait of a {who} on a blue background", "portrait", "blue background"),
    ("an upper body picture of a {who} on a white background", "upper body", "white background"),
    ("a portrait of a {who} in the snow", "portrait", "in the snow"),
    ("an upper body picture of a {who} in a forest", "upper body", "in a forest"),
)
#: None of these seeds, of pictures and of trainings, was looked at when the settings were chosen;
#: the subject and the prompts were.
SEEDS = range(200, 204)
CLASS_SEEDS = range(200, 216)
TRAINING_SEEDS = (1, 2)


def photos() -> list[list[TrainingPhoto]]:
    """The squares and captions that the bot makes of the demo's photos."""
    taken = []
    for path in sorted(PHOTOS.glob("*.jpg")):
        framing: Framing = "face" if path.name.startswith("face") else "torso"
        seen = examine(path.read_bytes(), kind="character", declared=framing, resolution=SIDE)
        background = seen.seen.background
        taken.append(
            [
                TrainingPhoto(
                    Image.open(io.BytesIO(cut.png)).convert("RGB"),
                    caption(TOKEN, CLASS, "character", cut.framing, None, background),
                )
                for cut in seen.cuts
            ]
        )
    return taken


def learn(
    base: Base, plan: Plan, class_pictures: Sequence[Image.Image]
) -> tuple[LoadedAdapter, float]:
    """The adapter of a training, and the seconds of a step."""
    dataset = build_dataset(
        base,
        examples(photos(), WHO),
        [
            TrainingPhoto(picture, class_prompt(CLASS, n))
            for n, picture in enumerate(class_pictures)
        ],
    )
    seconds = []
    for step in train(base, dataset, plan):
        seconds.append(step.seconds)
        last = step
    origin = Origin(
        token=TOKEN,
        class_word=CLASS,
        base=base.id,
        base_hash=base.weights_hash,
        steps=plan.steps,
        seed=plan.seed,
        rank=plan.rank,
        alpha=plan.rank,
    )
    return load_adapter(pack_adapter(last.checkpoint().weights, origin)), fmean(seconds)


def draw(base: Base, adapter: LoadedAdapter | None) -> list[Image.Image]:
    """Every prompt with every seed; a prompt's pictures follow each other."""
    return generate(
        base,
        [
            Request(prompt.format(who=WHO), seed=s, guidance=guidance_for(base), adapter=adapter)
            for prompt, _, _ in PROMPTS
            for s in SEEDS
        ],
    )


def draw_class(base: Base, adapter: LoadedAdapter | None) -> list[Image.Image]:
    """The class alone, to see whether the subject has taken it over."""
    prompt, guidance = class_prompt(CLASS), guidance_for(base)
    return generate(
        base,
        [Request(prompt, seed=seed, guidance=guidance, adapter=adapter) for seed in CLASS_SEEDS],
    )


def score(
    probes: Probes, pictures: Sequence[Image.Image], of_class: Sequence[Image.Image]
) -> dict[str, float]:
    """Shares from 0 to 1. Clothes count where the prompt's framing shows them."""
    look = world.as_words(world.reserved_look(SUBJECT), world.Scene("", "", ""))
    asked = [(framing, background) for _, framing, background in PROMPTS for _ in SEEDS]
    read = probes.read(as_pixels(pictures, 64))

    def agrees(seen: Mapping[str, str], *names: str) -> bool:
        return all(seen[name] == look[name] for name in names)

    pairs = list(zip(read, asked, strict=True))
    with_clothes = [seen for seen, (framing, _) in pairs if framing != "close-up"]
    others = probes.read(as_pixels(of_class, 64))
    return {
        "hair_colour": fmean(agrees(seen, "hair_colour") for seen in read),
        "skin": fmean(agrees(seen, "skin") for seen in read),
        "clothes_colour": fmean(agrees(seen, "clothes_colour") for seen in with_clothes),
        "all_three": fmean(
            agrees(seen, "hair_colour", "skin", "clothes_colour") for seen in with_clothes
        ),
        "background": fmean(seen["background"] == background for seen, (_, background) in pairs),
        "class_taken_over": fmean(agrees(seen, "hair_colour", "skin") for seen in others),
    }


def run() -> dict[str, Any]:
    """Train once with each of `TRAINING_SEEDS` and score each against the bare base."""
    base, probes = load_base("tiny"), load_probes(HERE / "data" / "probes.safetensors")
    best = recommend(Case("tiny", "character", CLASS, len(photos())))
    began = time.perf_counter()
    class_pictures = [p.picture for p in make_class_pictures(base, CLASS, range(best.class_images))]
    class_image_s = (time.perf_counter() - began) / max(1, best.class_images)
    before = score(probes, draw(base, None), draw_class(base, None))
    repetitions = []
    for seed in TRAINING_SEEDS:
        plan = replace(
            plan_for(base), steps=best.steps, learning_rate=best.learning_rate, seed=seed
        )
        adapter, step_s = learn(base, plan, class_pictures)
        began = time.perf_counter()
        pictures = draw(base, adapter)
        picture_s = (time.perf_counter() - began) / len(pictures)
        after = score(probes, pictures, draw_class(base, adapter))
        repetitions.append({"seed": seed, "step_s": step_s, "picture_s": picture_s, **after})
    return {
        "figures": {
            **{f"{name}_before": value for name, value in before.items()},
            **{f"{name}_after": fmean(r[name] for r in repetitions) for name in before},
            "step_s": fmean(r["step_s"] for r in repetitions),
            "picture_s": fmean(r["picture_s"] for r in repetitions),
            "class_image_s": class_image_s,
            "steps": best.steps,
            "class_images": best.class_images,
            "pictures": len(PROMPTS) * len(SEEDS),
            "class_pictures": len(CLASS_SEEDS),
        },
        "repetitions": repetitions,
    }
