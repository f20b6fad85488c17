"""A training under way, and what came of it."""

from __future__ import annotations

from bot.words.measures import span

TRAINING_TITLE = "Training {token}"

SHOW_SHEET = "Show me the sample sheet"
SHEET_TITLE = "Sample sheet of {token}"
SHEET_HINT = "Like it? `/imagine a {token} {class_word} at the beach` and see."
SHEET_GONE = "That sheet is no longer here. Train again to get a new one."

CANCEL_ASKED = "Stopping after this step…"
CANCELLED = "Stopped, as you asked. Nothing was kept of it; your photos are safe."
RETRYING = "The trainer stumbled and has picked this up again (try {attempt})."


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
    speed = f" · {rate:.1f} a second" if rate and rate >= 1 else ""
    left = f" · about {span((total - step) / rate)} left" if rate and step < total else ""
    return f"{name}\n`{bar}` {step} of {total}{speed}{left}"


def trained(token: str, class_word: str, steps: int, seconds: float) -> str:
    return (
        f"`{token}` is ready, after {steps} steps and {span(seconds)}. Use it in any prompt:"
        f" `/imagine a {token} {class_word} at the beach`."
    )


def trained_ping(mention: str, token: str) -> str:
    return f"{mention} `{token}` is ready."
