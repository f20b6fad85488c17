"""A training under way, and what came of it."""

from __future__ import annotations

from bot.words.en.measures import count, pace, span

TRAINING_TITLE = "Training {token}"

SHOW_SHEET = "Show me the sample sheet"
SHEET_TITLE = "Sample sheet of {token}"
SHEET_HINT = "Like it? `/imagine a {token} {class_word} at the beach` and see."
SHEET_GONE = "That sheet is no longer here. Train again to get a new one."

CANCEL_ASKED = "Stopping after this step…"
KEEP_ASKED = "Stopping after this step. What I have learned so far stays with you."
STOP_AND_KEEP = "Stop, keep what you learned"
STOP_AND_DROP = "Stop and throw it away"
GO_ON = "Go on"
STOP_AT_THE_END = (
    "I have learned everything already and am drawing the sample sheet. Shall I keep what I"
    " learned, throw it away, or go on as if you had not asked?"
)
GOES_ON = "Good, I go on. Nothing was interrupted."
CANCELLED = "Stopped, as you asked. Nothing was kept of it; your photos are safe."
RETRYING = "The trainer stumbled, and this is in line again (try {attempt})."


def tiles_withheld(number: int, of: int) -> str:
    """Of a sample sheet: pictures that look too explicit to be shown."""
    which = "All of these pictures" if number == of else f"{number} of these pictures"
    return (
        f"{which} came out more revealing than I show here, so the place stays dark. It says"
        " nothing about your photos; what you ask for next may well come out fine."
    )


def stop_question(step: int, total: int) -> str:
    return (
        f"I have learned {step} of {count(total, 'step')} so far. Shall I stop here and keep that,"
        " stop and throw it away, or go on? Kept, it can be drawn at once, though it may look less"
        " like your subject than a training that went to its end."
    )


def progress_line(phase: str, step: int, total: int, rate: float | None) -> str:
    name = {
        "loading": "Warming up",
        "dataset": "Looking at your photos",
        "class-images": "Painting class images",
        "training": "Learning",
        "samples": "Drawing the sample sheet",
    }.get(phase, "Working")
    if not total:
        return f"{name}…"
    filled = round(16 * step / total)
    bar = "█" * filled + "░" * (16 - filled)
    speed = f" · {pace(rate)}" if rate else ""
    left = f" · about {span((total - step) / rate)} left" if rate and step < total else ""
    return f"{name}\n`{bar}` {step} of {total}{speed}{left}"


def trained(token: str, class_word: str, steps: int, seconds: float) -> str:
    return (
        f"`{token}` is ready, after {steps} steps and {span(seconds)}. Use it in any prompt:"
        f" `/imagine a {token} {class_word} at the beach`."
    )


def trained_early(token: str, class_word: str, steps: int, planned: int) -> str:
    return (
        f"I stopped early, at step {steps} of {planned}, as you asked, and kept what I had learned:"
        f" `/imagine a {token} {class_word} at the beach`. If it is not close enough yet, I can go"
        " on from there."
    )


def trained_so_far(token: str, class_word: str) -> str:
    return (
        "I stopped early, as you asked, and kept what I had learned:"
        f" `/imagine a {token} {class_word} at the beach`. If it is not close enough yet, I can go"
        " on from there."
    )


def trained_ping(mention: str, token: str) -> str:
    return f"{mention} `{token}` is ready."


def trained_early_ping(mention: str, token: str) -> str:
    return f"{mention} I stopped, as you asked. `{token}` is ready as it is."
