"""When a training ends, and which of its steps is proposed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace

import torch
from hypothesis import given
from hypothesis import strategies as st

from tests.trainer.pictures import picture
from trainer.base import Base
from trainer.checkpoint import Passed, pack_checkpoint, unpack_checkpoint
from trainer.course import (
    CANDIDATES,
    Course,
    Proposal,
    decide,
    is_enough,
    thinned,
    worth_showing,
)
from trainer.dataset import Called, Dataset, TrainingPhoto, build_dataset
from trainer.dreambooth import train
from trainer.judge import Judge, Mark
from trainer.plan import Plan

PLAN = Plan(steps=12, learning_rate=5e-3, rank=4, batch_size=1, seed=3)

steps_taken = st.lists(st.integers(1, 3_000), min_size=1, max_size=60, unique=True).map(sorted)
share = st.one_of(st.none(), st.floats(0, 3))
many_marks = st.lists(
    st.builds(Mark, st.integers(1, 3_000), *[share] * 6),
    min_size=1,
    max_size=12,
    unique_by=lambda mark: mark.step,
).map(lambda marks: sorted(marks, key=lambda mark: mark.step))


def _dataset(base: Base) -> Dataset:
    photos = [TrainingPhoto(picture(seed), "a photo of tkn man") for seed in range(4)]
    return build_dataset(base, photos[1:], held_out=photos[:1], called=Called("tkn", "man"))


def _followed(base: Base, dataset: Dataset, plan: Plan, stop: int | None = None) -> Course:
    """A training that is looked at, with or without a stop after which it is resumed from bytes."""
    judge = Judge(base, dataset, plan)
    judge.every = 2
    course = Course(judge, plan)
    resume = None
    for limit in (stop, plan.steps):
        if limit is None:
            continue
        with closing(train(base, dataset, plan, resume)) as steps:
            for progress in steps:
                if course.is_due(progress.step):
                    course.look(progress)
                if progress.step == limit:
                    kept = replace(progress.checkpoint(), passed=course.state())
                    resume = unpack_checkpoint(pack_checkpoint(kept))
                    break
        assert resume is not None
        course = Course(judge, plan, resume.passed)
    return course


def test_a_resumed_training_decides_as_an_unbroken_one(base: Base) -> None:
    dataset = _dataset(base)
    whole, broken = _followed(base, dataset, PLAN), _followed(base, dataset, PLAN, stop=5)
    assert whole.marks == broken.marks
    assert whole.proposal() == broken.proposal()
    assert whole.candidates() == broken.candidates()
    assert whole.ended == broken.ended
    for step in whole.candidates():
        ours, theirs = whole.weights(step), broken.weights(step)
        assert ours.keys() == theirs.keys()
        assert all(torch.equal(ours[key], theirs[key]) for key in ours)
        assert all(value.dtype == torch.float16 for value in ours.values())


def test_a_snapshot_is_what_was_learned_then(base: Base) -> None:
    dataset = _dataset(base)
    judge = Judge(base, dataset, PLAN)
    course = Course(judge, PLAN)
    with closing(train(base, dataset, PLAN)) as steps:
        first = next(steps)
        course.look(first)
        then = first.weights()
        course.look(next(steps))
    kept = course.weights(1)
    assert all(torch.equal(kept[key], then[key].half()) for key in then)


def test_the_last_step_is_always_looked_at_and_none_twice(base: Base) -> None:
    dataset = _dataset(base)
    course = Course(Judge(base, dataset, PLAN), PLAN)
    assert course.is_due(PLAN.steps)
    with closing(train(base, dataset, PLAN)) as steps:
        progress = next(steps)
        assert course.look(progress) is course.look(progress)
    assert len(course.marks) == 1


def test_a_course_without_looks_travels_too(base: Base) -> None:
    dataset = _dataset(base)
    course = Course(Judge(base, dataset, PLAN), PLAN)
    with closing(train(base, dataset, PLAN)) as steps:
        kept = replace(next(steps).checkpoint(), passed=course.state())
    assert unpack_checkpoint(pack_checkpoint(kept)).passed == Passed((), {})


@given(many_marks, st.sampled_from(["lora", "pivotal"]))
def test_what_is_proposed_was_measured(marks: list[Mark], method: str) -> None:
    plan = Plan(steps=marks[-1].step, method=method)  # type: ignore[arg-type]  # one of them
    proposal = decide(marks, plan)
    assert proposal.step in [mark.step for mark in marks]
    # no token is proposed before there is anything else
    if any(mark.step > plan.token_steps for mark in marks):
        assert proposal.step > plan.token_steps
    if proposal.why == "last":
        assert proposal.step == marks[-1].step


def _u_curve(held_out: bool = True) -> list[Mark]:
    """Learns until step 500, then only copies; the class moves all the while."""
    return [
        Mark(
            step,
            held_out=(0.8 + abs(step - 500) / 1000) if held_out else None,
            train=1 - step / 2000,
            drift=step / 5000,
        )
        for step in range(100, 1300, 100)
    ]


def test_the_step_that_is_best_for_photos_it_never_saw_is_proposed() -> None:
    assert decide(_u_curve(), Plan(steps=1200)) == Proposal(500, "best")


def test_of_steps_that_are_as_good_the_earliest_is_proposed() -> None:
    flat = [replace(mark, held_out=0.8) for mark in _u_curve()]
    assert decide(flat, Plan(steps=1200)).step == 400  # before it a third is not learned yet


def test_a_single_lucky_look_is_not_proposed() -> None:
    marks = _u_curve()
    marks[10] = replace(marks[10], held_out=0.79)
    assert decide(marks, Plan(steps=1200)).step == 500


def test_without_held_out_photos_the_last_step_before_the_class_moved_too_far_is_proposed() -> None:
    assert decide(_u_curve(held_out=False), Plan(steps=1200)) == Proposal(500, "drift")
    calm = [replace(mark, drift=0.01) for mark in _u_curve(held_out=False)]
    assert decide(calm, Plan(steps=1200)) == Proposal(1200, "last")


def test_however_far_the_class_moved_something_must_be_learned_first() -> None:
    wild = [replace(mark, drift=0.9) for mark in _u_curve(held_out=False)]
    assert decide(wild, Plan(steps=1200)).step == 400


def test_only_a_step_whose_weights_are_kept_is_proposed() -> None:
    assert decide(_u_curve(), Plan(steps=1200), {300, 700, 1200}).step == 700


def test_a_training_ends_when_looks_pass_without_a_better_step() -> None:
    marks, plan = _u_curve(), Plan(steps=1200)
    ended = [n for n in range(1, len(marks) + 1) if is_enough(marks[:n], plan)]
    assert marks[ended[0] - 1].step == 900
    # a longer plan is given its time
    assert not is_enough(marks, Plan(steps=10_000))
    learning = [replace(mark, held_out=1 - mark.step / 2000) for mark in marks]
    assert not any(is_enough(learning[:n], plan) for n in range(1, len(marks) + 1))


@given(many_marks)
def test_nothing_ends_before_its_share_of_the_plan(marks: list[Mark]) -> None:
    plan = Plan(steps=10_000)
    assert not is_enough(marks, plan)


@given(steps_taken, st.integers(CANDIDATES, 24), st.data())
def test_a_thinned_ring_keeps_the_best_and_the_newest(
    steps: list[int], room: int, data: st.DataObject
) -> None:
    chosen = data.draw(st.sampled_from(steps))
    left = thinned(steps, room, chosen)
    assert len(left) == min(room, len(steps))
    assert left == sorted(set(left) & set(steps))
    assert {chosen, steps[-1]} <= set(left)


def test_a_ring_that_was_thinned_again_and_again_stays_spread() -> None:
    kept: list[int] = []
    for step in range(10, 1010, 10):
        kept = thinned([*kept, step], 6, min(500, step))
    gaps = [after - before for before, after in zip([0, *kept], kept, strict=False)]
    assert max(gaps) <= 3 * 1000 / 6


@given(steps_taken, st.data())
def test_up_to_three_are_worth_showing(steps: list[int], data: st.DataObject) -> None:
    chosen, asked = data.draw(st.sampled_from(steps)), data.draw(st.sampled_from(steps))
    assert {chosen, asked} <= set(worth_showing(steps, chosen, asked))
    assert len(worth_showing(steps, chosen, asked)) == min(CANDIDATES, len(steps))
    shown = worth_showing(steps, chosen)
    assert shown == sorted(set(shown))
    assert chosen in shown
    assert set(shown) <= set(steps)
    assert len(shown) == min(CANDIDATES, len(steps))
    if len(steps) >= CANDIDATES and steps[0] < chosen < steps[-1]:
        assert shown[0] < chosen < shown[-1]
