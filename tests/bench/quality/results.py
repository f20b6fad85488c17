"""All scores of a training at each of its steps, and of the base without any."""

from __future__ import annotations

from typing import Any

from tests.bench.quality import cast, drawings, scores
from tests.bench.quality.lessons import Lesson, learn
from tests.bench.quality.scores import Jury
from trainer.adapters import LoadedAdapter


def rows_of(jury: Jury, lesson: Lesson) -> list[dict[str, Any]]:
    """A row for each of the lesson's steps and one for each step that the trainer proposed
    (`proposed_of`: the plan's length); what is not kept yet is trained and drawn.
    """
    learned, name, shown = learn(jury.base, lesson), lesson.name, lesson.photo_set

    def scored(adapter: LoadedAdapter) -> dict[str, float]:
        return of_adapter(jury, lesson.subject, shown, adapter)

    rows: list[dict[str, Any]] = [
        {"lesson": name, "steps": step, **scored(adapter)}
        for step, adapter in learned.after.items()
    ]
    return rows + [
        {"lesson": name, "steps": step, "proposed_of": length, "why": why, **scored(adapter)}
        for length, (step, why, adapter) in learned.proposed.items()
    ]


def of_adapter(
    jury: Jury, subject: str, photo_set: str, adapter: LoadedAdapter | None
) -> dict[str, float]:
    """The scores of an adapter, or of none."""
    word = cast.class_of(subject)
    pictures = drawings.of_subject(jury.base, subject, adapter)
    before = drawings.of_class(jury.base, word, None)
    after = drawings.of_class(jury.base, word, adapter)
    return {
        **scores.fidelity(jury, subject, pictures),
        **scores.attributes(jury, subject, pictures),
        **scores.following(jury, pictures),
        **scores.drift(jury, subject, before, after),
        **scores.copying(jury, subject, photo_set, pictures),
    }


def untrained(jury: Jury, subject: str) -> dict[str, Any]:
    """The base with the token that it never learned."""
    scored = of_adapter(jury, subject, "good8", None)
    return {"lesson": f"{subject}-untrained", "steps": 0, **scored}


def of_base(jury: Jury, subject: str) -> dict[str, float]:
    """How well the base itself does what the prompts ask, with the class word alone: what a
    training could lose.
    """
    return scores.following(jury, drawings.of_anybody(jury.base, cast.class_of(subject)))
