"""Sample sheets for people to look at, in var/bench/quality."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw

from tests.bench.quality import cast, drawings, lessons, photos, prompts
from trainer.adapters import LoadedAdapter
from trainer.base import Base

CELL, LABEL = 98, 110


def of_lesson(base: Base, lesson: lessons.Lesson) -> Path:
    """A row of photos, one of the untrained base, and one for each step: each prompt's first
    picture, then the class's.
    """
    word = cast.class_of(lesson.subject)
    shots = photos.photo_set(lesson.subject, lesson.photo_set)
    rows = [
        ("photos", [shot.squares[0].picture for shot in shots]),
        ("untrained", _row(base, lesson.subject, word, None)),
    ]
    for step, adapter in lessons.learn(base, lesson).after.items():
        rows.append((f"step {step}", _row(base, lesson.subject, word, adapter)))
    return save(rows, lesson.name)


def _row(base: Base, subject: str, word: str, adapter: LoadedAdapter | None) -> list[Image.Image]:
    of_subject = drawings.of_subject(base, subject, adapter)[:: len(prompts.SEEDS)]
    of_class = drawings.of_class(base, word, adapter)[:: len(prompts.CLASS_SEEDS)]
    return of_subject + of_class


def save(rows: Sequence[tuple[str, list[Image.Image]]], name: str) -> Path:
    """Named rows of pictures, enlarged."""
    widest = max(len(pictures) for _, pictures in rows)
    sheet = Image.new("RGB", (LABEL + widest * CELL, len(rows) * CELL), "white")
    pen = ImageDraw.Draw(sheet)
    for y, (label, pictures) in enumerate(rows):
        pen.text((4, y * CELL + CELL // 2), label, fill="black")
        for x, one in enumerate(pictures):
            enlarged = one.resize((CELL - 2, CELL - 2), Image.Resampling.NEAREST)
            sheet.paste(enlarged, (LABEL + x * CELL, y * CELL))
    drawings.KEPT.mkdir(parents=True, exist_ok=True)
    path = drawings.KEPT / f"{name}.png"
    sheet.save(path)
    return path
