"""What every contender learns from: the same squares, in two folders, as the example wants them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageOps

from trainer.base import Base
from trainer.dataset import Dataset, TrainingPhoto, build_dataset

PHOTOS = Path(__file__).parents[3] / "deploy" / "demo" / "photos"
#: the example knows one caption for all photos and one for the class
INSTANCE_PROMPT, CLASS_PROMPT = "a photo of zwx woman", "a picture of a woman"


@dataclass(frozen=True)
class Material:
    """Two folders of square PNG files of `side` pixels."""

    photos: Path
    class_pictures: Path
    side: int


def prepare(folder: Path, side: int, class_pictures: int = 10) -> Material:
    """The demo's ten photos, and as many pictures of the class as wanted, made of them. All have
    the base's own size, which spares the example the resampling in every step.
    """
    material = Material(folder / "photos", folder / "class", side)
    for kept in (material.photos, material.class_pictures):
        kept.mkdir(parents=True)
    squares = []
    for path in sorted(PHOTOS.glob("*.jpg")):
        with Image.open(path) as photo:
            squares.append(photo.convert("RGB").resize((side, side), Image.Resampling.LANCZOS))
        squares[-1].save(material.photos / f"{path.stem}.png")
    for number in range(class_pictures):
        turned = ImageOps.mirror(squares[number % len(squares)]).rotate(number)
        turned.save(material.class_pictures / f"{number:03}.png")
    return material


def encode(base: Base, material: Material) -> Dataset:
    """Ours: everything through the VAE and the text encoder once, before the first step."""
    return build_dataset(
        base,
        _read(material.photos, INSTANCE_PROMPT),
        _read(material.class_pictures, CLASS_PROMPT),
        mirror=False,
    )


def _read(folder: Path, caption: str) -> list[TrainingPhoto]:
    return [
        TrainingPhoto(Image.open(path).convert("RGB"), caption) for path in sorted(folder.iterdir())
    ]
