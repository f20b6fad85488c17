"""The whole benchmark: which trainings it takes, and the figures of them all."""

from __future__ import annotations

import json
import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from statistics import fmean
from typing import Any

import torch

from tests.bench.quality import cast, drawings, lessons, results, sheets
from tests.bench.quality.lessons import Lesson, PriorOrOff
from tests.bench.quality.scores import Jury, likelier_than
from trainer.base import Base
from trainer.loading import load_base
from trainer.plan import Method

Scores = Mapping[str, float]
#: An hour on two cores is short: four of the subjects.
SUBJECTS = cast.EVALUATION[:4]
#: At which multiples of the recommended steps every subject is looked at.
CURVE = (0.5, 1, 2)
#: Ten times too long is tried with this one only, the other sets and what else could have been the
#: default with those.
OVERTRAINED, FACTOR = ("2",), 10
ON_OTHER_SETS = ("1", "2")
#: What else could keep the class or learn the token, as `Lesson.prior` and its method.
ALTERNATIVES: tuple[tuple[PriorOrOff | None, Method | None], ...] = (
    ("base", None),
    (None, "lora"),
    (None, "lora-text"),
)
OTHER_SETS = ("face_only8", "one_background8", "one_expression8", "dup8", "few3", "many20")
#: What is told of every group of results.
TOLD = (
    "rank1",
    "margin",
    "prompt_following",
    "expression",
    "class_drift",
    "class_drift_taught",
    "class_change",
    "class_rank1",
    "copying",
    "copying_identity",
    "photo_background",
)


def good_steps(subject: str) -> int:
    """The recommended length of a training on good8."""
    return lessons.recommended(subject, "good8").steps


def curve_of(subject: str) -> Lesson:
    """Good8 from too short to too long, as recommended otherwise; judged as a member would have it
    who keeps to the plan, and as those who ask for too many steps and far too many.
    """
    steps = good_steps(subject)
    looked_at = [round(times * steps) for times in CURVE]
    looked_at += [FACTOR * steps] if subject in OVERTRAINED else []
    # as planned, twice as long, and ten times
    return Lesson(subject, "good8", tuple(looked_at), judged=(steps, *looked_at[len(CURVE) - 1 :]))


def without_prior(subject: str) -> Lesson:
    return Lesson(subject, "good8", (good_steps(subject),), "off")


def on_set(subject: str, name: str) -> Lesson:
    return Lesson(subject, name, (lessons.recommended(subject, name).steps,))


def instead(subject: str, prior: PriorOrOff | None, method: Method | None) -> Lesson:
    """Good8 as recommended but for what is given."""
    steps = lessons.recommended(subject, "good8", method).steps
    changes = (("method", method),) if method else ()
    return Lesson(subject, "good8", (steps,), prior, changes)


def planned() -> list[Lesson]:
    """All trainings of the benchmark, the longest first."""
    found = [make(subject) for subject in SUBJECTS for make in (curve_of, without_prior)]
    found += [on_set(subject, name) for subject in ON_OTHER_SETS for name in OTHER_SETS]
    found += [instead(subject, *other) for subject in ON_OTHER_SETS for other in ALTERNATIVES]
    found += [on_set(twin, "good8") for twin in cast.EVALUATED_TWINS]
    return sorted(found, key=lambda lesson: -max(lesson.steps))


def run() -> dict[str, Any]:
    """Do what is not done yet, on every core one training at a time, and score everything."""
    wanted = planned()
    _do(_draw_base, ["man", "woman"])
    _do(_do_lesson, wanted)
    torch.set_num_threads(1)
    jury = Jury.of(load_base("tiny"))
    rows = []
    for lesson in wanted:
        sheets.of_lesson(jury.base, lesson)
        # a twin has no views beside its photos: it is only compared with its subject
        if lesson.subject not in cast.TWINS:
            rows += results.rows_of(jury, lesson)
    rows += [results.untrained(jury, subject) for subject in SUBJECTS]
    (drawings.KEPT / "results.json").write_text(json.dumps(rows, indent=1) + "\n")
    return {"figures": figures(jury, rows), "repetitions": rows}


def figures(jury: Jury, rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Means over subjects; each group's rows are the subjects' at its own number of steps."""
    good = [_at(rows, curve_of(s), good_steps(s)) for s in SUBJECTS]
    groups = {
        "untrained": [row for row in rows if row["lesson"].endswith("-untrained")],
        "good8": good,
        "without_prior": [_at(rows, without_prior(s), good_steps(s)) for s in SUBJECTS],
        "overtrained": [_at(rows, curve_of(s), FACTOR * good_steps(s)) for s in OVERTRAINED],
        "good8_of_overtrained": [_at(rows, curve_of(s), good_steps(s)) for s in OVERTRAINED],
        "good8_of_sets": [_at(rows, curve_of(s), good_steps(s)) for s in ON_OTHER_SETS],
    }
    for name in OTHER_SETS:
        found = [on_set(subject, name) for subject in ON_OTHER_SETS]
        groups[name] = [_at(rows, lesson, lesson.steps[0]) for lesson in found]
    for prior, method in ALTERNATIVES:
        found = [instead(subject, prior, method) for subject in ON_OTHER_SETS]
        name = method or f"prior_{prior}"
        groups[name] = [_at(rows, lesson, lesson.steps[0]) for lesson in found]
    told = {
        f"{name}_{group}": fmean(row[name] for row in found)
        for group, found in groups.items()
        for name in TOLD
    }
    own = [results.of_base(jury, subject) for subject in SUBJECTS]
    told["prompt_following_base"] = fmean(scores["prompt_following"] for scores in own)
    told["expression_base"] = fmean(scores["expression"] for scores in own)
    told["lookalike_good8"] = _lookalike(jury)
    return told | _early_stop(rows)


def worth(row: Scores) -> float:
    """One number for a step of a training, to compare steps by: likeness, prompts followed and the
    class left alone count the same.
    """
    kept = 1 - min(1.0, max(0.0, row["class_drift"]))
    return fmean([row["rank1"], row["prompt_following"], kept])


def _early_stop(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """What the steps are worth that the trainer proposed, beside the best multiple of the
    recommended steps, which is picked with all results known and is the same for all subjects.
    """
    told = {f"worth_at_{times:g}": _worth_at(rows, SUBJECTS, times) for times in CURVE}
    for place, (name, subjects) in enumerate(
        (
            ("early_stop_vs_best", SUBJECTS),
            ("early_stop_vs_best_of_long_plans", SUBJECTS),
            ("early_stop_vs_best_of_tenfold_plans", OVERTRAINED),
        )
    ):
        lengths = {s: curve_of(s).judged[place] for s in subjects}
        chosen = [
            worth(row)
            for row in rows
            for s, length in lengths.items()
            if row["lesson"] == curve_of(s).name and row.get("proposed_of") == length
        ]
        told[name] = fmean(chosen) / max(_worth_at(rows, subjects, times) for times in CURVE)
    return told


def _worth_at(rows: Sequence[dict[str, Any]], subjects: Sequence[str], times: float) -> float:
    """What the subjects' trainings are worth at that multiple of the recommended steps."""
    found = [_at(rows, curve_of(s), round(times * good_steps(s))) for s in subjects]
    return fmean(map(worth, found))


def _at(rows: Sequence[dict[str, Any]], lesson: Lesson, steps: int) -> dict[str, Any]:
    (found,) = (
        row
        for row in rows
        if (row["lesson"], row["steps"]) == (lesson.name, steps) and "proposed_of" not in row
    )
    return found


def _lookalike(jury: Jury) -> float:
    """Of pictures of both of a pair, the share that resemble the one meant rather than its twin."""
    shares = []
    for twin in cast.EVALUATED_TWINS:
        subject = twin.removesuffix("t")
        for lesson, other in ((curve_of(subject), twin), (on_set(twin, "good8"), subject)):
            adapter = lessons.learn(jury.base, lesson).after[good_steps(subject)]
            pictures = drawings.of_subject(jury.base, lesson.subject, adapter)
            shares.append(likelier_than(jury, lesson.subject, other, pictures))
    return fmean(shares)


def _do(task: Callable[[Any], str], all_given: Sequence[Any]) -> None:
    """The task for each that is given, one on each core; tells when one is done."""
    began = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(os.cpu_count(), _begin) as pool:
        for number, said in enumerate(pool.imap_unordered(task, all_given), 1):
            minutes = (time.monotonic() - began) / 60
            print(f"{number} of {len(all_given)} after {minutes:.1f} min: {said}", flush=True)


#: The base of a process of the pool.
_BASE: list[Base] = []


def _begin() -> None:
    torch.set_num_threads(1)
    _BASE.append(load_base("tiny"))


def _draw_base(word: str) -> str:
    """What all subjects of a class share: class images and the base's own pictures."""
    (base,) = _BASE
    subject = next(s for s in SUBJECTS if cast.class_of(s) == word)
    best = lessons.recommended(subject, "good8")
    if best.class_images:
        drawings.class_images(base, word, best.class_images)
    drawings.of_subject(base, subject, None)
    drawings.of_anybody(base, word)
    drawings.of_class(base, word, None)
    return f"the base's own {word}"


def _do_lesson(lesson: Lesson) -> str:
    (base,) = _BASE
    learned = lessons.learn(base, lesson)
    proposed = [adapter for _, _, adapter in learned.proposed.values()]
    for adapter in (*learned.after.values(), *proposed):
        drawings.of_subject(base, lesson.subject, adapter)
        drawings.of_class(base, cast.class_of(lesson.subject), adapter)
    return lesson.name
