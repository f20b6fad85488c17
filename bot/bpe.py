"""How the text encoders of all bases split a word: CLIP's byte-pair encoding (Radford et al. 2021,
arXiv 2103.00020, section 2.4), for the words that a token can be.

Stable Diffusion 1.x, 2.x and XL share one vocabulary, and so does `tiny`. The merges are CLIP's own
(NOTICE); a test holds this against the tokenizer of the bundled base.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

#: letters run together, a digit stands alone
_RUNS = re.compile("[a-z]+|[0-9]")
#: what CLIP writes behind the last letter of a word
_END = "</w>"


@cache
def _ranks() -> dict[tuple[str, str], int]:
    """Which two pieces are joined, and how early."""
    packed = Path(__file__).with_name("merges.txt.gz").read_bytes()
    lines = gzip.decompress(packed).decode().split("\n")
    return {(pair[0], pair[1]): rank for rank, pair in enumerate(map(str.split, lines))}


def pieces(word: str) -> list[str]:
    """The pieces of a word of a-z and digits, in order, without marks: `ohwx` is one, `zwx` two."""
    found: list[str] = []
    for run in _RUNS.findall(word):
        parts = [*run[:-1], run[-1] + _END]
        while len(parts) > 1:
            pairs = list(pairwise(parts))
            best = min(pairs, key=lambda pair: _ranks().get(pair, len(_ranks())))
            if best not in _ranks():
                break
            parts = _joined(parts, best)
        found += [part.removesuffix(_END) for part in parts]
    return found


def _joined(parts: list[str], pair: tuple[str, str]) -> list[str]:
    """All of that pair joined, from the left."""
    made: list[str] = []
    at = 0
    while at < len(parts):
        if tuple(parts[at : at + 2]) == pair:
            made.append("".join(pair))
            at += 2
        else:
            made.append(parts[at])
            at += 1
    return made


@cache
def whole_words() -> frozenset[str]:
    """Every word of three letters and more that the text encoders know in one piece: about 32,000,
    among them names, places and slang of many languages."""
    joined = ("".join(pair) for pair in _ranks())
    return frozenset(
        word.removesuffix(_END)
        for word in joined
        if word.endswith(_END) and re.fullmatch("[a-z]{3,}</w>", word)
    )
