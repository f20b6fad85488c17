"""The photo sets, each with the squares and captions that the bot makes of its photos."""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import torch
from PIL import Image

from bot.photos.caption import caption
from bot.photos.examine import examine
from tests.bench.quality import cast
from tests.bench.quality.render import DATA, PHOTO, REFERENCE
from trainer.dataset import TrainingPhoto
from trainer.pixels import as_pixels
from trainer.tiny.recipe.subject import DECLARED
from trainer.tiny.world import Scene

TOKEN = "zwx"
SIDE = 64
SETS = (
    "good8",
    "face_only8",
    "one_background8",
    "one_expression8",
    "dup8",
    "few3",
    "many20",
)


@dataclass(frozen=True)
class Shot:
    """A photo: what it shows and what the bot makes of it, the main square first."""

    scene: Scene
    squares: tuple[TrainingPhoto, ...]


def who(subject: str) -> str:
    """The subject in a prompt: `zwx woman`."""
    return f"{TOKEN} {cast.class_of(subject)}"


@cache
def shots(subject: str, part: str) -> list[Shot]:
    """All of a part, as `cast.photographs` names them."""
    views = cast.photographs(subject)
    return [
        Shot(view.scene, _squares(subject, view, tile))
        for view, tile in zip(views, tiles(f"photos-{subject}", PHOTO), strict=True)
        if view.part == part
    ]


def photo_set(subject: str, name: str) -> list[Shot]:
    """The photos of a set; the same one four times in `dup8`."""
    if name in {"one_background8", "one_expression8"}:
        return shots(subject, name)
    good = shots(subject, "good8")
    if name == "good8":
        return good
    if name == "dup8":
        return [good[0]] * 4 + [good[2]] * 4
    if name == "few3":
        return good[:3]
    rest = shots(subject, "rest12")
    if name == "many20":
        return good + rest
    faces = [shot for shot in good if shot.scene.framing != "upper body"]
    return faces + rest[:2]


def references(subject: str) -> torch.Tensor:
    """Views x 3 x 64 x 64 in -1 to 1, none of them a photo."""
    return as_pixels(tiles(f"references-{subject}", REFERENCE), SIDE)


def distractors(class_word: str) -> torch.Tensor:
    """Characters x views x 3 x 64 x 64 in -1 to 1, the same views as of the subject."""
    pixels = as_pixels(tiles(f"distractors-{class_word}", REFERENCE), SIDE)
    return pixels.view(cast.DISTRACTORS, len(cast.REFERENCE_SCENES), 3, SIDE, SIDE)


def tiles(name: str, size: int) -> list[Image.Image]:
    """The pictures of a strip."""
    strip = Image.open(DATA / f"{name}.webp").convert("RGB")
    return [strip.crop((x, 0, x + size, size)) for x in range(0, strip.width, size)]


def _squares(subject: str, view: cast.View, tile: Image.Image) -> tuple[TrainingPhoto, ...]:
    file = io.BytesIO()
    tile.save(file, "PNG")
    declared = DECLARED[view.scene.framing]
    seen = examine(file.getvalue(), kind="character", declared=declared, resolution=SIDE)
    return tuple(
        TrainingPhoto(
            Image.open(io.BytesIO(cut.png)).convert("RGB"),
            caption(
                TOKEN, cast.class_of(subject), "character", cut.framing, None, seen.seen.background
            ),
        )
        for cut in seen.cuts
    )
