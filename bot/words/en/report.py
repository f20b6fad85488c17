"""The report card of a training: what came of it, by what was measured, and what it was made of."""

from __future__ import annotations

from collections.abc import Sequence

from bot.words.en.measures import MARKS, count, plain, span
from bot.words.en.plan import method_called, rate_said
from storage.settings import METHODS

SHOW_REPORT = "Report card"
REPORT_TITLE = "Report card of {token}"
REPORT_GONE = "That report card is no longer here. `/subject versions` shows those I still have."

#: What the picture's curves are called.
CURVES_PHOTOS = "How far off I am on photos (100% = before I learned)"
CURVES_HELD_OUT = "kept back"
CURVES_TRAIN = "learned from"
CURVES_CLASS = "How much other pictures of the class changed"
CURVES_DRIFT = "the class without the token"
CURVES_AXIS = "steps"

_REASONS = {
    "copied": "I chose step {step}: after that, your photos were being copied.",
    "best": (
        "I chose step {step}: from there on I did no better on {kept_back} that I had kept back as"
        " a test."
    ),
    "drift": (
        "I chose step {step}: after that, any other {class_word} began to look like `{token}`."
    ),
    "drift_always": (
        "I chose step {step}, an early one: any other {class_word} looks a little like `{token}`"
        " even there, and more so later. More class images may help."
    ),
    "last": (
        "I chose step {step}, the last one: I was still getting better on {kept_back} that I had"
        " kept back as a test, so more steps may help."
    ),
    "last_untested": (
        "I chose step {step}, the last one: of so few photos I could keep none back as a test. If"
        " it copies them, try an earlier one on the sample sheet."
    ),
    "member": "I chose step {step}, where you asked me to stop.",
}
_SCORES = {
    "learned": ("counts", "Looks learned, not copied"),
    "learned_untested": (
        "counts",
        "Looks learned; whether copied I cannot tell, as no photo was kept back",
    ),
    "barely": ("doubt", "Hardly learned yet: more steps, or more photos, may help"),
    "copied": ("doubt", "Leans on your photos: pictures may repeat their clothes and backgrounds"),
    "class_kept": ("counts", "Any other {class_word} still looks as before"),
    "class_moved": ("doubt", "Any other {class_word} may look a little like `{token}`"),
    "class_lost": ("not", "Any other {class_word} will look like `{token}`"),
}
_STEPPED_DOWN = {
    "checkpointing": "worked out half of each step twice, which is slower and comes to the same",
    "smaller-parts": "took the pictures of a step one after the other, which comes to the same",
    "8-bit": "kept the optimiser's memory in 8 bits, which comes to nearly the same",
}


def why_line(reason: str, step: int, held_out: int, token: str, class_word: str) -> str:
    """Why that step is proposed; `held_out` photos were kept back."""
    kept_back = "the one photo" if held_out == 1 else f"the {held_out} photos"
    return _REASONS[reason].format(
        step=step, kept_back=kept_back, token=token, class_word=class_word
    )


def ended_early(step: int, planned: int) -> str:
    return f"I ended it at step {step} of {planned}: more would not have helped."


def not_proposed(step: int, proposed: int) -> str:
    return f"This is step {step}. I had proposed step {proposed}."


def score_line(code: str, token: str, class_word: str) -> str:
    mark, said = _SCORES[code]
    return f"{MARKS[mark]} {said.format(token=token, class_word=class_word)}"


def stepped_down_line(codes: Sequence[str]) -> str:
    """What was done with less memory than was wished for."""
    known = [_STEPPED_DOWN[code] for code in codes if code in _STEPPED_DOWN]
    return "Memory was short, so I " + "; and ".join(known) + "." if known else ""


def report_photos(photos: int, held_out: int) -> str:
    return f"{photos}, {held_out} kept back as a test" if held_out else str(photos)


def report_steps(steps: int, planned: int | None, from_step: int | None) -> str:
    """`planned` are the new ones where it went on from another adapter."""
    if from_step is not None:
        return f"{steps}, going on from step {from_step}"
    return f"{steps} of {planned}" if planned and planned != steps else str(steps)


def report_settings(
    method: str, rate: float | None, rank: int | None, batch: int | None, gamma: float | None
) -> str:
    facts = [
        method_called(method) if method in METHODS else plain(method),
        f"rank {rank}" if rank and method != "full" else "",
        f"learning rate {rate_said(rate)}" if rate else "",
        f"{batch} at once" if batch else "",
        f"min-SNR {gamma:g}" if gamma else "",
    ]
    return ", ".join(fact for fact in facts if fact)


def report_class(class_images: int, weight: float | None) -> str:
    how = count(class_images, "class image") if class_images else "the base's own answers"
    return f"{how}, weight {weight:g}" if weight else how


def report_base(base: str, base_hash: str | None) -> str:
    return f"{base} `{base_hash[:12]}`" if base_hash else base


def report_time(seconds: float, judge_s: float | None, device: str | None) -> str:
    judging = f", {span(judge_s)} of it judging" if judge_s and judge_s >= 1 else ""
    return f"{span(seconds)}{judging}" + (f", on {device}" if device else "")


def report_memory(peak_mb: int) -> str:
    return f"{peak_mb / 1000:.1f} GB at most" if peak_mb >= 1000 else f"{peak_mb} MB at most"


REPORT_FIELDS = {
    "photos": "Photos",
    "steps": "Steps",
    "settings": "Learned as",
    "class": "Kept the class by",
    "time": "Time",
    "memory": "Memory",
    "seed": "Seed",
    "base": "Base",
    "face": "Face distance",
}


def report_face(distance: float) -> str:
    return f"{distance:.2f} on average (the same person: mostly under 0.5)"


def curve_step(step: int, *, is_proposed: bool) -> str:
    return f"step {step}: my choice" if is_proposed else f"step {step}"
