"""The course of a training: what was measured, what is kept, when to stop, which step is the best.

How the rule was chosen is told at `decide`. All of it follows from the marks alone, so a training
that was stopped and resumed decides as an unbroken one would.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal

import torch

from trainer.checkpoint import Passed
from trainer.judge import Judge, Mark

if TYPE_CHECKING:
    from trainer.dreambooth import Progress
    from trainer.plan import Plan

Why = Literal["best", "drift", "last"]
#: Snapshots that are kept, and their size together: a LoRA's are small, whole networks are not.
KEPT, KEPT_BYTES = 12, 2 * 1024**3
#: What a member chooses among; so many are kept whatever their size.
CANDIDATES = 3
#: How far the answers to the class's prompt may move.
DRIFT = 1.0
#: Looks without a better one after which a training ends, and the share of the plan before which
#: it never does.
PATIENCE, SOONEST = 4, 0.5


@dataclass(frozen=True)
class Proposal:
    """The step to propose: the `best` of all, or the last before the class's `drift` was too much,
    or the `last` one, where nothing spoke against it."""

    step: int
    why: Why


class Course:
    """What became of one training so far. `plan` is its plan, `every` the steps between looks."""

    def __init__(self, judge: Judge, plan: Plan, passed: Passed | None = None) -> None:
        self._judge, self._plan = judge, plan
        marks = passed.marks if passed else ()
        self.marks = [Mark(**mark) for mark in marks]  # type: ignore[arg-type]  # checked by name
        self._snapshots = (
            {step: dict(own) for step, own in passed.snapshots.items()} if passed else {}
        )

    def is_due(self, step: int) -> bool:
        """Whether to look after `step`."""
        return step % self._judge.every == 0 or step == self._plan.steps

    def look(self, progress: Progress) -> Mark:
        """Measure what was learned, and keep a copy of it; a second time at a step does nothing."""
        if self.marks and self.marks[-1].step == progress.step:
            return self.marks[-1]
        mark = self._judge.look(progress.step)
        self.marks.append(mark)
        self._snapshots[mark.step] = {k: v.half() for k, v in progress.weights().items()}
        size = sum(value.nbytes for value in self._snapshots[mark.step].values())
        room = max(min(KEPT, KEPT_BYTES // size), CANDIDATES)
        chosen = self.proposal().step
        for step in self._snapshots.keys() - set(thinned(self._snapshots, room, chosen)):
            del self._snapshots[step]
        return mark

    @property
    def ended(self) -> bool:
        """Whether more steps would only do harm."""
        return is_enough(self.marks, self._plan)

    def proposal(self) -> Proposal:
        """The step to propose; needs a look at least."""
        return decide([m for m in self.marks if m.step in self._snapshots], self._plan)

    def candidates(self) -> list[int]:
        """Up to three steps, ascending, that are worth a member's choice: the proposed one, and an
        earlier and a later one where there are any."""
        return worth_showing(sorted(self._snapshots), self.proposal().step)

    def weights(self, step: int) -> dict[str, torch.Tensor]:
        """What was learned up to a candidate's step, in float16 as adapters are kept."""
        return self._snapshots[step]

    def state(self) -> Passed:
        """What a checkpoint has to carry."""
        return Passed(tuple(asdict(mark) for mark in self.marks), dict(self._snapshots))


def decide(marks: Sequence[Mark], plan: Plan) -> Proposal:
    """Which of these steps to propose."""
    late = [m for m in marks if m.step > plan.token_steps] or list(marks)
    calm = [m for m in late if (m.drift or 0.0) <= DRIFT] or late[:1]
    measured = [m for m in calm if m.held_out is not None]
    best = min(measured, key=lambda m: m.held_out or 0.0) if measured else calm[-1]
    if best is late[-1]:
        return Proposal(best.step, "last")
    return Proposal(best.step, "drift" if best is calm[-1] else "best")


def is_enough(marks: Sequence[Mark], plan: Plan) -> bool:
    """Whether the training should end here."""
    if not marks or marks[-1].step < plan.token_steps + SOONEST * (plan.steps - plan.token_steps):
        return False
    chosen = decide(marks, plan).step
    return sum(mark.step > chosen for mark in marks) >= PATIENCE


def thinned(steps: Collection[int], room: int, chosen: int) -> list[int]:
    """At most `room` of the steps, spread, with the newest and the `chosen` one."""
    left = sorted(steps)
    while len(left) > room:
        # from zero, so that the first has a neighbour too
        gaps = {
            after - before: step
            for before, step, after in zip([0, *left], left, left[1:], strict=False)
            if step != chosen
        }
        left.remove(gaps[min(gaps)])
    return left


def worth_showing(steps: Sequence[int], chosen: int) -> list[int]:
    """The chosen step, and of the others one at about two thirds and one at about three halves of
    it; two at the same side where there is nothing at the other."""
    earlier = [step for step in steps if step < chosen]
    later = [step for step in steps if step > chosen]
    shown = [chosen]
    for side, target in (
        (earlier, chosen * 2 / 3),
        (later, chosen * 3 / 2),
        (earlier, chosen / 3),
        (later, chosen * 2),
    ):
        left = set(side) - set(shown)
        if left and len(shown) < CANDIDATES:
            shown.append(min(left, key=lambda step: (abs(step - target), step)))
    return sorted(shown)
