from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words
from bot.photos.background import NAMES
from bot.photos.caption import CaptionRefused, caption, checked
from bot.photos.mood import mood_of
from bot.photos.seen import Background
from bot.photos.terms import FRAMINGS, KINDS
from bot.prompt import MOST_WORDS, count_words
from tests.bot.photos.people import face

NOWHERE = Background((), "")
CALM = face(0, 0, 100, 100)
SMILING = replace(CALM, smile=0.13, mouth=0.2)
LAUGHING = replace(CALM, smile=0.16, mouth=0.5)


def called(framing="face", of=CALM, place="", kind="person", token="zwx"):
    return caption(token, "woman", kind, framing, of, Background((), place))


@pytest.mark.parametrize(
    ("said", "facts"),
    [
        ("a close-up portrait of a zwx woman", {}),
        ("a head and shoulders portrait of a zwx woman", {"framing": "chest"}),
        ("an upper body picture of a zwx woman", {"framing": "torso"}),
        ("a close-up portrait of a zwx woman, smiling", {"of": SMILING}),
        ("a close-up portrait of a zwx woman, laughing", {"of": LAUGHING}),
        ("a close-up portrait of a zwx woman on a white background", {"place": "white background"}),
        (
            "an upper body picture of a zwx woman, smiling, on an orange background",
            {"framing": "torso", "of": SMILING, "place": "orange background"},
        ),
        ("a close-up portrait of an ohwx woman", {"token": "ohwx"}),
        ("a close-up portrait of a zwx woman", {"of": None}),
        ("a full body picture of a zwx woman", {"framing": "torso", "kind": "pet"}),
        ("a close-up of a zwx woman", {"kind": "object"}),
    ],
)
def test_a_photo_is_called_what_it_shows(said, facts):
    assert called(**facts) == said


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"person"}))
def test_only_of_persons_a_mood_is_told(kind):
    assert called(of=SMILING, kind=kind) == called(kind=kind)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("framing", FRAMINGS)
def test_every_caption_is_one_a_member_could_have_written(kind, framing):
    for place in ("", *NAMES):
        said = called(framing, SMILING, place, kind)
        assert checked(said, "zwx", "woman") == said


def test_a_background_that_we_never_name_is_left_out():
    assert called(place="naked background <lora:x:1>") == called()


@pytest.mark.parametrize(
    ("mood", "seen"),
    [
        ("neutral", {}),
        ("smiling", {"smile": 0.12}),
        ("smiling", {"smile": 0.06, "mouth": 0.2}),
        ("smiling", {"smile": 0.03, "mouth": 0.25, "pitch": 12.0}),  # corners sink, looking up
        ("laughing", {"smile": 0.15, "mouth": 0.6}),
        ("open", {"smile": 0.05, "mouth": 0.45}),
        (None, {"smile": 0.03, "mouth": 0.2}),  # speaking, perhaps
        (None, {"smile": 0.12, "yaw": 30.0}),
        (None, {"smile": 0.12, "yaw": -30.0}),
    ],
)
def test_a_mood_is_told_only_where_it_is_sure(mood, seen):
    assert mood_of(replace(CALM, **seen)) == mood


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("zwx woman on a blue sofa", "zwx woman on a blue sofa"),
        ("laughing, in a red coat", "zwx woman, laughing, in a red coat"),
        ("a photo of zwx at sea", "a photo of zwx woman at sea"),
        ("  a photo\nof ZWX\tat   sea ", "a photo of ZWX woman at sea"),
        ("zwxy is another word", "zwx woman, zwxy is another word"),
        ("\uff5a\uff57\uff58 woman at sea", "zwx woman at sea"),
        ("jemand lächelt am Meer", "zwx woman, jemand lächelt am Meer"),
    ],
)
def test_token_and_class_word_are_put_in_where_they_are_missing(typed, said):
    assert checked(typed, "zwx", "woman") == said


REFUSED = {
    "too_few_words": ["", "zwx", "zwx woman", "   \n"],
    "too_many_words": ["word " * 61, "word " * 59, "zwx " + "word " * 59],
    "too_long": ["x" * 300 + " " + "y" * 300 + " zwx"],
    "brackets": [
        "zwx woman <lora:x:1>",
        "zwx woman < b > smiling",
        "zwx woman \uff1cx\uff1e smiling",
    ],
    "control_characters": ["zwx woman smi\x00ling", "zwx woman \u202e smiling"],
    "sexual": ["zwx woman nude on a sofa", "n a k e d on a sofa", "zwx woman in lingerie"],
}


@pytest.mark.parametrize(("reason", "typed"), [(r, t) for r, ts in REFUSED.items() for t in ts])
def test_what_cannot_be_learned_is_refused_with_a_sentence(reason, typed):
    with pytest.raises(CaptionRefused) as refused:
        checked(typed, "zwx", "woman")
    assert refused.value.reason == reason
    sentence = words.caption_refusal(reason, refused.value.facts)
    assert 0 < len(sentence) <= 2000
    assert "{" not in sentence


@given(st.text(max_size=400))
def test_a_caption_that_was_checked_passes_again_as_it_is(typed):
    try:
        said = checked(typed, "zwx", "teddy bear")
    except CaptionRefused:
        return
    assert "zwx teddy bear" in said.lower()
    assert count_words(said) <= MOST_WORDS
    assert checked(said, "zwx", "teddy bear") == said
