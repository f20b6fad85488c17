"""Prompts as networks read them: token ids on the way in, embeddings on the way out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn


@dataclass(frozen=True)
class Words:
    """n prompts: `states` n x tokens x width; `pooled` n x width for Stable Diffusion XL."""

    states: torch.Tensor
    pooled: torch.Tensor | None = None

    def __len__(self) -> int:
        return len(self.states)

    def pick(self, rows: torch.Tensor | slice) -> Words:
        """The prompts at these places, any number of times."""
        return Words(self.states[rows], None if self.pooled is None else self.pooled[rows])


@dataclass(frozen=True)
class Spelled:
    """A prompt in token ids. `learned` has, for each of them, its row of the learned token, or -1;
    its id is then that of any word at all."""

    ids: list[int]
    learned: list[int]


def spell(tokenizer: Any, prompt: str, word: str | None, rows: int) -> Spelled:
    """The prompt's tokens, with `rows` learned ones in each place of `word`.

    A learned token is not an entry of the tokenizer: two subjects' would be in each other's way.
    """
    if word is None:
        plain = list(tokenizer(prompt, add_special_tokens=False, verbose=False).input_ids)
        return Spelled(plain, [-1] * len(plain))
    ids: list[int] = []
    learned: list[int] = []
    for at, part in enumerate(_around(prompt, word)):
        if at:
            ids += [tokenizer.eos_token_id - 2] * rows
            learned += range(rows)
        own = tokenizer(part, add_special_tokens=False, verbose=False).input_ids
        ids += own
        learned += [-1] * len(own)
    return Spelled(ids, learned)


def _around(prompt: str, word: str) -> list[str]:
    """What stands before, between and after the places of `word`, however it is written there."""
    return re.split(rf"(?<![^\W_]){re.escape(word)}(?![^\W_])", prompt, flags=re.IGNORECASE)


def windows(spelled: Sequence[Spelled], window: int) -> int:
    """How many windows of so many tokens the longest of the prompts fills; at least one."""
    return max(1, *(-(-len(prompt.ids) // window) for prompt in spelled))


def framed(
    prompts: Sequence[Spelled], chunks: int, window: int, tokenizer: Any
) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and learned rows, each (n x chunks) x (window + 2), every window between its markers."""
    start, end, padding = tokenizer.bos_token_id, tokenizer.eos_token_id, tokenizer.pad_token_id
    ids, learned = [], []
    for prompt in prompts:
        for first in range(0, chunks * window, window):
            part = prompt.ids[first : first + window]
            rest = window - len(part)
            ids.append([start, *part, end, *[padding] * rest])
            learned.append([-1, *prompt.learned[first : first + window], -1, *[-1] * rest])
    return torch.tensor(ids), torch.tensor(learned)


def weighed(weights: Sequence[Sequence[float]], chunks: int, window: int) -> torch.Tensor:
    """A weight for each place that `framed` makes, n x (chunks x (window + 2)); markers and what
    fills a window up have 1."""
    rows = []
    for own in weights:
        row: list[float] = []
        for first in range(0, chunks * window, window):
            part = own[first : first + window]
            row += [1.0, *part, *[1.0] * (window + 1 - len(part))]
        rows.append(row)
    return torch.tensor(rows)


@contextmanager
def learned_rows(
    encoder: nn.Module, rows: torch.Tensor | None, places: torch.Tensor
) -> Iterator[None]:
    """Inside the block the encoder's embeddings at `places` (n x tokens, -1: none) are those of
    `rows` (k x width), and gradients reach them."""
    if rows is None:
        yield
        return

    def put_in(_module: nn.Module, _inputs: Any, embedded: torch.Tensor) -> torch.Tensor:
        is_learned = (places >= 0).unsqueeze(-1)
        chosen = rows[places.clamp(min=0)].to(embedded.dtype)
        return torch.where(is_learned, chosen, embedded)

    handle = embedding_of(encoder).register_forward_hook(put_in)
    try:
        yield
    finally:
        handle.remove()


def embedding_of(encoder: nn.Module) -> nn.Embedding:
    """Where a text encoder looks up token ids."""
    found: nn.Embedding = encoder.get_input_embeddings()  # type: ignore[operator]  # transformers'
    return found


def rows_of(tokenizer: Any, encoder: nn.Module, word: str) -> torch.Tensor:
    """The embedding rows of a known word, k x width: where a learned token starts."""
    ids = tokenizer(word, add_special_tokens=False, verbose=False).input_ids
    weight = embedding_of(encoder).weight
    return weight[torch.tensor(ids, device=weight.device)].detach().float().cpu().clone()
