"""Weights as members type them: `a (red hat:1.3)`. The trainer gives them to the text encoder.

A weight is round brackets around words, a colon and a number; none stands inside another. Brackets
without a colon and a number are ordinary text, which is why a slip is told from them here.
"""

from __future__ import annotations

import re

#: Beyond these a picture falls apart, or the word is as good as gone. A choice of ours.
LEAST, MOST = 0.2, 1.8
#: How a weight ends, after its words.
END = r":\s*(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*\)"
_GROUP = re.compile(r"\((?=\s*[^\s:])([^()]+):\s*([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*\)")
#: What somebody who means a weight writes, such as `:1,2)` and `:-1)`.
_MEANT_END = re.compile(r":\s*[-+]?[.,]?[0-9][0-9.,]*\s*\)")
_MEANT_BEGIN = re.compile(r"\((?=\S)[^()]*:\s*[.,]?[0-9]")


def plain(text: str) -> str:
    """The words without brackets and numbers: what the text encoder reads."""
    return _GROUP.sub(r"\1", text)


def apart(text: str) -> str:
    """As `plain`, with a blank at every bracket of a weight: a word ends there."""
    return _GROUP.sub(r" \1 ", text)


def out_of_bounds(text: str) -> str | None:
    """The first weight that is too small or too large, as it was typed."""
    weights = (group[2] for group in _GROUP.finditer(text))
    return next((weight for weight in weights if not LEAST <= float(weight) <= MOST), None)


def is_garbled(text: str) -> bool:
    """Whether something was meant as a weight and is none: a bracket too few, one weight inside
    another, a number that is none."""
    rest = plain(text)
    if _MEANT_END.search(rest):
        return True
    opened: list[int] = []
    for place, letter in enumerate(rest):
        if letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            opened.pop()
    return any(_MEANT_BEGIN.match(rest, place) for place in opened)
