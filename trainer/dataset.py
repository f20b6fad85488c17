"""What a training sees: latents and text embeddings, computed once before the first step."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from PIL import Image, ImageOps

from trainer.base import Base
from trainer.pixels import as_pixels
from trainer.seeds import stream
from trainer.words import Words

#: pictures that go through the VAE at once: its memory grows with each
ENCODED_AT_ONCE = 8


class NothingToLearn(ValueError):
    """A training needs at least one photo."""


@dataclass(frozen=True)
class Called:
    """What the subject is called in captions: its token before its class word."""

    token: str
    class_word: str

    def as_class(self, caption: str) -> str:
        """The caption as it would be of anybody of the class: without the token."""
        said = re.compile(rf"(?<![^\W_]){re.escape(self.token)}(?![^\W_])\s*", re.IGNORECASE)
        return said.sub("", caption).strip()


@dataclass(frozen=True)
class TrainingPhoto:
    """A square picture and the words for it, as in `a photo of tkn man, smiling`. `side`: of the
    square in the original's pixels, where it is known."""

    picture: Image.Image
    caption: str
    side: int | None = None


@dataclass(frozen=True)
class Examples:
    """n examples. `mean` and `std`: 4 x h x w latents, `sides` in pixels: one row for each distinct
    picture; `words`: one row for each of `captions`; `picture` and `caption`: for each example its
    row of the latents and of `words`.
    """

    mean: torch.Tensor
    std: torch.Tensor
    sides: torch.Tensor
    words: Words
    captions: tuple[str, ...]
    picture: torch.Tensor
    caption: torch.Tensor

    def __len__(self) -> int:
        return len(self.picture)

    def draw(
        self, rows: Sequence[int], generator: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Latents sampled from the VAE's posterior, and the row of `words` of each. The noise is
        drawn on the CPU, so that it is the same on every device.
        """
        index = torch.tensor(rows, device=self.mean.device)
        picture = self.picture[index]
        shape = (len(rows), *self.mean.shape[1:])
        noise = torch.randn(shape, generator=generator).to(self.mean.device)
        return self.mean[picture] + self.std[picture] * noise, self.caption[index]

    def sides_of(self, rows: Sequence[int]) -> torch.Tensor:
        """How large the pictures of these examples were, in pixels."""
        return self.sides[self.picture[torch.tensor(rows, device=self.picture.device)]]


@dataclass(frozen=True)
class Dataset:
    """The subject's examples; those of its class, drawn by the base (`prior`); those of the subject
    told as anybody of its class (`likewise`), to which the bare base knows the answer; and those
    that no step sees (`held_out`).
    """

    instance: Examples
    prior: Examples | None
    likewise: Examples | None = None
    held_out: Examples | None = None
    called: Called | None = None

    @property
    def keeper(self) -> Examples | None:
        """What keeps the class: its own pictures where there are any."""
        return self.prior if self.prior is not None else self.likewise


def build_dataset(
    base: Base,
    photos: Sequence[TrainingPhoto],
    class_pictures: Sequence[TrainingPhoto] = (),
    *,
    held_out: Sequence[TrainingPhoto] = (),
    called: Called | None = None,
    mirror: bool = True,
) -> Dataset:
    """Encode everything once. With `mirror` each picture also counts flipped left to right: right
    for faces and pets, wrong for a subject that carries writing. With `called` the class can be
    kept without pictures of it, and a token can be learned.

    Raises `NothingToLearn` without photos, `PictureNotSquare` for uncropped ones.
    """
    if not photos:
        raise NothingToLearn("There are no photos to learn from.")
    likewise = [replace(p, caption=called.as_class(p.caption)) for p in photos] if called else []
    together = [*photos, *class_pictures, *likewise, *held_out]
    captions = tuple(dict.fromkeys(photo.caption for photo in together))
    # one call: all rows get the same number of tokens, so any of them can share a batch
    words = base.encode_prompts(captions)
    instance = _encode(base, photos, captions, words, mirror)
    said = torch.tensor([captions.index(photo.caption) for photo in likewise], device=base.device)
    return Dataset(
        instance=instance,
        prior=_encode(base, class_pictures, captions, words, mirror) if class_pictures else None,
        # the same latents under other words
        likewise=replace(instance, caption=said.repeat(2 if mirror else 1)) if called else None,
        held_out=_encode(base, held_out, captions, words, mirror=False) if held_out else None,
        called=called,
    )


def _encode(
    base: Base,
    photos: Sequence[TrainingPhoto],
    captions: tuple[str, ...],
    words: Words,
    mirror: bool,
) -> Examples:
    # the same picture under several captions is encoded once
    distinct = {id(photo.picture): photo for photo in photos}
    places = {number: place for place, number in enumerate(distinct)}
    pictures = [photo.picture for photo in distinct.values()]
    sides = [float(photo.side or base.resolution) for photo in distinct.values()]
    rows = [places[id(photo.picture)] for photo in photos]
    said = [captions.index(photo.caption) for photo in photos]
    if mirror:
        rows += [row + len(pictures) for row in rows]
        said += said
        sides += sides
        pictures += [ImageOps.mirror(picture) for picture in pictures]
    parts = [
        base.encode_pixels(as_pixels(pictures[start : start + ENCODED_AT_ONCE], base.resolution))
        for start in range(0, len(pictures), ENCODED_AT_ONCE)
    ]
    return Examples(
        mean=torch.cat([mean for mean, _ in parts]),
        std=torch.cat([std for _, std in parts]),
        sides=torch.tensor(sides, device=base.device),
        words=words,
        captions=captions,
        picture=torch.tensor(rows, device=base.device),
        caption=torch.tensor(said, device=base.device),
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
