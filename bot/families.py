"""The numbers that a training is planned with, for each family of bases, with where they come from.

Nothing else knows any: the trainer is told steps, class images, learning rate and method by the
job.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from storage.settings import Method

Family: TypeAlias = Literal["tiny", "sd1", "sd2", "sdxl"]


@dataclass(frozen=True)
class Steps:
    """So many for each photo, but never fewer and never more than these."""

    per_photo: int
    fewest: int
    most: int

    def of(self, photos: int) -> int:
        return min(self.most, max(self.fewest, self.per_photo * photos))


@dataclass(frozen=True)
class Numbers:
    """What a family of bases is trained with."""

    faces: Steps
    animals: Steps
    things: Steps
    class_images: int
    #: Fewer than so many class images, but any, are learned by heart.
    few_class_images: int
    learning_rate: dict[Method, float]
    method: Method = "lora"


#: Faces: 800 to 1200 steps, things about 400 (the Hugging Face DreamBooth experiments,
#: https://huggingface.co/blog/dreambooth); 100 a photo "is a good place to start"
#: (d8ahazard/sd_dreambooth_extension#583), and half of that for things keeps their 400 at eight
#: photos. Animals lie between the two: nobody's measurement, ours neither.
_FACES, _ANIMALS, _THINGS = Steps(100, 800, 1200), Steps(75, 600, 1000), Steps(50, 400, 800)
#: A UNet a hundred times smaller, which draws heads and shoulders only. Measured for faces by
#: `pivotal` (trainer/tiny/README.md); the learning rates of `lora-text` and `full` are not.
_TINY = Steps(50, 150, 500)
#: LoRA: the README of the diffusers example, as EasyPhoto, py-dreambooth and d8ahazard; the same
#: for Stable Diffusion XL. Pivotal: its LoRA is the same, and the token learns at the trainer's own
#: rate. Full: 2e-6 is the higher of the two that the experiments above found good for faces, and
#: what kohya's, d8ahazard's and TheLastBen's trainers start from.
_RATES: Final[dict[Method, float]] = {
    "lora": 1e-4,
    "lora-text": 1e-4,
    "pivotal": 1e-4,
    "full": 2e-6,
}
_TINY_RATES: Final[dict[Method, float]] = {
    "lora": 2e-3,
    "lora-text": 2e-3,
    "pivotal": 2e-3,
    "full": 4e-5,
}
#: Class images: 100 is the diffusers scripts' default; Replicate and Shivam's notebook take 50, as
#: we do where each costs several times as much to draw. XavierXiao went from 8 to "100 or 200";
#: where "few" begins is a choice of ours. `tiny`: of 24 the class remembered too much
#: (trainer/tiny/README.md).
FAMILIES: Final[dict[Family, Numbers]] = {
    "tiny": Numbers(_TINY, _TINY, _TINY, 72, 18, _TINY_RATES, "pivotal"),
    "sd1": Numbers(_FACES, _ANIMALS, _THINGS, 100, 25, _RATES),
    "sd2": Numbers(_FACES, _ANIMALS, _THINGS, 100, 25, _RATES),
    "sdxl": Numbers(_FACES, _ANIMALS, _THINGS, 50, 12, _RATES),
}

#: The pictures of the sample sheet.
SAMPLES = 12
#: Judging and snapshots take up to this share of the steps' time.
JUDGING = 0.1
#: Of a pivotal training so many of the steps teach the token alone; a test holds it against the
#: trainer's. The LoRA is to have as many as without it.
TOKEN_SHARE = 0.3
LONGER: Final[dict[Method, float]] = {
    "lora": 1.0,
    "lora-text": 1.0,
    "pivotal": 1 / (1 - TOKEN_SHARE),
    "full": 1.0,
}
#: What a step costs, where a LoRA's is 1. Full: 2.41 TFLOP a picture in place of 1.73
#: (Stable Diffusion 1.5, counted). Pivotal: 1.3 while the token is learned.
#: With the text encoder, which is a fiftieth of the UNet, in every step: 1.1.
COST: Final[dict[Method, float]] = {
    "lora": 1.0,
    "lora-text": 1.1,
    "pivotal": 1.3 * TOKEN_SHARE + 1.0 * (1 - TOKEN_SHARE),
    "full": 1.4,
}
#: The base's own answer in place of class images is one more forward pass over half of a step's
#: pictures: 0.80 TFLOP on 3.45.
BASE_PRIOR = 1.23


def family_of(base: str, told: str | None = None) -> Family:
    """The family of a base as its trainer `told` it, or by the base's name where none has yet."""
    for family in FAMILIES:
        if family == told:
            return family
    name = base.rstrip("/").rsplit("/", 1)[-1].lower()
    if name == "tiny":
        return "tiny"
    if "xl" in name:
        return "sdxl"
    is_second = any(mark in name for mark in ("diffusion-2", "sd2", "sd-2", "v2-", "v2_"))
    return "sd2" if is_second else "sd1"
