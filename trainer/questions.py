"""What the UNet is asked about a training: noisy pictures, the same at every look."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import torch

from trainer.base import Base
from trainer.dataset import Examples
from trainer.seeds import stream

#: Pictures at each level, of those that are trained on and of those that are held out.
EACH = 2
#: Pictures that are begun to see whether all become alike, and the noise they begin with, as a
#: share of the levels: with all of it a network answers by the prompt alone.
BEGUN, BEGINNING = 4, 0.9


@dataclass(frozen=True)
class Questions:
    """n noisy pictures: their noise levels, what the UNet should say (v or epsilon), how large they
    were, and the row of the prompt that each is asked with."""

    noisy: torch.Tensor
    timesteps: torch.Tensor
    target: torch.Tensor
    sides: torch.Tensor
    prompt: torch.Tensor

    def __len__(self) -> int:
        return len(self.noisy)

    def part(self, rows: slice) -> Questions:
        return Questions(
            self.noisy[rows],
            self.timesteps[rows],
            self.target[rows],
            self.sides[rows],
            self.prompt[rows],
        )

    @staticmethod
    def join(parts: Iterable[Questions]) -> Questions:
        fields = zip(
            *((p.noisy, p.timesteps, p.target, p.sides, p.prompt) for p in parts), strict=True
        )
        return Questions(*map(torch.cat, fields))


class Asking:
    """Makes questions at `levels` noise levels, evenly spread: the loss at a single one says
    little. Draws from a stream of its own, on the CPU, so that every device asks the same."""

    def __init__(self, base: Base, seed: int, levels: int) -> None:
        self._base = base
        self._generator = stream("judge", seed)
        total = int(base.scheduler.config.num_train_timesteps)
        self._timesteps = torch.tensor([int((n + 0.5) * total / levels) for n in range(levels)])
        self._beginning = int(BEGINNING * total)
        # the same for photos that are trained on and for those held out: only they differ then
        self._noise = self._drawn(levels * EACH)

    def _drawn(self, count: int) -> torch.Tensor:
        channels, side = int(self._base.unet.config.in_channels), self._base.latent_side
        return torch.randn((count, channels, side, side), generator=self._generator)

    def of_photos(self, taken: Examples) -> Questions:
        """`EACH` of them at each level, with their captions; all of them as far as that goes."""
        rows = self._spread(taken, len(self._noise))
        latents, captions = taken.draw(rows, self._generator)
        timesteps = self._timesteps.repeat_interleave(EACH)
        return self._made(latents, self._noise, timesteps, taken.sides_of(rows), captions)

    def of_prompts(self, taken: Examples, prompts: range) -> Questions:
        """One picture at each level, with each of the prompts in turn."""
        levels, count = len(self._timesteps), len(prompts)
        rows = self._spread(taken, levels)
        latents, _ = taken.draw(rows, self._generator)
        return self._made(
            latents.repeat_interleave(count, dim=0),
            self._drawn(levels).repeat_interleave(count, dim=0),
            self._timesteps.repeat_interleave(count),
            taken.sides_of(rows).repeat_interleave(count),
            torch.tensor(prompts).repeat(levels),
        )

    def of_noise(self, prompt: int) -> Questions:
        """Hardly anything but noise, from which pictures begin."""
        noise = self._drawn(BEGUN)
        return self._made(
            torch.zeros_like(noise),
            noise,
            torch.full((BEGUN,), self._beginning),
            torch.full((BEGUN,), float(self._base.resolution)),
            torch.full((BEGUN,), prompt),
        )

    def begun(self, questions: Questions, answers: torch.Tensor) -> torch.Tensor:
        """The latents that the UNet sees behind the noise."""
        kept: torch.Tensor = self._base.scheduler.alphas_cumprod[self._beginning].to(answers)
        if self._base.prediction_type == "v_prediction":
            return kept.sqrt() * questions.noisy - (1 - kept).sqrt() * answers
        return (questions.noisy - (1 - kept).sqrt() * answers) / kept.sqrt()

    def _made(
        self,
        latents: torch.Tensor,
        noise: torch.Tensor,
        timesteps: torch.Tensor,
        sides: torch.Tensor,
        prompt: torch.Tensor,
    ) -> Questions:
        device = self._base.device
        timesteps = timesteps.to(device)
        noisy, target = self._base.noised(latents.to(device), noise.to(device), timesteps)
        return Questions(noisy, timesteps, target, sides.to(device), prompt.to(device))

    def _spread(self, taken: Examples, count: int) -> list[int]:
        """`count` examples, of all pictures before any comes again."""
        rows = {picture: row for row, picture in enumerate(taken.picture.tolist())}
        order = torch.randperm(len(rows), generator=self._generator).tolist()
        return [rows[order[n % len(order)]] for n in range(count)]
