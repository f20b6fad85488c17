from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.tokens import (
    CLASSES,
    GRAMMAR,
    RESERVED,
    BadToken,
    check_class,
    check_token,
)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("zwx", "zwx"),
        ("ZWX", "zwx"),
        (" zwx ", "zwx"),
        ("kelz7", "kelz7"),
        ("\uff5a\uff57\uff58", "zwx"),
        ("zwx" + "q" * 13, "zwx" + "q" * 13),
    ],
)
def test_a_word_that_means_nothing_is_taken(typed: str, stored: str) -> None:
    assert check_token(typed) == stored


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("../../x", "token_grammar"),
        ("..", "token_grammar"),
        ("/etc/passwd", "token_grammar"),
        ("C:\\x", "token_grammar"),
        ("a\u0000b", "token_grammar"),
        ("zwx\n", None),
        ("z\u0432\u0445", "token_grammar"),  # Cyrillic look-alikes
        ("zw\u0445", "token_grammar"),
        ("\u0396wx", "token_grammar"),
        ("z\u200bwx", "token_grammar"),
        ("\u202exwz", "token_grammar"),
        ("x" * 1000, "token_grammar"),
        ("x'; DROP TABLE subject;--", "token_grammar"),
        ("<lora:x:9>", "token_grammar"),
        ("@everyone", "token_grammar"),
        ("<@123>", "token_grammar"),
        ("{token}", "token_grammar"),
        ("%s%s", "token_grammar"),
        ("zw x", "token_grammar"),
        ("z-w-x", "token_grammar"),
        ("", "token_grammar"),
        ("ab", "token_grammar"),
        ("z" * 17, "token_grammar"),
        ("\U0001f600\U0001f600\U0001f600", "token_grammar"),
        ("\u00e9\u00e9\u00e9", "token_grammar"),
        ("CON", "token_reserved"),
        ("nul", "token_reserved"),
        ("Com1", "token_reserved"),
        ("com\u00b9", "token_reserved"),
        ("everyone", "token_reserved"),
        ("here", "token_reserved"),
        ("1234", "token_digits"),
        ("\u0661\u0662\u0663", "token_grammar"),
    ],
)
def test_hostile_and_meaningful_names_are_refused(typed: str, reason: str | None) -> None:
    if reason is None:
        assert check_token(typed) == typed.strip()
        return
    with pytest.raises(BadToken) as caught:
        check_token(typed)
    assert caught.value.reason == reason


@given(st.text(max_size=30))
def test_whatever_passes_is_plain(typed: str) -> None:
    try:
        token = check_token(typed)
    except BadToken:
        return
    assert GRAMMAR.fullmatch(token)
    assert token.isascii()
    assert token not in RESERVED
    assert check_token(token) == token


@pytest.mark.parametrize("kind", CLASSES)
def test_every_class_word_that_is_offered_is_taken(kind: str) -> None:
    assert [check_class(word) for word in CLASSES[kind]] == list(CLASSES[kind])


@pytest.mark.parametrize(
    ("typed", "word"), [(" Toy  Robot ", "toy robot"), ("half-elf", "half-elf")]
)
def test_class_words_are_folded(typed: str, word: str) -> None:
    assert check_class(typed) == word


@pytest.mark.parametrize(
    "typed", ["", "x", "a man of letters", "../x", "w0man", "<x:1>", "x" * 50, "zw\u0445"]
)
def test_a_class_is_one_or_two_plain_words(typed: str) -> None:
    with pytest.raises(BadToken) as caught:
        check_class(typed)
    assert caught.value.reason == "class_grammar"
