"""The plan of a training, before anything starts."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.en.checklist import missing_line
from bot.words.en.measures import count, span

PLAN_TITLE = "The plan for {token}"
START = "Start training"
START_OVER = "Start over"
NEVER_MIND = "Not now"
NEVER_MINDED = "No hurry. Your photos are safe; `/train start` whenever you like."

ALREADY_TRAINING = "That one is already on its way. `/queue` shows how far it is."
TRAINER_ASLEEP = "The trainer is asleep just now; your place in line is kept until it wakes."
PLAN_OUTDATED = (
    "Something has changed since that plan: its photos, the version in use, or the base. "
    "`/train start`"
    " makes a new one."
)
NO_RATE = (
    "A learning rate is a small number, such as 0.0005 or 5e-4. Leave it out, and I take the one"
    " that suits."
)

_METHODS = {
    "lora": "LoRA",
    "lora-text": "LoRA in the text encoder too",
    "pivotal": "LoRA with a token of its own",
    "full": "every weight of the base",
}

_BOUNDS = {
    "steps": "Steps go from {low} to {high}. Leave them out",
    "class_images": "Class images go from {low} to {high}. Leave them out",
    "learning_rate": "The learning rate goes from {low} to {high} on this base. Leave it out",
}

_PLAN_WARNINGS = {
    "underfit": (
        "That is {much} of the learning that these photos need: it may not look like your subject"
        " yet. I would take {best}."
    ),
    "overfit": (
        "That is {much} the learning that these photos need: it may repeat them instead of"
        " following the prompt. I would take {best}."
    ),
    "long": (
        "That is {much} the learning that these photos need: it takes long, gains little, and any"
        " other {class_word} may come to look like your subject. I would take {best}."
    ),
    "hot": (
        "With a learning rate that high I learn in leaps and may never settle. I would take"
        " {best_rate}."
    ),
    "few_class_images": (
        "So few class images I soon know by heart, and any other {class_word} may come to look like"
        " them. I would take {best_images}."
    ),
}


def method_called(method: str) -> str:
    return _METHODS.get(method, method)


def method_not_offered(offered: Sequence[str]) -> str:
    ways = " or ".join(f"`{method}` ({_METHODS[method]})" for method in offered)
    return f"That is no way to learn that is offered here. It can be {ways}."


def no_more_of(token: str, method: str) -> str:
    return (
        f"That version of `{token}` was learned with {method_called(method)}, which is not offered"
        " here any more. `/train start` learns it in another way."
    )


def out_of_bounds(name: str, low: float, high: float) -> str:
    bounds = _BOUNDS[name].format(low=rate_said(low), high=rate_said(high))
    return f"{bounds}, and I take what suits your photos."


def rate_said(rate: float) -> str:
    """A learning rate as people write it: 0.0001, 2e-6."""
    return f"{rate:.7g}".replace("e-0", "e-")


def plan_warning(code: str, much: float, best: tuple[int, float, int], class_word: str) -> str:
    """`much` is how much would be learned, where what is recommended is 1; `best` are the steps,
    the learning rate and the class images that are recommended."""
    steps, rate, images = best
    return "⚠️ " + _PLAN_WARNINGS[code].format(
        much=_times(much),
        best=f"{steps} steps at a learning rate of {rate_said(rate)}",
        best_rate=rate_said(rate),
        best_images=f"{images}, or none" if images else "none",
        class_word=class_word,
    )


def _times(much: float) -> str:
    if much >= 1:
        return f"{much:.1f} times" if much < 10 else f"{much:.0f} times"
    return f"{much:.0%}".replace("%", " %") if much >= 0.01 else "less than 1 %"


def not_covered(kind: str, missing_faces: int, missing_torsos: int) -> str:
    return "I cannot start just yet. " + missing_line(kind, missing_faces, missing_torsos, 0)


def plan_photos(photos: int, new: int) -> str:
    return f"**Photos** {photos}" + (f", {new} of them new" if new else "")


def plan_steps(steps: int, is_more: bool) -> str:
    return f"**Steps** {steps}" + (" on top of what is there" if is_more else "")


def plan_rate(rate: float) -> str:
    return f"**Learning rate** {rate_said(rate)}"


def plan_class_images(class_images: int) -> str:
    if class_images:
        return f"**Class images** {class_images}"
    return "**Class images** none: I ask the base itself at each step what the class looks like"


def plan_method(method: str) -> str:
    return f"**Method** {_METHODS[method]}"


def plan_time(seconds: float | None) -> str:
    if seconds is None:
        return "**Time** I have not measured this trainer yet"
    return f"**Time** about {span(seconds)}"


def plan_place(ahead: int) -> str:
    place = "You are next." if ahead == 0 else f"{count(ahead, 'job')} before yours."
    return f"**In line** {place}"


def learn_new(new: int) -> str:
    """The button that learns the new photos only; a label has room for 80 letters."""
    return f"Learn the {count(new, 'new photo')}" if new > 1 else "Learn the new photo"


def two_ways(token: str, new: int) -> str:
    return (
        f"`{token}` has not seen the {count(new, 'new photo') if new > 1 else 'new photo'} yet. I"
        " can go on from what it knows, with all photos and in small steps, or start over."
    )


def trained_already(token: str) -> str:
    return (
        f"`{token}` has learned from these very photos already. Starting over makes another"
        " version; the one you have stays."
    )


def still_knows(token: str, gone: int) -> str:
    photos = (
        f"{gone} photos that are gone or count" if gone > 1 else "a photo that is gone or counts"
    )
    return f"`{token}` has also learned from {photos} no more. Only starting over leaves that out."


def learned_on_another_base(token: str) -> str:
    return f"What `{token}` has learned so far was on another base, so this starts over."


def goes_on_only_with(token: str, method: str) -> str:
    return (
        f"So far `{token}` was learned with {_METHODS[method]}. The new photos alone can be learned"
        " by the same method only, so this starts over."
    )
