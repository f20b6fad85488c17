"""The plan of a training: what is recommended, what is allowed, what to warn of, how long it takes.

The numbers of each family of bases stand in one table with where they come from. Nothing else
knows any: the trainer is told steps, class images, learning rate and method by the job.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal, TypeAlias

from bot.photos.terms import Kind
from bot.tokens import CLASSES
from storage.settings import Method

Family: TypeAlias = Literal["tiny", "sd1", "sd2", "sdxl"]
Warned: TypeAlias = Literal["underfit", "overfit", "long", "hot", "few_class_images"]

#: Bounds of what a member may ask for. A learning rate may be so many times the recommended one:
#: five times 1e-4 is the diffusers LoRA script's own default, and the highest that any peer uses.
FEWEST_STEPS, MOST_STEPS = 50, 3000
MOST_CLASS_IMAGES = 300
LOWEST_RATE, HIGHEST_RATE = 0.1, 5.0

#: Below and above so many times what is recommended, in steps times learning rate, a training is
#: said to underfit and to overfit. A three-fold window: held-out loss over steps is U-shaped, and
#: what lies within about three times of its minimum was usable
#: (https://github.com/spacepxl/demystifying-sd-finetuning).
TOO_LITTLE, TOO_MUCH = 0.6, 1.8
#: A photo that is learned so many times as often as one of a small folder should be is repeated.
TOO_OFTEN = 1.2
#: From so many times the recommended learning rate on a training is said to be rough, however short
#: it is. A choice of ours: `tiny` followed its prompts less at 1.5 times (trainer/tiny/README.md).
HOT = 3.0

#: A button carries whole numbers only: a learning rate as so many billionths.
_PACKED = 10**9


@dataclass(frozen=True)
class _Steps:
    """So many for each photo, but never fewer and never more than these."""

    per_photo: int
    fewest: int
    most: int

    def of(self, photos: int) -> int:
        return min(self.most, max(self.fewest, self.per_photo * photos))


@dataclass(frozen=True)
class _Numbers:
    """What a family of bases is trained with."""

    faces: _Steps
    animals: _Steps
    things: _Steps
    class_images: int
    #: Fewer than so many class images, but any, are learned by heart.
    few_class_images: int
    learning_rate: dict[Method, float]
    method: Method = "lora"


#: Faces: 800 to 1200 steps, things about 400 (the Hugging Face DreamBooth experiments,
#: https://huggingface.co/blog/dreambooth); 100 a photo "is a good place to start"
#: (d8ahazard/sd_dreambooth_extension#583), and half of that for things keeps their 400 at eight
#: photos. Animals lie between the two: nobody's measurement, ours neither.
_FACES, _ANIMALS, _THINGS = _Steps(100, 800, 1200), _Steps(75, 600, 1000), _Steps(50, 400, 800)
#: A UNet a hundred times smaller, which draws heads and shoulders only. Measured here
#: (trainer/tiny/README.md), except full's learning rate, which is in proportion to the others'.
_TINY = _Steps(40, 150, 400)
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
#: where "few" begins is a choice of ours.
_FAMILIES: Final[dict[Family, _Numbers]] = {
    "tiny": _Numbers(_TINY, _TINY, _TINY, 24, 6, _TINY_RATES),
    "sd1": _Numbers(_FACES, _ANIMALS, _THINGS, 100, 25, _RATES),
    "sd2": _Numbers(_FACES, _ANIMALS, _THINGS, 100, 25, _RATES),
    "sdxl": _Numbers(_FACES, _ANIMALS, _THINGS, 50, 12, _RATES),
}

#: The pictures of the sample sheet.
SAMPLES = 12
#: Judging and snapshots take up to this share of the steps' time.
JUDGING = 0.1
#: Of a pivotal training so many of the steps teach the token alone; a test holds it against the
#: trainer's. The LoRA is to have as many as without it.
TOKEN_SHARE = 0.3
_LONGER: Final[dict[Method, float]] = {
    "lora": 1.0,
    "lora-text": 1.0,
    "pivotal": 1 / (1 - TOKEN_SHARE),
    "full": 1.0,
}
#: What a step costs, where the default method's is 1. Full: 2.41 TFLOP a picture in place of 1.73
#: (Stable Diffusion 1.5, counted). Pivotal: 1.3 while the token is learned.
#: With the text encoder, which is a fiftieth of the UNet, in every step: 1.1.
_COST: Final[dict[Method, float]] = {
    "lora": 1.0,
    "lora-text": 1.1,
    "pivotal": 1.3 * TOKEN_SHARE + 1.0 * (1 - TOKEN_SHARE),
    "full": 1.4,
}
#: The base's own answer in place of class images is one more forward pass over half of a step's
#: pictures: 0.80 TFLOP on 3.45.
BASE_PRIOR = 1.23


class OutOfBounds(ValueError):
    """A number that the member typed lies outside of what can lead to anything."""

    def __init__(self, name: str, low: float, high: float) -> None:
        super().__init__(f"{name}: {low:g} to {high:g}")
        self.name = name
        self.low = low
        self.high = high


@dataclass(frozen=True)
class Case:
    """What is to be learned, from how many photos that count, and on what."""

    family: Family
    kind: Kind
    class_word: str
    photos: int


@dataclass(frozen=True)
class Wish:
    """What the member chose; None is left to us."""

    steps: int | None = None
    class_images: int | None = None
    learning_rate: float | None = None
    method: Method | None = None


@dataclass(frozen=True)
class Plan:
    """What will be trained. With `start_from` that adapter goes on, and `steps` are those that come
    on top. `warnings` name sentences in `bot.words`."""

    steps: int
    class_images: int
    learning_rate: float
    method: Method = "lora"
    start_from: int | None = None
    warnings: tuple[Warned, ...] = field(default=())


def family_of(base: str, told: str | None = None) -> Family:
    """The family of a base as its trainer `told` it, or by the base's name where none has yet."""
    for family in _FAMILIES:
        if family == told:
            return family
    name = base.rstrip("/").rsplit("/", 1)[-1].lower()
    if name == "tiny":
        return "tiny"
    if "xl" in name:
        return "sdxl"
    is_second = any(mark in name for mark in ("diffusion-2", "sd2", "sd-2", "v2-", "v2_"))
    return "sd2" if is_second else "sd1"


def method_for(family: Family, allowed: Sequence[Method]) -> Method:
    """The usual method of the family, or the first of those that the operator allows."""
    usual = _FAMILIES[family].method
    return usual if usual in allowed else allowed[0]


def recommend(case: Case, method: Method | None = None) -> Plan:
    """The recommended plan; with the family's usual method where none is given."""
    numbers = _FAMILIES[case.family]
    method = method or numbers.method
    return Plan(
        steps=_in_tens(_steps(case).of(case.photos) * _LONGER[method]),
        class_images=numbers.class_images,
        learning_rate=numbers.learning_rate[method],
        method=method,
    )


def refine(case: Case, new: int, method: Method, start_from: int) -> Plan:
    """The recommended plan for learning `new` more photos with an adapter that knows the others.

    So many steps as these photos would have had, but at least a quarter of a whole training, for
    all photos stay in the set; at half the learning rate, so that what is there is kept. A token
    that is learned stays as it is.
    """
    whole = recommend(case, method)
    most = _steps(case).of(case.photos)
    share = max(most / 4, _steps(case).per_photo * new, FEWEST_STEPS)
    return replace(
        whole,
        steps=_in_tens(min(most, share)),
        learning_rate=whole.learning_rate / 2,
        start_from=start_from,
    )


def choose(case: Case, best: Plan, wish: Wish) -> Plan:
    """The member's choice where there is one and `best` elsewhere, with warnings where the choice
    will underfit, overfit or bend the class. Raises OutOfBounds."""
    usual = _FAMILIES[case.family].learning_rate[best.method]
    bounds = {
        "steps": (FEWEST_STEPS, MOST_STEPS),
        "class_images": (0, MOST_CLASS_IMAGES),
        "learning_rate": (_rounded(usual * LOWEST_RATE), _rounded(usual * HIGHEST_RATE)),
    }
    for name, (low, high) in bounds.items():
        wished = getattr(wish, name)
        if wished is not None and not low <= wished <= high:
            raise OutOfBounds(name, low, high)
    rate = best.learning_rate if wish.learning_rate is None else wish.learning_rate
    chosen = replace(
        best,
        steps=best.steps if wish.steps is None else wish.steps,
        class_images=best.class_images if wish.class_images is None else wish.class_images,
        learning_rate=_rounded(rate),
    )
    return replace(chosen, warnings=_warnings(case, best, chosen))


def packed(rate: float) -> int:
    """The learning rate as a button carries it."""
    return round(rate * _PACKED)


def unpacked(number: int) -> float:
    """The learning rate that a button carries."""
    return number / _PACKED


def effort(best: Plan, chosen: Plan) -> float:
    """How much is learned, where what is recommended is 1. Adam moves a weight by about the
    learning rate in each step, however steep the slope."""
    much = chosen.steps * chosen.learning_rate / (best.steps * best.learning_rate)
    return round(much, 6)


def seconds(
    plan: Plan, shared_images: int, step_s: float | None, image_s: float | None
) -> float | None:
    """About how long the plan takes on a trainer of that measured speed, with its judging and its
    sample sheet; None before any measurement.

    `step_s` is of the default method; `shared_images` is how many class images of that class exist
    already.
    """
    if step_s is None or image_s is None:
        return None
    prior = 1.0 if plan.class_images else BASE_PRIOR
    is_token_learned = plan.method == "pivotal" and plan.start_from is not None
    learning = plan.steps * step_s * (1.0 if is_token_learned else _COST[plan.method]) * prior
    drawn = SAMPLES + max(0, plan.class_images - shared_images)
    return learning * (1 + JUDGING) + drawn * image_s


def _rounded(rate: float) -> float:
    return unpacked(packed(rate))


def _in_tens(steps: float) -> int:
    return 10 * math.ceil(round(steps / 10, 6))


def _steps(case: Case) -> _Steps:
    """A drawn character with a human class has a face to be learned; others are like animals."""
    numbers = _FAMILIES[case.family]
    if case.kind == "object":
        return numbers.things
    is_human = case.kind == "person" or case.class_word in CLASSES["person"]
    return numbers.faces if is_human else numbers.animals


def _warnings(case: Case, best: Plan, chosen: Plan) -> tuple[Warned, ...]:
    numbers = _FAMILIES[case.family]
    much = effort(best, chosen)
    warnings: list[Warned] = []
    if much < TOO_LITTLE:
        warnings.append("underfit")
    if much > TOO_MUCH:
        each = much * best.steps / case.photos / _LONGER[best.method]
        # an adapter that goes on has seen its photos before
        is_often = each > TOO_OFTEN * _steps(case).per_photo or best.start_from is not None
        warnings.append("overfit" if is_often else "long")
    if chosen.learning_rate >= HOT * numbers.learning_rate[best.method]:
        warnings.append("hot")
    if 0 < chosen.class_images < numbers.few_class_images:
        warnings.append("few_class_images")
    return tuple(warnings)
