from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.bpe import pieces, whole_words
from bot.clinic import OFFERED, examine, first_and_last_names, suggestions
from bot.tokens import GRAMMAR, BadToken
from storage.alike import look_of


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("dog", "token_ordinary"),
        ("Woman", "token_ordinary"),
        ("sks", "token_ordinary"),  # a rifle, as many bases know
        ("ohwx", "token_ordinary"),
        ("blackcat", "token_ordinary"),
        ("olivia", "token_name"),
        ("Victoria7", "token_digits_after"),
        ("olivia27", "token_digits_after"),
        ("7dog", "token_digits_after"),
        ("dog1cat", "token_digits_after"),
        ("../x", "token_grammar"),
        ("1234", "token_digits"),
        ("here", "token_reserved"),
        ("nude7", "token_sexual"),
    ],
)
def test_what_the_base_would_take_for_something_else_is_refused(typed: str, reason: str) -> None:
    with pytest.raises(BadToken) as caught:
        examine(typed)
    assert caught.value.reason == reason


@pytest.mark.parametrize("typed", ["zwx", " ZWX ", "kelzor", "a1b2", "qqxy", "x7k9"])
def test_what_means_nothing_is_taken(typed: str) -> None:
    assert examine(typed) == typed.strip().lower()


@pytest.mark.parametrize(
    ("one", "other"),
    [("zwx", "2wx"), ("m1ra", "mlra"), ("mira", "mlra"), ("kornel", "komel"), ("vvex", "wex"),
     ("z0x", "zox"), ("s5s", "sss"), ("qab", "gab")],
)  # fmt: skip
def test_what_one_reads_for_another_looks_alike(one: str, other: str) -> None:
    assert look_of(one) == look_of(other)


def test_what_differs_does_not_look_alike() -> None:
    assert len({look_of(token) for token in ("zwx", "zwy", "kelzor", "kelzar", "qqxy")}) == 5


@given(st.text(max_size=20), st.integers(0, 2**32), st.sets(st.from_regex(GRAMMAR, fullmatch=True)))
def test_five_free_tokens_are_offered_whatever_was_wished(
    wish: str, seed: int, others: set[str]
) -> None:
    taken = {look_of(other) for other in others}
    offered = suggestions(wish, taken, random.Random(seed))
    assert len(offered) == len({look_of(token) for token in offered}) == OFFERED
    for token in offered:
        assert examine(token) == token
        assert look_of(token) not in taken
        assert 2 <= len(pieces(token)) <= 3
        assert token not in whole_words() | first_and_last_names()


def test_what_is_offered_begins_as_the_wish_does() -> None:
    for wish, begin in (("mira", "mi"), ("Mira 7!", "mi"), ("kxq", "k"), ("\u0416", "")):
        offered = suggestions(wish, (), random.Random(3))
        assert all(token.startswith(begin) for token in offered)


def test_an_offered_token_is_not_offered_again_once_it_is_taken() -> None:
    first = suggestions("mira", (), random.Random(3))
    again = suggestions("mira", {look_of(token) for token in first}, random.Random(3))
    assert not set(first) & set(again)
