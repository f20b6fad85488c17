"""The plan of a training, before anything starts."""

from __future__ import annotations

from bot.words.checklist import missing_line
from bot.words.measures import count, span

PLAN_TITLE = "The plan for {token}"
START = "Start training"
NEVER_MIND = "Not now"
NEVER_MINDED = "No hurry. Your photos are safe; `/train` whenever you like."

ALREADY_TRAINING = "That one is already on its way. `/queue` shows how far it is."
TRAINER_ASLEEP = "The trainer is asleep just now; your place in line is kept until it wakes."

_PLAN_WARNINGS = {
    "underfit": (
        "That is few steps for so many photos: it may not look like your subject yet. I would"
        " take {best}."
    ),
    "overfit": (
        "That is a lot of steps for so few photos: it may repeat your photos instead of"
        " following the prompt. I would take {best}."
    ),
    "no_class_images": (
        "Without class images I may forget what any other {class_word} looks like. I would keep"
        " some."
    ),
}


def plan_warning(code: str, best_steps: int, class_word: str) -> str:
    return "⚠️ " + _PLAN_WARNINGS[code].format(best=best_steps, class_word=class_word)


def not_covered(kind: str, missing_faces: int, missing_torsos: int) -> str:
    return "I cannot start just yet. " + missing_line(kind, missing_faces, missing_torsos, 0)


def plan_lines(
    photos: int, steps: int, class_images: int, wait_s: float | None, ahead: int
) -> list[str]:
    place = "You are next." if ahead == 0 else f"{count(ahead, 'job')} before yours."
    time = "I have not measured this trainer yet" if wait_s is None else f"about {span(wait_s)}"
    return [
        f"**Photos** {photos}",
        f"**Steps** {steps}",
        f"**Class images** {class_images}",
        f"**Time** {time}",
        f"**In line** {place}",
    ]
