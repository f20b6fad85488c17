"""DreamBooth as a generator of steps: it trains an adapter, and may be paused between any two.

Ruiz et al. 2023 (arXiv 2208.12242): the subject's photos under a rare token, and its class under
the class word alone so that the class does not drift. What learns is a LoRA (arXiv 2106.09685) on
the shared UNet, and with other methods LoRA in the text encoders, an embedding for the token, or
all of the UNet. Between two yields the base is bare and may serve anybody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import torch

from trainer.base import Base
from trainer.checkpoint import Checkpoint
from trainer.dataset import Called, Dataset
from trainer.fit import Fit, free_memory, is_out_of_memory
from trainer.loss import Batch, ask_base, draw_batch, losses
from trainer.optimizer import Optimizer
from trainer.plan import Plan
from trainer.seeds import stream
from trainer.wardrobe import TOKEN
from trainer.words import Words, rows_of

#: the name under which the wardrobe holds the adapter that is being trained;
#: `training` itself is an attribute of every torch module
TRAINING = "in_training"
#: how often the loss is looked at for NaN; each look makes a GPU wait
LOOK_EVERY = 25


class StepPassed(RuntimeError):
    """A checkpoint can be taken only before the next step begins."""


class TrainingDiverged(RuntimeError):
    """The loss is no longer a number; a lower learning rate helps."""


@dataclass(frozen=True)
class Progress:
    """`step` of `total` is done; it took `seconds` to issue (a GPU may still be computing it).

    `losses` holds the instance loss and the prior loss (zero without one), still on the device:
    reading one of the properties waits for it. `fit` is what the training had to give up so far.
    """

    step: int
    total: int
    seconds: float
    losses: torch.Tensor
    prior_weight: float
    fit: Fit
    checkpoint: Callable[[], Checkpoint]
    weights: Callable[[], dict[str, torch.Tensor]]

    @property
    def instance_loss(self) -> float:
        return float(self.losses[0])

    @property
    def prior_loss(self) -> float:
        return float(self.losses[1])

    @property
    def loss(self) -> float:
        """What the optimiser minimises."""
        return self.instance_loss + self.prior_weight * self.prior_loss


def train(
    base: Base,
    dataset: Dataset,
    plan: Plan,
    resume: Checkpoint | None = None,
    *,
    start: Mapping[str, torch.Tensor] | None = None,
    fit: Fit | None = None,
) -> Generator[Progress]:
    """Yield once for each step; `Progress.checkpoint()` copies the state after that step.

    The caller must exhaust or `close()` the generator (`contextlib.closing`): that takes the
    adapter off the base, as an exception does. On the CPU the same arguments give the same
    weights bit for bit, with or without a stop in between. `start` is an adapter to go on from.
    Where the device runs out of memory the step is done again in a smaller `fit`.

    Raises `PlanOutOfBounds`, `CheckpointMismatch`, `AdapterMismatch`, `TrainingDiverged`, and what
    the device says when no fit is small enough.
    """
    plan.validate()
    run = _Run(base, dataset, plan, resume=resume, start=start, fit=fit or Fit())
    try:
        for step in range(run.step, plan.steps):
            began = time.perf_counter()
            shown = run.take_step(step)
            done = step + 1
            if (done % LOOK_EVERY == 0 or done == plan.steps) and not shown.isfinite().all():
                raise TrainingDiverged(f"The loss was no longer a number at step {done}.")
            yield Progress(
                step=done,
                total=plan.steps,
                seconds=time.perf_counter() - began,
                losses=shown,
                prior_weight=plan.prior_weight,
                fit=run.fit,
                checkpoint=partial(run.checkpoint, done),
                weights=partial(run.weights, done),
            )
    finally:
        run.close()


def first_weights(base: Base, plan: Plan, called: Called | None = None) -> dict[str, torch.Tensor]:
    """An adapter that changes nothing yet: A normal with deviation 1/rank, B zero; the token's rows
    those of the class word; or the UNet's own weights."""
    if plan.method == "full":
        return base.wardrobe.whole_weights()
    generator = stream("adapter", plan.seed)
    networks = ("unet", *base.text_encoders) if plan.method == "lora-text" else ("unet",)
    weights = {
        key: torch.randn(shape, generator=generator) / plan.rank
        if key.endswith("lora_A.weight")
        else torch.zeros(shape)
        for key, shape in sorted(base.wardrobe.shapes(plan.rank, *networks).items())
    }
    if plan.method == "pivotal":
        if called is None:
            raise ValueError("A token can be learned only when it is known what it is called.")
        weights |= {
            TOKEN + name: rows_of(base.tokenizers[name], encoder, called.class_word)
            for name, encoder in base.text_encoders.items()
        }
    return weights


class _Run:
    """The state of one training; `step` moves with it."""

    def __init__(
        self,
        base: Base,
        dataset: Dataset,
        plan: Plan,
        *,
        resume: Checkpoint | None,
        start: Mapping[str, torch.Tensor] | None,
        fit: Fit,
    ) -> None:
        self.base, self.dataset, self.plan = base, dataset, plan
        self.examples = (len(dataset.instance), len(dataset.prior or ()))
        if resume is not None:
            resume.require(plan, self.examples)
        self.step = resume.step if resume else 0
        self.fit = resume.fit if resume else fit
        self._words: Words | None = None
        self._scaler = self._new_scaler()
        weights = resume.weights if resume else start
        self._parameters = base.wardrobe.put_on(
            TRAINING,
            first_weights(base, plan, dataset.called) if weights is None else weights,
            torch.float32,
            word=dataset.called.token if dataset.called else "",
        )
        try:
            self._lengths = self._token_lengths()
            self._optimizer = Optimizer(self._parameters, plan, self.fit.eight_bit)
            if resume is not None:
                self._optimizer.resume(resume.moments, resume.counts)
        except BaseException:
            self.close()
            raise

    def _new_scaler(self) -> torch.amp.GradScaler:
        """float16 gradients underflow without it; bfloat16 and float32 do not need it."""
        is_needed = self.base.dtype == torch.float16
        return torch.amp.GradScaler(self.base.device.type, enabled=is_needed)

    def _token_lengths(self) -> dict[str, torch.Tensor]:
        """How long the rows of a learned token are kept: as those of the class word, where they
        started. A word's embedding has its length, and nothing else would hold it. Worked out
        from the base each time, so that a resumed training has the very same."""
        called, lengths = self.dataset.called, {}
        for name, encoder in self.base.text_encoders.items():
            key = TOKEN + name
            if called is not None and key in self._parameters:
                rows = rows_of(self.base.tokenizers[name], encoder, called.class_word)
                lengths[key] = rows.norm(dim=1, keepdim=True).to(self.base.device)
        return lengths

    def close(self) -> None:
        """Leave the base as it was."""
        self.base.wardrobe.take_off(TRAINING)

    def take_step(self, step: int) -> torch.Tensor:
        """One step of the optimiser, in smaller groups where memory runs out; the two losses."""
        while True:
            try:
                return self._try_step(step)
            except (RuntimeError, MemoryError) as error:
                smaller = None
                if is_out_of_memory(error):
                    averages = self._optimizer.is_broken_off
                    smaller = self.fit.smaller(self.plan, averages=averages)
                if smaller is None:
                    raise
                error.__traceback__ = None  # it holds the step's tensors
            self._make(smaller)

    def _make(self, fit: Fit) -> None:
        """Go on in `fit`, as if the step that broke off had never begun."""
        self._optimizer.recover()
        # one that has seen the gradients of a step wants to see its end
        scale = self._scaler.state_dict()
        self._scaler = self._new_scaler()
        self._scaler.load_state_dict(scale)
        if fit.eight_bit != self.fit.eight_bit:
            moments, counts = self._optimizer.moments(), self._optimizer.counts()
            self._optimizer = Optimizer(self._parameters, self.plan, fit.eight_bit)
            self._optimizer.resume(moments, counts)
        self.fit = fit
        free_memory(self.base.device)

    def _try_step(self, step: int) -> torch.Tensor:
        learning, phase = self._learning(step)
        batch = draw_batch(self.base, self.dataset, self.plan, step)
        encodes = step < self.plan.token_steps or self.plan.method == "lora-text"
        cached = None if encodes else self._cached_words()
        if batch.asks_base:
            with self.base.wardrobe.wearing(None):
                for part in batch.parts(self.fit.parts):
                    if part.asks_base:
                        # none of these captions has the token: the base alone reads them the same
                        ask_base(self.base, part, self.dataset.instance.words)
        shown = torch.zeros(2, device=self.base.device)
        with self._checkpointing(), self.base.wardrobe.wearing(TRAINING, learning=learning):
            for part in batch.parts(self.fit.parts):
                words = self._encoded(part) if cached is None else cached.pick(part.caption)
                loss, told = losses(self.base, part, words)
                torch.autograd.backward(self._scaler.scale(loss))
                shown += told
            learned = [self._parameters[key] for key in learning]
            self._optimizer.step(step - phase, learned, self._scaler)
        for key in self._lengths if step < self.plan.token_steps else ():
            rows = self._parameters[key]
            rows.data *= self._lengths[key] / rows.data.norm(dim=1, keepdim=True)
        self.step = step + 1
        return shown

    @contextmanager
    def _checkpointing(self) -> Iterator[None]:
        """The UNet computes activations twice inside the block, where that was decided."""
        if not self.fit.checkpointing:
            yield
            return
        self.base.unet.enable_gradient_checkpointing()
        try:
            yield
        finally:
            self.base.unet.disable_gradient_checkpointing()

    def _learning(self, step: int) -> tuple[list[str], int]:
        """The names of what learns in this step, a token before everything else; and the step with
        which that began."""
        is_token = step < self.plan.token_steps
        names = [key for key in self._parameters if key.startswith(TOKEN) == is_token]
        return names, 0 if is_token else self.plan.token_steps

    def _encoded(self, batch: Batch) -> Words:
        captions = self.dataset.instance.captions
        return self.base.encode([captions[row] for row in batch.caption.tolist()])

    def _cached_words(self) -> Words:
        """All captions, encoded once; anew when a token has been learned since."""
        if self.plan.method != "pivotal":
            return self.dataset.instance.words
        if self._words is None:
            with self.base.wardrobe.wearing(TRAINING):
                self._words = self.base.encode_prompts(self.dataset.instance.captions)
        return self._words

    def weights(self, step: int) -> dict[str, torch.Tensor]:
        """Copies of what was learned up to `step`, float32 on the CPU."""
        self._require(step)
        return {name: _copy(parameter) for name, parameter in self._parameters.items()}

    def checkpoint(self, step: int) -> Checkpoint:
        """The state after `step`; raises `StepPassed` when a later step has changed it."""
        return Checkpoint(
            step=step,
            plan=self.plan,
            examples=self.examples,
            weights=self.weights(step),
            moments=self._optimizer.moments(),
            counts=self._optimizer.counts(),
            fit=self.fit,
        )

    def _require(self, step: int) -> None:
        if step != self.step:
            raise StepPassed(f"Step {step} is past; the training is at step {self.step}.")


def _copy(value: torch.Tensor) -> torch.Tensor:
    return value.detach().to("cpu", copy=True)
