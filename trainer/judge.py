"""Is the subject learned, is it copied, is the class still itself: measured between two steps.

Everything is asked of the UNet alone, at noise that stays the same from look to look, and set
against what the bare base says to the same questions. So nothing is drawn, nothing is downloaded,
and neither the training nor any other randomness notices.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import accumulate, pairwise

import torch

from trainer.base import Base
from trainer.dataset import Dataset
from trainer.dreambooth import TRAINING
from trainer.fit import free_memory, is_out_of_memory
from trainer.loss import rounded
from trainer.plan import Method, Plan
from trainer.priors import class_prompt
from trainer.questions import BEGUN, EACH, Asking, Questions

#: What looking may cost, as a share of the run's own work.
SHARE = 0.08
#: A run is looked at about so often; less often where that would cost more than `SHARE`, but
#: three times at least: a member chooses among three.
LOOKS, FEWEST = 12, 3
#: The least and the most steps between two looks.
NEAREST, FARTHEST = 10, 100
#: The least and the most noise levels.
LEVELS = (2, 8)
#: What an example of a step costs, in forward passes of one example. Of a LoRA's backward pass
#: the half that makes gradients of frozen weights is not done.
WORK: dict[Method, float] = {"lora": 2.2, "lora-text": 2.2, "pivotal": 2.2, "full": 3.0}
#: Where the subject is put to see whether prompts still matter.
SCENES = ("at the beach", "in the snow")


@dataclass(frozen=True)
class Mark:
    """How the training stood at `step`; None for what could not be measured.

    `held_out` and `train`: loss relative to the bare base's (1: as the base; lower: learned), of
    photos that no step sees and of the others. `drift`: how far the answers to the class's prompt
    moved (0: not at all). `leak`: that, as a share of how far those to the subject's moved, on the
    same pictures (1: the class becomes the subject). `sensitivity`: how far apart the answers to
    several scenes are, `diversity`: how far apart pictures begin to be (1: as with the base).
    `face`: a likeness measured on pictures, by others.
    """

    step: int
    held_out: float | None = None
    train: float | None = None
    drift: float | None = None
    leak: float | None = None
    sensitivity: float | None = None
    diversity: float | None = None
    face: float | None = None


class Judge:
    """Measures what the wardrobe holds as `TRAINING`. It is made and asked while the base is bare,
    and leaves it bare. `every`: steps between two looks; `units`: what one costs, in forward
    passes of one example.

    Raises `ValueError` for a dataset that does not know what its subject is called.
    """

    def __init__(self, base: Base, dataset: Dataset, plan: Plan) -> None:
        called, keeper = dataset.called, dataset.keeper
        if called is None or keeper is None:
            raise ValueError("A training can be judged only when it is known what it is of.")
        self._base = base
        # a token or a text encoder that learns has new words at each look
        self._encodes = plan.method in ("pivotal", "lora-text")
        # the words that most photos are taught with: where the class is in the greatest danger
        subject = dataset.instance.captions[int(dataset.instance.caption.mode().values)]
        anybody = (class_prompt(called.class_word), called.as_class(subject))
        own = (*anybody, subject, *(f"{subject} {scene}" for scene in SCENES))
        taught = {"train": dataset.instance}
        if dataset.held_out is not None:
            taught["held_out"] = dataset.held_out
        self.levels, self.units, self.every = extent(
            plan, len(taught) * EACH + len(own), by_base=dataset.prior is None
        )
        self._asking = Asking(base, plan.seed, self.levels)
        first = len(dataset.instance.captions)
        questions = {name: self._asking.of_photos(taken) for name, taken in taught.items()}
        questions["class"] = self._asking.of_prompts(keeper, range(first, first + len(own)))
        questions["begun"] = self._asking.of_noise(first + own.index(subject))
        ends = accumulate(map(len, questions.values()), initial=0)
        self._rows = {n: slice(*pair) for n, pair in zip(questions, pairwise(ends), strict=True)}
        self._questions = Questions.join(questions.values())
        self._at_once = 2 * plan.batch_size
        self._prompts = (*dataset.instance.captions, *own)
        self._words = base.encode_prompts(self._prompts)
        self._before = self._answers(None)

    def look(self, step: int) -> Mark:
        """How the training stands after `step`."""
        return Mark(step, **self._compared(self._before, self._answers(TRAINING)))

    def _compared(self, before: torch.Tensor, now: torch.Tensor) -> dict[str, float | None]:
        """The fields of a mark; what is no number is not said."""
        found = {}
        for name in self._rows.keys() & {"train", "held_out"}:
            found[name] = (self._losses(now, name) / self._losses(before, name)).mean()
        # levels x prompts: the class's two, the subject's, and that in scenes
        was, said = (self._by_level(p[self._rows["class"]]) for p in (before, now))
        moved = ((said - was) ** 2).flatten(2).mean(2) / (was**2).flatten(2).mean(2)
        found["drift"] = moved[:, :2].mean()
        found["leak"] = moved[:, 1].mean() / moved[:, 2].mean()
        found["sensitivity"] = (_apart(said[:, 2:]) / _apart(was[:, 2:])).mean()
        asked = self._questions.part(self._rows["begun"])
        were, are = (self._asking.begun(asked, p[self._rows["begun"]])[None] for p in (before, now))
        found["diversity"] = (_apart(are) / _apart(were)).mean()
        numbers = {name: float(value) for name, value in found.items()}
        return {name: n if math.isfinite(n) else None for name, n in numbers.items()}

    def _by_level(self, answers: torch.Tensor) -> torch.Tensor:
        return answers.view(self.levels, -1, *answers.shape[1:])

    def _losses(self, answers: torch.Tensor, name: str) -> torch.Tensor:
        """The mean loss at each level: that at little noise would drown all others."""
        rows = self._rows[name]
        errors = (answers[rows] - self._questions.target[rows]) ** 2
        return self._by_level(errors).flatten(1).mean(1)

    @torch.no_grad()
    def _answers(self, name: str | None) -> torch.Tensor:
        """What the base says to all questions when it wears `name`; float32."""
        while True:
            try:
                return self._try_answers(name)
            except (RuntimeError, MemoryError) as error:
                if self._at_once == 1 or not is_out_of_memory(error):
                    raise
                error.__traceback__ = None  # it holds tensors
            self._at_once = math.ceil(self._at_once / 2)
            free_memory(self._base.device)

    def _try_answers(self, name: str | None) -> torch.Tensor:
        base, said = self._base, []
        with base.wardrobe.wearing(name):
            words = base.encode_prompts(self._prompts) if name and self._encodes else self._words
            for start in range(0, len(self._questions), self._at_once):
                part = self._questions.part(slice(start, start + self._at_once))
                asked = words.pick(part.prompt)
                with rounded(base):
                    said.append(base.predict(part.noisy, part.timesteps, asked, part.sides))
        return torch.cat(said)


def extent(plan: Plan, each: int, *, by_base: bool) -> tuple[int, int, int]:
    """Noise levels, units of a look, and steps between two looks, so that looking costs `SHARE` of
    the run: `each` units for each level. `by_base`: the class is kept by the base's own answers.
    """
    step = plan.batch_size * (2 * WORK[plan.method] + by_base)
    affordable = SHARE * plan.steps * step
    # and once more for what the bare base says
    wanted = 1 + max(LOOKS, math.ceil(plan.steps / FARTHEST))
    levels = min(max(int((affordable / wanted - BEGUN) / each), LEVELS[0]), LEVELS[1])
    units = levels * each + BEGUN
    looks = max(int(affordable / units) - 1, FEWEST)
    return levels, units, min(max(math.ceil(plan.steps / looks), NEAREST), FARTHEST)


def _apart(pictures: torch.Tensor) -> torch.Tensor:
    """How far those of each group are from their mean: groups x pictures x ..."""
    return pictures.var(dim=1).flatten(1).mean(1).sqrt()
