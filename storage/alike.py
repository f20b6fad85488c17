"""Tokens that one reads for one another."""

from __future__ import annotations

#: what one reads for another in a hurry, or in another typeface
_ALIKE = str.maketrans({"0": "o", "1": "l", "i": "l", "5": "s", "8": "b", "2": "z", "q": "g"})
_PAIRS = (("vv", "w"), ("rn", "m"), ("cl", "d"), ("nn", "m"))


def look_of(token: str) -> str:
    """What all tokens have in common that one could take for this one: `m1ra` and `mlra`."""
    look = token.translate(_ALIKE)
    for pair, single in _PAIRS:
        look = look.replace(pair, single)
    return look
