"""What a training sees: latents and text embeddings, computed once before the first step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from PIL import Image, ImageOps

from trainer.base import Base
from trainer.pixels import as_pixels
from trainer.seeds import stream

#: pictures that go through the VAE at once: its memory grows with each
ENCODED_AT_ONCE = 8


class NothingToLearn(ValueError):
    """A training needs at least one photo."""


@dataclass(frozen=True)
class TrainingPhoto:
    """A square picture and the words for it, as in `a photo of tkn man, smiling`."""

    picture: Image.Image
    caption: str


@dataclass(frozen=True)
class Examples:
    """n examples. `mean` and `std`: n x 4 x h x w latents; `words`: one row for each distinct
    caption x tokens x width; `caption`: for each example its row of `words`.
    """

    mean: torch.Tensor
    std: torch.Tensor
    words: torch.Tensor
    caption: torch.Tensor

    def __len__(self) -> int:
        return len(self.mean)

    def draw(
        self, rows: Sequence[int], generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Latents sampled from the VAE's posterior and their embeddings. The noise is drawn on the
        CPU, so that it is the same on every device.
        """
        index = torch.tensor(rows, device=self.mean.device)
        shape = (len(rows), *self.mean.shape[1:])
        noise = torch.randn(shape, generator=generator).to(self.mean.device)
        latents = self.mean[index] + self.std[index] * noise
        return latents, self.words[self.caption[index]]


@dataclass(frozen=True)
class Dataset:
    """The subject's examples, and those of its class when prior preservation is wanted."""

    instance: Examples
    prior: Examples | None


def build_dataset(
    base: Base,
    photos: Sequence[TrainingPhoto],
    class_pictures: Sequence[TrainingPhoto] = (),
    *,
    mirror: bool = True,
) -> Dataset:
    """Encode everything once. With `mirror` each picture also counts flipped left to right: right
    for faces and pets, wrong for a subject that carries writing.

    Raises `NothingToLearn` without photos, `PictureNotSquare` for uncropped ones.
    """
    if not photos:
        raise NothingToLearn("There are no photos to learn from.")
    together = [*photos, *class_pictures]
    captions = list(dict.fromkeys(photo.caption for photo in together))
    # one call: all rows get the same number of tokens, so any of them can share a batch
    words = base.encode_prompts(captions)
    return Dataset(
        instance=_encode(base, photos, captions, words, mirror),
        prior=_encode(base, class_pictures, captions, words, mirror) if class_pictures else None,
    )


def _encode(
    base: Base,
    photos: Sequence[TrainingPhoto],
    captions: list[str],
    words: torch.Tensor,
    mirror: bool,
) -> Examples:
    pictures = [photo.picture for photo in photos]
    rows = [captions.index(photo.caption) for photo in photos]
    if mirror:
        pictures += [ImageOps.mirror(picture) for picture in pictures]
        rows += rows
    parts = [
        base.encode_pixels(as_pixels(pictures[start : start + ENCODED_AT_ONCE], base.resolution))
        for start in range(0, len(pictures), ENCODED_AT_ONCE)
    ]
    return Examples(
        mean=torch.cat([mean for mean, _ in parts]),
        std=torch.cat([std for _, std in parts]),
        words=words,
        caption=torch.tensor(rows, device=words.device),
    )


def pick(seed: int, step: int, count: int, batch: int) -> list[int]:
    """The examples of `step` (from 0): every one once before any comes again, in a new order each
    round. A pure function, so a resumed training needs no replay and can skip nothing.
    """
    orders: dict[int, list[int]] = {}
    chosen = []
    for position in range(step * batch, (step + 1) * batch):
        turn, place = divmod(position, count)
        if turn not in orders:
            generator = stream("order", seed, turn)
            orders[turn] = torch.randperm(count, generator=generator).tolist()
        chosen.append(orders[turn][place])
    return chosen
