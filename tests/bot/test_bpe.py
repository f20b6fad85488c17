from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import CLIPTokenizer

import trainer
from bot.bpe import pieces, whole_words
from bot.tokens import GRAMMAR


@cache
def of_the_base() -> CLIPTokenizer:
    return CLIPTokenizer.from_pretrained(
        Path(trainer.__file__).parent / "tiny" / "model" / "tokenizer"
    )


def theirs(word: str) -> list[str]:
    return [piece.removesuffix("</w>") for piece in of_the_base().tokenize(word)]


@given(st.from_regex(GRAMMAR, fullmatch=True))
def test_a_token_is_split_as_the_base_splits_it(token: str) -> None:
    assert pieces(token) == theirs(token)


@pytest.mark.parametrize("word", ["aaaa", "banana", "ohwx", "zwx", "1x1x", "mississippi"])
def test_words_are_split_as_the_base_splits_them(word: str) -> None:
    assert pieces(word) == theirs(word)


def test_a_whole_word_is_one_piece_for_the_base() -> None:
    for word in sorted(whole_words())[::97]:
        assert theirs(word) == [word]
