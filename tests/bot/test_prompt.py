from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.prompt import (
    MOST_CHARACTERS,
    BadPrompt,
    check_negative,
    check_prompt,
    count_words,
    is_sexual,
    with_class,
)

TOKENS = {"zwx": 7, "qqxy": 8}


def refusal(typed: str) -> str:
    with pytest.raises(BadPrompt) as caught:
        check_prompt(typed, TOKENS)
    return caught.value.reason


@pytest.mark.parametrize("count", [3, 4, 59, 60])
def test_3_to_60_words_pass(count: int) -> None:
    typed = " ".join(["zwx", *["very"] * (count - 1)])
    checked = check_prompt(typed, TOKENS)
    assert (checked.text, checked.subject_id, checked.token) == (typed, 7, "zwx")


@pytest.mark.parametrize(
    ("count", "reason"),
    [(1, "too_few_words"), (2, "too_few_words"), (61, "too_many_words"), (90, "too_many_words")],
)
def test_fewer_and_more_words_are_refused_with_the_count(count: int, reason: str) -> None:
    with pytest.raises(BadPrompt) as caught:
        check_prompt(" ".join(["zwx", *["very"] * (count - 1)]), TOKENS)
    assert (caught.value.reason, caught.value.facts) == (reason, {"count": count})


@given(st.lists(st.text("abcxyz,.-'é", min_size=1, max_size=5), max_size=70), st.data())
def test_words_are_counted_as_typed(words: list[str], data: st.DataObject) -> None:
    gaps = [data.draw(st.text(" \t\n\u00a0\u3000", min_size=1, max_size=3)) for _ in words]
    typed = "".join(gap + word for gap, word in zip(gaps, words, strict=True))
    assert count_words(typed) == len(words)
    reason = verdict(typed)
    assert (reason == "too_few_words") == (len(words) < 3)
    assert (reason == "too_many_words") == (len(words) > 60)


def test_what_a_picture_shall_not_hold_may_be_short_but_not_endless() -> None:
    assert check_negative("") == ""
    assert check_negative(" blurry \n hands ") == "blurry hands"
    # what is explicit is welcome here
    assert check_negative("nude, text") == "nude, text"
    assert check_negative("covered in snow, dresser") == "covered in snow, dresser"
    for typed, reason in (
        ("very " * 61, "too_many_words"),
        ("<lora:x:1>", "loader_syntax"),
        ("a\u202eb", "control_characters"),
        ("CLOTHES", "undressing"),
        ("wearing,anything", "undressing"),
        ("bra.", "undressing"),
        ("a T-shirt", "undressing"),
        ("cl0thes", "undressing"),
        ("cl\u043ethes", "undressing"),
        ("cl-othes", "undressing"),
    ):
        with pytest.raises(BadPrompt) as caught:
            check_negative(typed)
        assert caught.value.reason == reason


@given(st.text(max_size=400))
def test_any_text_passes_or_is_refused_with_a_reason(typed: str) -> None:
    assert verdict(typed) != ""


def verdict(typed: str) -> str | None:
    """The reason against a prompt, or None when it passes as plain words with single blanks."""
    try:
        text = check_prompt(typed, TOKENS).text
    except BadPrompt as bad:
        return bad.reason
    assert text.split() == text.split(" ")
    return None


def test_an_empty_prompt_and_an_endless_one_are_refused() -> None:
    assert refusal("") == "too_few_words"
    assert refusal("zwx at the " + "b" * MOST_CHARACTERS) == "too_long"
    assert refusal("zwx " * 1000) == "too_many_words"


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u2066", "\x00", "\x07", "\x1b", "\ufeff", "\ue000", "\u00ad"]
)
def test_invisible_characters_are_refused(hidden: str) -> None:
    assert refusal(f"a portrait{hidden} of zwx") == "control_characters"


@pytest.mark.parametrize("syntax", ["<lora:x:9>", "<lyco:zwx:0.5>", "< hypernet : a >", "<a:b>"])
def test_loader_syntax_is_refused(syntax: str) -> None:
    assert refusal(f"a portrait of zwx {syntax}") == "loader_syntax"


@pytest.mark.parametrize(
    ("typed", "count"),
    [
        ("(zwx woman:1.2)", 2),
        ("(zwx woman:1.2) here", 3),
        ("a (red hat:1.3), (blue:.5) sea", 5),
        ("a ( zwx : 1.2 ) here", 3),
        ("a (zwx) (at sea)", 4),
    ],
)
def test_words_are_counted_without_their_weights(typed: str, count: int) -> None:
    assert count_words(typed) == count


def test_60_words_with_a_weight_each_pass_as_they_were_typed() -> None:
    typed = " ".join(["(zwx:1.15)", *["(very:1.15)"] * 59])
    assert check_prompt(typed, TOKENS).text == typed
    assert refusal(typed + " (very:1.15)") == "too_many_words"


@pytest.mark.parametrize(
    "typed",
    [
        "a (zwx:1.2) here", "a (ZWX woman:0.2) here", "a (red hat:1.8) on zwx", "(zwx: a b:1)",
        "a (zwx) here (now)", "zwx is here :)", "zwx (at 9 in the morning)", "zwx :( here now",
        "zwx ) is here (", "zwx at 10:30 today", "a ((red:1.2)) zwx", "zwx (now: here)",
        "\uff08zwx\uff1a1.2\uff09 at sea",
    ],
)  # fmt: skip
def test_weights_and_ordinary_brackets_pass(typed: str) -> None:
    checked = check_prompt(typed, TOKENS)
    assert checked.token == "zwx"
    assert checked.text == unicodedata.normalize("NFKC", typed)


@pytest.mark.parametrize(
    "typed",
    [
        "a (red:1.2 zwx here", "a red:1.2) zwx here", "a ((red:1.2) hat:1.3) on zwx",
        "a (red (old) hat:1.3) on zwx", "a (red:1,2) hat on zwx", "a (red:-1) hat on zwx",
        "a (red:+1.2) hat on zwx", "zwx is here (:1.2)", "a (red:1.2.3) hat on zwx",
        "zwx (red:1.2 (hat:1.3) here",
    ],
)  # fmt: skip
def test_garbled_weights_are_refused(typed: str) -> None:
    assert refusal(typed) == "weight_garbled"
    with pytest.raises(BadPrompt) as caught:
        check_negative(typed)
    assert caught.value.reason == "weight_garbled"


@pytest.mark.parametrize("weight", ["0", "0.1", "0.19", "1.81", "2", "30", "9" * 400])
def test_weights_out_of_bounds_are_refused_with_what_was_typed(weight: str) -> None:
    with pytest.raises(BadPrompt) as caught:
        check_prompt(f"a (red hat:{weight}) on (zwx:1.2)", TOKENS)
    assert caught.value.reason == "weight_out_of_bounds"
    assert caught.value.facts == {"weight": weight, "least": 0.2, "most": 1.8}


def test_what_looks_like_a_weight_is_text_where_words_have_none() -> None:
    for typed in ("zwx (at 10:30)", "zwx (red:1,2) here"):
        assert check_prompt(typed, TOKENS, weighs=False).text == typed


@pytest.mark.parametrize(
    "hidden",
    [
        "n(u:1)de", "(nu:1.1)(de:1.1)", "(nude:1.2)ish", "half(naked:0.5)", "(n:1)(u:1)(d:1)(e:1)",
        "(nudes:1.3)", "(n:1.1) (u:1.2) (d:1) (e:1)", "(s:1)ex",
        "without (clothes:1.1)",
    ],
)  # fmt: skip
def test_weights_hide_no_sexual_word(hidden: str) -> None:
    assert is_sexual(hidden)
    assert refusal(f"a {hidden} zwx at the beach") == "sexual"


@pytest.mark.parametrize(
    "hidden", ["(clothes:1.2)", "clo(thes:1.1)", "(clo:1.1)(thes:1.2)", "(wearing:1)anything"]
)
def test_weights_hide_no_undressing(hidden: str) -> None:
    with pytest.raises(BadPrompt) as caught:
        check_negative(f"blurry, {hidden}")
    assert caught.value.reason == "undressing"


def test_weights_hide_no_loader_syntax() -> None:
    assert refusal("a zwx <(lora:1.2)x:1> here") == "loader_syntax"
    assert refusal("a zwx <lora(:1)x> here") == "loader_syntax"


def test_a_token_ends_where_a_weight_begins() -> None:
    assert check_prompt("a x(zwx:1.2) here", TOKENS).token == "zwx"
    assert refusal("a zw(x:1.2) here") == "no_token"
    assert refusal("a (zwx:1.2)(qqxy:1.2) here") == "two_tokens"


@pytest.mark.parametrize("typed", ["a portrait of zwx: happy", "zwx < 3 years old", "I <3 zwx"])
def test_plain_signs_are_no_loader_syntax(typed: str) -> None:
    assert check_prompt(typed, TOKENS).text == typed


@pytest.mark.parametrize(
    "typed", ["a man at a beach", "a zwxq at sea", "xzwx at sea", "7zwx in it"]
)
def test_a_prompt_needs_a_token_of_its_own(typed: str) -> None:
    assert refusal(typed) == "no_token"


@pytest.mark.parametrize(
    "typed", ["ZWX at sea", "a (zwx), smiling", "a zwx's hat", "\uff5a\uff57\uff58 at sea"]
)
def test_a_token_is_found_however_it_is_written(typed: str) -> None:
    assert check_prompt(typed, TOKENS).subject_id == 7


def test_one_subject_at_a_time() -> None:
    with pytest.raises(BadPrompt) as caught:
        check_prompt("zwx and qqxy at the beach", TOKENS)
    assert (caught.value.reason, caught.value.facts) == ("two_tokens", {"tokens": "zwx, qqxy"})
    assert check_prompt("zwx and zwx again", TOKENS).token == "zwx"


@pytest.mark.parametrize(
    "word",
    [
        "nude", "Nudity", "NAKED", "n\u00e1ked", "nak\u00e9d",
        "n4ked", "nak3d", "p0rn", "s3x", "$ex",
        "\uff4e\uff55\uff44\uff45", "n\u0430ked", "s\u0435x",
        "\u0440orn", "nud\u0435", "n\u03b1ked",
        "topless", "erotic", "lingerie", "pornographic",
        "sexually", "sexy", "hentai", "raped", "rape",
        "naked,", "(naked)", "half-naked", "NSFW",
    ],
)  # fmt: skip
def test_sexual_prompts_are_refused_however_they_are_spelled(word: str) -> None:
    assert is_sexual(word)
    assert refusal(f"a {word} zwx at the beach") == "sexual"


@pytest.mark.parametrize(
    "typed",
    [
        "Sussex", "Essex", "Middlesex", "a cocktail", "a grape", "grapes", "drapes", "a therapist",
        "a sextant", "rapeseed fields", "a class assessment", "an analyst", "Scunthorpe", "Dickens",
        "a peacock", "an unused denuded hill", "a cucumber", "a shitake", "Sexton Blake",
        "breaststroke",
        "a trapeze", "Penistone", "a gynecologist", "a Cyrillic \u043c\u043e\u0440\u0435",
    ],
)  # fmt: skip
def test_words_that_only_sound_alike_pass(typed: str) -> None:
    assert not is_sexual(typed)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("zwx at sea", "zwx woman at sea"),
        ("ZWX at sea", "ZWX woman at sea"),
        ("a zwx woman at sea", "a zwx woman at sea"),
        ("a zwx Woman at sea", "a zwx Woman at sea"),
        ("zwx, woman of letters", "zwx, woman of letters"),
        ("zwx's hat on zwx", "zwx woman's hat on zwx woman"),
        ("zwx womanly at sea", "zwx woman womanly at sea"),
        ("xzwx zwxx zwx", "xzwx zwxx zwx woman"),
        ("a (zwx:1.2) at sea", "a (zwx woman:1.2) at sea"),
        ("a (zwx woman:1.2) at sea", "a (zwx woman:1.2) at sea"),
        ("a (zwx:1.2) woman at sea", "a (zwx:1.2) woman at sea"),
        ("(zwx:1.2) (woman:.5) here", "(zwx:1.2) (woman:.5) here"),
        ("(zwx:1.2)'s hat", "(zwx woman:1.2)'s hat"),
        ("zwx (woman:1.2) here", "zwx (woman:1.2) here"),
        ("a woman zwx at sea", "a woman zwx at sea"),
        ("a (woman:1.2), (zwx:1.1), at sea", "a (woman:1.2), (zwx:1.1), at sea"),
        ("zwx, a woman at sea", "zwx, a woman at sea"),
        ("zwx, a tall young woman", "zwx, a tall young woman"),
        ("zwx the Woman at sea", "zwx the Woman at sea"),
        # somebody else
        ("zwx beside a woman", "zwx woman beside a woman"),
        ("zwx, a cat and a woman", "zwx woman, a cat and a woman"),
        ("zwx, with a woman", "zwx woman, with a woman"),
        ("the woman beside zwx", "the woman beside zwx woman"),
        ("superwoman zwx here", "superwoman zwx woman here"),
        ("womanly zwx here", "womanly zwx woman here"),
    ],
)
def test_the_class_word_follows_the_token(typed: str, said: str) -> None:
    assert with_class(typed, "zwx", "woman") == said


@given(
    st.lists(
        st.sampled_from(
            ["zwx", "woman", "(zwx:1.2)", "(a woman:.5)", "a", "the", "tall", ",", "'s"]
        )
    ).map(" ".join)
)
def test_the_class_word_is_added_once_and_nothing_else_changes(typed: str) -> None:
    said = with_class(typed, "zwx", "woman")
    assert with_class(said, "zwx", "woman") == said
    assert said.replace("zwx woman", "zwx") == typed.replace("zwx woman", "zwx")


def test_a_class_of_two_words_is_recognised_too() -> None:
    assert with_class("zwx at sea", "zwx", "toy robot") == "zwx toy robot at sea"
    assert with_class("(zwx:1.2), a  toy  robot", "zwx", "toy robot") == "(zwx:1.2), a  toy  robot"


def test_the_class_word_also_follows_a_token_in_full_width_letters() -> None:
    text = check_prompt("\uff5a\uff57\uff58 at sea", TOKENS).text
    assert with_class(text, "zwx", "woman") == "zwx woman at sea"


@pytest.mark.parametrize(
    "disguised",
    [
        *("n u d e", "n.u.d.e", "nu-de", "nude1", "nuude", "nu\u034fde", "nu\u3164de", "n4ked"),
        *("without any clothes", "wearing nothing"),
    ],
)
def test_disguised_sexual_words_are_recognised(disguised: str) -> None:
    assert is_sexual(f"a {disguised} zwx at the beach")


@pytest.mark.parametrize(
    "harmless",
    ["a robin red breast", "Moby Dick", "stripping paint", "peacock feathers", "A B C D"],
)
def test_harmless_words_are_not_taken_for_sexual_ones(harmless: str) -> None:
    assert not is_sexual(f"zwx and {harmless}")
