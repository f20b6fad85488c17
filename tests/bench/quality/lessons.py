"""Trainings, each done once and then kept under a hash of all it depends on: `VERSION`, the base,
the plan, every square and caption, the class images. So a run that was interrupted goes on where
it was, and what is kept is never older than what made it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from bot.plan import Case, recommend
from bot.plan import Plan as Recommended
from tests.bench.quality import cast, drawings, photos
from trainer.adapters import LoadedAdapter, Origin, load_adapter, pack_adapter
from trainer.base import Base
from trainer.course import Course
from trainer.dataset import Called, TrainingPhoto, build_dataset
from trainer.defaults import plan_for
from trainer.dreambooth import train
from trainer.gather import examples
from trainer.judge import Judge
from trainer.plan import Method, Plan

#: Raise it when the trainer's code changes what a training gives or which step is proposed.
VERSION = 3
#: Of every training.
SEED = 7
#: For a prior by class images where the bot recommends none.
CLASS_IMAGES = 24
#: What keeps the class; `off` is nothing.
PriorOrOff = Literal["class-images", "base", "off"]


@dataclass(frozen=True)
class Lesson:
    """A training of a subject on one of its photo sets, and the steps at which it is looked at.
    Without `prior` the class is kept as the bot recommends. `changes` are settings of the plan
    tried instead of the recommended ones. `judged`: lengths of plans of which the trainer's own
    judge says which step it would have proposed.
    """

    subject: str
    photo_set: str
    steps: tuple[int, ...]
    prior: PriorOrOff | None = None
    changes: tuple[tuple[str, Any], ...] = ()
    judged: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """As in file names: `14-good8-off-rank=8`."""
        said = [self.prior] if self.prior else []
        said += [f"{name}={value}" for name, value in self.changes]
        return "-".join([self.subject, self.photo_set, *said])


@dataclass(frozen=True)
class Learned:
    """What is kept of a lesson: the adapter after each of its steps, and for each judged length
    the step proposed, why, and its adapter."""

    after: Mapping[int, LoadedAdapter]
    proposed: Mapping[int, tuple[int, str, LoadedAdapter]]


def recommended(subject: str, photo_set: str, method: Method | None = None) -> Recommended:
    """What the bot recommends for so many photos, however alike they are."""
    count = {"few3": 3, "many20": 20}.get(photo_set, 8)
    return recommend(Case("tiny", "character", cast.class_of(subject), count), method)


def learn(base: Base, lesson: Lesson) -> Learned:
    """The lesson's adapters; trains when one is missing."""
    whole = _Training(base, lesson)
    if not all(file.exists() for file in whole.files):
        whole.run()
    proposed = {}
    for length in lesson.judged:
        said = json.loads(whole.verdict(length).read_text())
        adapter = load_adapter(whole.choice(length).read_bytes())
        proposed[length] = (said["step"], said["why"], adapter)
    after = {step: load_adapter(whole.snapshot(step).read_bytes()) for step in lesson.steps}
    return Learned(after, proposed)


class _Training:
    """A lesson with its photos, its plan, and the names of its files."""

    def __init__(self, base: Base, lesson: Lesson) -> None:
        self.base, self.lesson = base, lesson
        subject, word = lesson.subject, cast.class_of(lesson.subject)
        shots = photos.photo_set(subject, lesson.photo_set)
        self.taught = examples([list(shot.squares) for shot in shots], photos.who(subject))
        best = recommended(subject, lesson.photo_set)
        prior = lesson.prior or ("class-images" if best.class_images else "base")
        self.class_images: list[TrainingPhoto] = []
        if prior == "class-images":
            count = best.class_images or CLASS_IMAGES
            self.class_images = drawings.class_images(base, word, count)
        plan = replace(
            plan_for(base),
            steps=best.steps,
            seed=SEED,
            learning_rate=best.learning_rate,
            method=best.method,
        )
        if prior == "off":
            plan = replace(plan, prior_weight=0.0)
        self.plan: Plan = replace(plan, **dict(lesson.changes))
        # where nothing is to keep the class, no picture of it takes part in a step
        is_kept = prior != "off" or self.plan.method == "pivotal"
        self.called = Called(photos.TOKEN, word) if is_kept else None

    @property
    def files(self) -> list[Path]:
        judged = self.lesson.judged
        return [
            *map(self.snapshot, self.lesson.steps),
            *map(self.choice, judged),
            *map(self.verdict, judged),
        ]

    def snapshot(self, step: int) -> Path:
        """The learning rate is constant, so a step of a longer training is what a training of so
        many steps gives."""
        return self._folder / f"step-{step:05}.safetensors"

    def choice(self, length: int) -> Path:
        return self._folder / f"proposed-of-{length:05}.safetensors"

    def verdict(self, length: int) -> Path:
        return self.choice(length).with_suffix(".json")

    def planned(self, length: int) -> Plan:
        """The plan for so many steps. A token learns for as many of them as of those recommended,
        or lengths could not be compared within one training."""
        return replace(self.plan, steps=length, token_share=self.plan.token_steps / length)

    @cached_property
    def _folder(self) -> Path:
        key = drawings.hash_of([self._facts, asdict(self.plan)])
        return drawings.KEPT / "adapters" / f"{self.lesson.name}-{key}"

    @cached_property
    def _facts(self) -> list[Any]:
        shown = [
            (hashlib.sha256(one.picture.tobytes()).hexdigest(), one.caption)
            for one in (*self.taught, *self.class_images)
        ]
        return [VERSION, self.base.weights_hash, len(self.taught), shown]

    def run(self) -> None:
        dataset = build_dataset(self.base, self.taught, self.class_images, called=self.called)
        looked_at, length = set(self.lesson.steps), max(*self.lesson.steps, *self.lesson.judged, 0)
        courses = {
            judged: Course(Judge(self.base, dataset, plan), plan)
            for judged in self.lesson.judged
            for plan in [self.planned(judged)]
        }
        with closing(train(self.base, dataset, self.planned(length))) as progress:
            for done in progress:
                for judged, course in courses.items():
                    ended = done.step > judged or course.ended
                    if not ended and course.is_due(done.step):
                        course.look(done)
                if done.step in looked_at:
                    self._keep(self.snapshot(done.step), done.step, done.weights())
        for judged, course in courses.items():
            said = course.proposal()
            self._keep(self.choice(judged), said.step, course.weights(said.step))
            marks = [asdict(mark) for mark in course.marks]
            told = {"step": said.step, "why": said.why, "marks": marks}
            self.verdict(judged).write_text(json.dumps(told, indent=1) + "\n")

    def _keep(self, file: Path, step: int, weights: Mapping[str, Any]) -> None:
        origin = Origin(
            token=photos.TOKEN,
            class_word=cast.class_of(self.lesson.subject),
            base=self.base.id,
            base_hash=self.base.weights_hash,
            steps=step,
            seed=self.plan.seed,
            rank=self.plan.rank,
            alpha=self.plan.rank,
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        partial = file.with_suffix(".partial")
        partial.write_bytes(pack_adapter(weights, origin))
        partial.replace(file)
