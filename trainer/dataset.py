"""What a training sees: latents and text embeddings, computed once before the first step."""

from __future__ import annotations

import math
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
    """n examples. `mean` and `std`: 4 x h x w latents, one row for each distinct picture; `words`:
    one row for each distinct caption x tokens x width; `picture` and `caption`: for each example
    its row of the latents and of `words`.
    """

    mean: torch.Tensor
    std: torch.Tensor
    words: torch.Tensor
    picture: torch.Tensor
    caption: torch.Tensor

    def __len__(self) -> int:
        return len(self.picture)

    def draw(
        self, rows: Sequence[int], generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Latents sampled from the VAE's posterior and their embeddings. The noise is drawn on the
        CPU, so that it is the same on every device.
        """
        index = torch.tensor(rows, device=self.mean.device)
        picture = self.picture[index]
        shape = (len(rows), *self.mean.shape[1:])
        noise = torch.randn(shape, generator=generator).to(self.mean.device)
        latents = self.mean[picture] + self.std[picture] * noise
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
    # the same picture under several captions is encoded once
    distinct = {id(photo.picture): photo.picture for photo in photos}
    places = {number: place for place, number in enumerate(distinct)}
    pictures = list(distinct.values())
    rows = [places[id(photo.picture)] for photo in photos]
    said = [captions.index(photo.caption) for photo in photos]
    if mirror:
        rows += [row + len(pictures) for row in rows]
        said += said
        pictures += [ImageOps.mirror(picture) for picture in pictures]
    parts = [
        base.encode_pixels(as_pixels(pictures[start : start + ENCODED_AT_ONCE], base.resolution))
        for start in range(0, len(pictures), ENCODED_AT_ONCE)
    ]
    return Examples(
        mean=torch.cat([mean for mean, _ in parts]),
        std=torch.cat([std for _, std in parts]),
        words=words,
        picture=torch.tensor(rows, device=words.device),
        caption=torch.tensor(said, device=words.device),
    )


def evenly(groups: Sequence[Sequence[TrainingPhoto]]) -> list[TrainingPhoto]:
    """All of them, each repeated so that every group comes as often as any other."""
    most = math.lcm(*map(len, groups))
    return [photo for group in groups for photo in group for _ in range(most // len(group))]


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
