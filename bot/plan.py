"""The plan of a training: what is recommended, what is allowed, what to warn of, how long it takes.

The numbers of each family of bases are in `bot.families`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from bot.families import BASE_PRIOR, COST, FAMILIES, JUDGING, LONGER, SAMPLES, Family, Steps
from bot.photos.terms import Kind
from bot.tokens import CLASSES
from storage.settings import Method

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

#: What one that has ended is given on top, in the same way. A choice of ours: a quarter of what a
#: face of eight photos takes on Stable Diffusion, whatever the base, so that a button can name it.
MORE_STEPS = 200

#: A button carries whole numbers only: a learning rate as so many billionths.
_PACKED = 10**9


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


def method_for(family: Family, allowed: Sequence[Method]) -> Method:
    """The usual method of the family, or the first of those that the operator allows."""
    usual = FAMILIES[family].method
    return usual if usual in allowed else allowed[0]


def recommend(case: Case, method: Method | None = None) -> Plan:
    """The recommended plan; with the family's usual method where none is given."""
    numbers = FAMILIES[case.family]
    method = method or numbers.method
    return Plan(
        steps=_in_tens(_steps(case).of(case.photos) * LONGER[method]),
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
    usual = FAMILIES[case.family].learning_rate[best.method]
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

    `step_s` is of a LoRA; `shared_images` is how many class images of that class exist
    already.
    """
    if step_s is None or image_s is None:
        return None
    prior = 1.0 if plan.class_images else BASE_PRIOR
    is_token_learned = plan.method == "pivotal" and plan.start_from is not None
    learning = plan.steps * step_s * (1.0 if is_token_learned else COST[plan.method]) * prior
    drawn = SAMPLES + max(0, plan.class_images - shared_images)
    return learning * (1 + JUDGING) + drawn * image_s


def _rounded(rate: float) -> float:
    return unpacked(packed(rate))


def _in_tens(steps: float) -> int:
    return 10 * math.ceil(round(steps / 10, 6))


def _steps(case: Case) -> Steps:
    """A drawn character with a human class has a face to be learned; others are like animals."""
    numbers = FAMILIES[case.family]
    if case.kind == "object":
        return numbers.things
    is_human = case.kind == "person" or case.class_word in CLASSES["person"]
    return numbers.faces if is_human else numbers.animals


def _warnings(case: Case, best: Plan, chosen: Plan) -> tuple[Warned, ...]:
    numbers = FAMILIES[case.family]
    much = effort(best, chosen)
    warnings: list[Warned] = []
    if much < TOO_LITTLE:
        warnings.append("underfit")
    if much > TOO_MUCH:
        each = much * best.steps / case.photos / LONGER[best.method]
        # an adapter that goes on has seen its photos before
        is_often = each > TOO_OFTEN * _steps(case).per_photo or best.start_from is not None
        warnings.append("overfit" if is_often else "long")
    if chosen.learning_rate >= HOT * numbers.learning_rate[best.method]:
        warnings.append("hot")
    if 0 < chosen.class_images < numbers.few_class_images:
        warnings.append("few_class_images")
    return tuple(warnings)
