"""Weights in prompts: `a (red hat:1.3)` insists on the hat, `(crowd:0.6)` hints at one.

Only prompts of pictures are read like this, never captions: what a photo is taught with is plain
text, its brackets too. Brackets without `:number` are ordinary text here as well.

A weight moves what the text encoder said at a token's place away from, or towards, what it says at
that place of an empty prompt: `empty + weight * (said - empty)`. That is ComfyUI's way
(comfyanonymous/ComfyUI, comfy/sd1_clip.py, `ClipTokenWeightEncoder.encode_token_weights`).
AUTOMATIC1111's multiplies the states and then scales all of them back to the mean they had
(AUTOMATIC1111/stable-diffusion-webui, modules/sd_emphasis.py, `EmphasisOriginal`), of which its
own comment says that it "is likely not correct". Here that would be worse still: a weight of one
word would scale every other word of its window, the subject's token among them, and what all
prompts have in common, which says nothing of the word, would grow along. In ComfyUI's way both
stay where they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from trainer.words import Spelled, Words, weighed

if TYPE_CHECKING:
    from trainer.base import Base

#: As `bot/emphasis.py` has them; a test holds that both read a prompt alike.
LEAST, MOST = 0.2, 1.8
_GROUP = re.compile(
    r"\((?=\s*[^\s:])([^()]+):\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*\)",
)


@dataclass(frozen=True)
class Part:
    """A piece of a prompt without its brackets, and how much it weighs."""

    text: str
    weight: float


def parse(prompt: str) -> list[Part]:
    """The prompt's pieces in their order, neighbours of one weight together; none is empty.

    Brackets whose number is out of bounds are ordinary text: the bot lets none through.
    """
    parts: list[Part] = []
    end = 0
    for group in _GROUP.finditer(prompt):
        weight = float(group[2])
        if LEAST <= weight <= MOST:
            _add(parts, prompt[end : group.start()], 1.0)
            _add(parts, group[1], weight)
            end = group.end()
    _add(parts, prompt[end:], 1.0)
    return parts


def _add(parts: list[Part], text: str, weight: float) -> None:
    if parts and parts[-1].weight == weight:
        text = parts.pop().text + text
    if text:
        parts.append(Part(text, weight))


def plain(prompt: str) -> str:
    """The prompt's words without brackets and numbers, white space as it stood."""
    return "".join(part.text for part in parse(prompt))


@torch.no_grad()
def encode(base: Base, prompts: Sequence[str]) -> Words:
    """Embeddings of prompts in which words may have weights.

    Without any it is `Base.encode_prompts` of the same words, to the bit and at the same cost; with
    weights one empty prompt more is encoded. What has no weight of its own is not touched. XL's
    pooled embedding is of the plain words: it is one for all of them.
    """
    parsed = [parse(prompt) for prompt in prompts]
    texts = ["".join(part.text for part in parts) for parts in parsed]
    if all(part.weight == 1 for parts in parsed for part in parts):
        return base.encode_prompts(texts)
    spelled = [_spelled(base, parts) for parts in parsed]
    known = [prompt for prompt, _ in spelled]
    words = base.hushed(base.read([*known, Spelled([], [])]), [*texts, " "])
    states, empty = words.states[:-1], words.states[-1:]
    told = weighed(
        [weights for _, weights in spelled], states.shape[1] // (base.window + 2), base.window
    )
    told = told.to(states.device).unsqueeze(-1)
    # in float32: in 16 bits the difference of two near states has few digits left
    moved = empty.float() + told * (states.float() - empty.float())
    pooled = None if words.pooled is None else words.pooled[:-1]
    return Words(torch.where(told == 1, states, moved.to(states.dtype)), pooled)


def _spelled(base: Base, parts: Sequence[Part]) -> tuple[Spelled, list[float]]:
    """The prompt in token ids, and the weight of each. Pieces are spelled one by one: brackets end
    a word."""
    ids: list[int] = []
    learned: list[int] = []
    weights: list[float] = []
    for part in parts:
        own = base.spelled(part.text)
        ids += own.ids
        learned += own.learned
        weights += [part.weight] * len(own.ids)
    return Spelled(ids, learned), weights
