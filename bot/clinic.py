"""The token clinic: what a wish would be mistaken for, and tokens that mean nothing yet."""

from __future__ import annotations

import gzip
import random
import re
from collections.abc import Collection, Iterator
from functools import cache
from itertools import islice
from pathlib import Path

from bot.bpe import pieces, whole_words
from bot.tokens import BadToken, check_token
from storage.alike import look_of

#: How many free tokens are offered beside a refusal.
OFFERED = 5
#: Of an offered token: one piece is a word that the base knows, many are a mouthful for it.
_PIECES = (2, 3)
_CONSONANTS, _VOWELS = "bdfghjklmnprstvwxz", "aeiouy"
_LENGTHS = (5, 6, 7)
#: what nobody wants to be handed
_UGLY = re.compile("kike|n[iy]g|fag|p[ae]do|nud|rape|anal|anus|cum|hitl|jew")
#: as many tries as never run out while tokens of those lengths are free
_TRIES = 5_000


@cache
def first_and_last_names() -> frozenset[str]:
    """Names that people bear: all first names and the 5,000 most common last names of the United
    States' census of 1990, which nobody owns. The base's vocabulary has many of other countries."""
    packed = Path(__file__).with_name("names.txt.gz").read_bytes()
    return frozenset(gzip.decompress(packed).decode().split("\n"))


def warm() -> None:
    """Read what there is to know about words: a tenth of a second, before anybody waits for it."""
    first_and_last_names()
    whole_words()


def examine(typed: str) -> str:
    """The token as it is stored.

    Raises BadToken: as `check_token`, and `token_ordinary` for a word that the base knows,
    `token_name` for a name, `token_digits_after` for one of those with digits to it, which the
    base would read as that word and digits.
    """
    token = check_token(typed)
    if token in first_and_last_names():
        raise BadToken("token_name")
    if token in whole_words():
        raise BadToken("token_ordinary")
    runs = re.findall("[a-z]{3,}", token)
    if any(run in whole_words() or run in first_and_last_names() for run in runs):
        raise BadToken("token_digits_after")
    if all(piece in whole_words() for piece in pieces(token)):  # two of them in one
        raise BadToken("token_ordinary")
    return token


def suggestions(wish: str, taken: Collection[str], rng: random.Random) -> list[str]:
    """OFFERED tokens that begin as the wish does where that can be, that mean nothing, can be said
    aloud, and look like none whose `look_of` is `taken`."""
    begin = re.sub("[^a-z]", "", wish.lower())[:2]
    if not re.fullmatch(f"[{_CONSONANTS}][{_VOWELS}]?|[{_VOWELS}][{_CONSONANTS}]?", begin):
        begin = begin[:1] if begin[:1] in _CONSONANTS + _VOWELS else ""
    found: dict[str, str] = {}  # by look: five that differ from each other as well
    for token in islice(_invented(begin, rng), _TRIES):
        look = look_of(token)
        if look in taken or look in found or not _PIECES[0] <= len(pieces(token)) <= _PIECES[1]:
            continue
        try:
            examine(token)
        except BadToken:
            continue
        if _UGLY.search(token):
            continue
        found[look] = token
        if len(found) == OFFERED:
            break
    return list(found.values())


def _invented(begin: str, rng: random.Random) -> Iterator[str]:
    """Consonants and vowels in turn, from that beginning."""
    while True:
        token = begin or rng.choice(_CONSONANTS)
        for _ in range(rng.choice(_LENGTHS) - len(token)):
            token += rng.choice(_CONSONANTS if token[-1] in _VOWELS else _VOWELS)
        yield token
