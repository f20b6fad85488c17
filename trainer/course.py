"""The course of a training: what was measured, what is kept, when to stop, which step is the best.

How the rule was chosen is told at `decide`. All of it follows from the marks alone, so a training
that was stopped and resumed decides as an unbroken one would.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from statistics import fmean
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
#: What a member chooses among; so many are kept whatever their size: 5.2 GB of the 860 million
#: weights of Stable Diffusion 1.5's UNet, and a checkpoint carries them too.
CANDIDATES = 3
#: How far the answers to the class's prompts may move where no photo is held out.
DRIFT = 0.10
#: Held-out losses that differ by less are the same: the earliest is taken, for what comes after
#: moves the class and copies photos.
SAME = 1.02
#: What must be learned, of the most that was learned so far, before a step is worth proposing.
LEARNED = 1 / 3
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
        return decide(self.marks, self._plan, self._snapshots)

    def candidates(self, *wanted: int) -> list[int]:
        """Up to three steps, ascending, that are worth a member's choice: those that are `wanted`,
        the proposed one, and an earlier and a later one where there are any."""
        return worth_showing(sorted(self._snapshots), self.proposal().step, *wanted)

    def weights(self, step: int) -> dict[str, torch.Tensor]:
        """What was learned up to a candidate's step, in float16 as adapters are kept."""
        return self._snapshots[step]

    def state(self) -> Passed:
        """What a checkpoint has to carry."""
        return Passed(tuple(asdict(mark) for mark in self.marks), dict(self._snapshots))


def decide(marks: Sequence[Mark], plan: Plan, kept: Collection[int] | None = None) -> Proposal:
    """Which of these steps to propose, of those that are `kept` (all, unless said).

    With photos held out: the first that is as good as the best for them. Without: the last before
    the class moved too far. Never one at which little is learned yet, or the token alone.

    A single look is rough, because a training at a constant rate jumps about, so each is taken
    together with its neighbours.

    Put together from the likeliest of eleven rules on three trainings of an earlier bundled base
    (development subjects 13, 14 and 17), where what it proposes was worth 0.96 to 1.00 of the best
    step, and then held against four subjects that nothing was chosen by (tests/bench/RESULTS.md,
    quality): there it proposed the planned end of every training, of the planned length and of
    twice that, worth 0.97 to 1.00 of the best fixed multiple of the plan. Of a plan ten times too
    long, without photos held out, it proposed a step near the end, worth 0.86 of the best: there
    only the plan's own warning helps. `sensitivity`, `diversity` and `leak` tell nothing of that
    either (as good at the end, when 62 % of what prompts asked was there) and decide nothing.
    """
    late = [m for m in marks if m.step > plan.token_steps] or list(marks)
    gained = [1 - value for value in _smooth([m.train for m in late], 1.0)]
    held_out = _smooth([m.held_out for m in late], math.inf)
    drift = _smooth([m.drift for m in late], 0.0)
    places = [n for n, m in enumerate(late) if kept is None or m.step in kept]
    places = places or [len(late) - 1]
    learned = [n for n in places if gained[n] >= LEARNED * max(gained)] or places[-1:]
    least = min(held_out[n] for n in learned)
    if math.isfinite(least):
        chosen = next(n for n in learned if held_out[n] <= SAME * least)
    else:
        chosen = max((n for n in learned if drift[n] <= DRIFT), default=learned[0])
    if chosen == places[-1]:
        return Proposal(late[chosen].step, "last")
    return Proposal(late[chosen].step, "best" if math.isfinite(least) else "drift")


def _smooth(values: Sequence[float | None], missing: float) -> list[float]:
    """Each with its neighbours, as far as they were measured."""
    found = []
    for n in range(len(values)):
        near = [value for value in values[max(0, n - 1) : n + 2] if value is not None]
        found.append(fmean(near) if near else missing)
    return found


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


def worth_showing(steps: Sequence[int], chosen: int, *wanted: int) -> list[int]:
    """The chosen step and those `wanted`, and of the others one at about two thirds and one at
    about three halves of it; two at the same side where there is nothing at the other."""
    earlier = [step for step in steps if step < chosen]
    later = [step for step in steps if step > chosen]
    shown = list({chosen, *wanted})
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
