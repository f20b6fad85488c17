"""The report card of a training as the bot reads it: whatever a trainer of another day left out
is None here, or nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Final, Literal, Self, TypeAlias

#: Why that step was proposed, as far as the card can tell.
Reason: TypeAlias = Literal[
    "copied", "best", "drift", "drift_always", "last", "last_untested", "member"
]
#: What can be said of a measured adapter, each with whether it is as it should be.
Score: TypeAlias = Literal[
    "learned", "learned_untested", "barely", "copied", "class_kept", "class_moved", "class_lost",
]  # fmt: skip

# What can be called much or little. On the bundled base's four evaluation subjects the recommended
# plan ended at a drift of 0.04 to 0.09, where pictures of the class had moved a fourteenth of the
# way to the subject (tests/bench/RESULTS.md, quality). Nothing is said of the trainer's sensitivity
# to prompts and diversity: both were as good after ten times too many steps, when prompts were not.
#: So close to the bare base nothing was learned to speak of.
_BARELY: Final = 0.97
#: Up to here other pictures of the class look as they did; beyond the second, like the subject.
#: The second is where the trainer chooses an earlier step (`DRIFT` of its course).
_CLASS_KEPT: Final = 0.05
_CLASS_LOST: Final = 0.10
#: No number on a card is larger.
_MOST: Final = 1e15
#: What a measurement moves by itself from look to look.
_NOISE: Final = 0.01


@dataclass(frozen=True)
class Mark:
    """What the judge measured at one step, as far as anything is said of it here.

    held_out, train: how far off it was on photos that it does not learn from, and on those that it
        does, relative to the bare base (1: as the base; lower: learned)
    drift: how much the class itself changed (0: not at all)
    face: how far the faces of samples lie from those of the photos, on average
    """

    step: int
    held_out: float | None = None
    train: float | None = None
    drift: float | None = None
    face: float | None = None


@dataclass(frozen=True)
class Card:
    """What one adapter was made of, and how it was judged. `steps` are those of the adapter."""

    steps: int
    planned_steps: int | None
    ended: str | None
    why: str | None
    candidates: tuple[int, ...]
    method: str
    prior: str | None
    learning_rate: float | None
    rank: int | None
    batch_size: int | None
    prior_weight: float | None
    min_snr_gamma: float | None
    seed: int | None
    photos: int | None
    held_out: int
    class_images: int
    seconds: float | None
    judge_s: float | None
    device: str | None
    peak_memory_mb: int | None
    base: str | None
    base_hash: str | None
    went_on_from: int | None
    stepped_down: tuple[str, ...]
    marks: tuple[Mark, ...]

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> Self:
        """The card as a trainer wrote it."""
        return cls(
            steps=_whole(told.get("steps")) or 0,
            planned_steps=_whole(told.get("planned_steps")),
            ended=_text(told.get("ended")),
            why=_text(told.get("why")),
            candidates=tuple(
                sorted(s for one in _listed(told.get("candidates")) if (s := _whole(one)))
            ),
            method=_text(told.get("method")) or "lora",
            prior=_text(told.get("prior")),
            learning_rate=_number(told.get("learning_rate")),
            rank=_whole(told.get("rank")),
            batch_size=_whole(told.get("batch_size")),
            prior_weight=_number(told.get("prior_weight")),
            min_snr_gamma=_number(told.get("min_snr_gamma")),
            seed=_whole(told.get("seed")),
            photos=_whole(told.get("photos")),
            held_out=_whole(told.get("held_out")) or 0,
            class_images=_whole(told.get("class_images")) or 0,
            seconds=_number(told.get("seconds")),
            judge_s=_number(told.get("judge_s")),
            device=_text(told.get("device")),
            peak_memory_mb=_whole(told.get("peak_memory_mb")),
            base=_text(told.get("base")),
            base_hash=_text(told.get("base_hash")),
            went_on_from=_whole(told.get("from")),
            stepped_down=tuple(one for one in _listed(told.get("stepped_down")) if _text(one)),
            marks=_marks(_listed(told.get("marks"))),
        )

    @property
    def mark(self) -> Mark | None:
        """What was measured at the adapter's own step, or last before it."""
        return next((mark for mark in reversed(self.marks) if mark.step <= self.steps), None)


def _marks(told: list[Any]) -> tuple[Mark, ...]:
    """In the order of their steps, and each step once."""
    names = [one.name for one in fields(Mark) if one.name != "step"]
    found = {}
    for one in told:
        step = _whole(one.get("step")) if isinstance(one, Mapping) else None
        if step is not None:
            found[step] = Mark(step, **{name: _number(one.get(name)) for name in names})
    return tuple(found[step] for step in sorted(found))


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) > _MOST:
        return None
    return None if math.isnan(value) else float(value)


def _whole(value: Any) -> int | None:
    number = _number(value)
    return None if number is None else int(number)


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def reason(card: Card) -> Reason | None:
    """Why the adapter's step was proposed; None for a card from before there was a choice."""
    mark = card.mark
    is_tested = mark is not None and mark.held_out is not None
    if card.why == "best":
        is_copied = mark is not None and _is_copied(mark, card.marks[-1])
        return "copied" if is_copied else "best"
    if card.why == "last":
        return "last" if is_tested else "last_untested"
    if card.why == "drift":
        is_lost = mark is not None and mark.drift is not None and mark.drift > _CLASS_LOST
        return "drift_always" if is_lost else "drift"
    return "member" if card.why == "member" else None


def _is_copied(before: Mark, after: Mark) -> bool:
    """Whether the photos that are learned from were known better afterwards, and those that were
    kept back worse. That one is known better than the other says nothing: one may be easier."""
    if before.held_out is None or before.train is None:
        return False
    if after.held_out is None or after.train is None:
        return False
    return after.held_out > before.held_out + _NOISE and after.train < before.train - _NOISE


def scores(card: Card) -> list[Score]:
    """What can be said of an adapter by what was measured up to its step."""
    mark = card.mark
    if mark is None:
        return []
    told: list[Score] = []
    known = mark.train if mark.held_out is None else mark.held_out
    if known is not None and known > _BARELY:
        told.append("barely")
    elif any(_is_copied(earlier, mark) for earlier in card.marks if earlier.step < mark.step):
        told.append("copied")
    elif known is not None:
        told.append("learned_untested" if mark.held_out is None else "learned")
    if mark.drift is not None:
        kept, lost = mark.drift <= _CLASS_KEPT, mark.drift > _CLASS_LOST
        told.append("class_kept" if kept else "class_lost" if lost else "class_moved")
    return told
