from __future__ import annotations

import pytest

from bot.prompt import check_prompt
from bot.styles import BUILT_IN, BadStyle, Preset, appended, called, check_style, words_of


def refusal(name: str = "golden hour", words: str = "warm low sun", negative: str = "") -> str:
    with pytest.raises(BadStyle) as caught:
        check_style(name, words, negative)
    return caught.value.reason


@pytest.mark.parametrize(
    "name",
    ["a", "a" * 33, "", " ", "-a", "a/b", "a`b", "<@1>", "@everyone", "naked", "a_b", "a\nb|c"],
)
def test_a_style_has_a_name_that_anybody_may_read(name: str) -> None:
    assert refusal(name) == "name"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Golden  Hour", "golden hour"),
        ("\uff27old", "gold"),
        ("Été 1984", "été 1984"),
        ("b" * 32, "b" * 32),
        ("rock'n'roll", "rock'n'roll"),
    ],
)
def test_a_name_is_kept_in_small_letters(typed: str, kept: str) -> None:
    assert check_style(typed, "sun", "").name == called(typed) == kept


def test_a_style_has_1_to_30_words() -> None:
    assert check_style("sun", " (low sun:1.2) \n hard", "snow") == Preset(
        "sun", "(low sun:1.2) hard", "snow"
    )
    assert check_style("sun", "sun " * 30, "snow " * 30)
    assert refusal(words="") == "too_few_words"
    assert refusal(words="sun " * 31) == refusal(negative="snow " * 31) == "too_many_words"
    assert refusal(words="s" * 601) == "too_long"


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("a n(u:1)de look", "sexual"),
        ("<lora:x:1>", "loader_syntax"),
        ("a\u202eb", "control_characters"),
        ("(sun:3)", "weight_out_of_bounds"),
        ("(sun:1.2", "weight_garbled"),
    ],
)
def test_words_pass_the_gate_of_prompts(words: str, reason: str) -> None:
    assert refusal(words=words) == reason


def test_a_style_undresses_nobody() -> None:
    assert refusal(negative="(cloth:1.1)es") == "undressing"
    assert refusal(words="without any clothes") == "sexual"


def test_what_is_everywhere_has_no_second() -> None:
    assert refusal("Film  NOIR") == "built_in"


@pytest.mark.parametrize("preset", BUILT_IN.values(), ids=BUILT_IN)
def test_every_style_that_is_everywhere_would_pass_the_gate(preset: Preset) -> None:
    mine = check_style("mine", preset.words, preset.negative)
    assert (mine.words, mine.negative) == (preset.words, preset.negative)
    assert called(preset.name) == preset.name
    assert check_prompt(appended("a zwx woman", preset.words), {"zwx": 1})


def test_words_are_told_from_their_weights() -> None:
    found = words_of(Preset("x", "(Zwx:1.2), x(qqxy:1)", "mira7!"))
    assert found == {"zwx", "x", "qqxy", "mira7"}


@pytest.mark.parametrize(
    ("text", "words", "both"),
    [
        ("zwx at sea", "in oil", "zwx at sea, in oil"),
        ("zwx at sea, ", "in oil", "zwx at sea, in oil"),
        ("", "in oil", "in oil"),
        ("blurry", "", "blurry"),
        ("", "", ""),
    ],
)
def test_words_are_added_after_a_comma(text: str, words: str, both: str) -> None:
    assert appended(text, words) == both
