from __future__ import annotations

from dataclasses import replace
from itertools import cycle, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import words
from bot.photos.seen import Background
from bot.photos.terms import KINDS
from bot.photos.variety import CODES, Advice, Sight, variety
from tests.bot.photos import people

CALM = {"smile": 0.0, "mouth": 0.0}
MOODS = (CALM, {"smile": 0.13, "mouth": 0.2}, {"smile": 0.16, "mouth": 0.5})
CODES_OF_ANY = {"first", "more", "enough", "another_place", "of_face", "of_torso"}


def sight(framing: str = "face", place: int = 0, **facts: float) -> Sight:
    """A person's photo; `place` is the level of its background, facts are the face's."""
    face = replace(people.face(100, 100, 100, 100), **facts)
    seen = replace(people.seen(400, 400, face), background=Background((place,) * 35, ""))
    return framing, seen, face


def rich(number: int, **same: object) -> list[Sight]:
    """Photos that differ in everything, save for what is to be the same in all of them."""
    drawn = zip(
        cycle(["face", "chest", "torso"]),
        cycle(range(0, 250, 30)),
        cycle([0.0, 0.0, -30.0, 30.0]),
        cycle([50.0, 120.0, 190.0]),
        (mood for mood in cycle(MOODS) for _ in range(2)),
        range(number),
        strict=False,
    )
    return [
        sight(**{"framing": framing, "place": place, "yaw": yaw, "light": light, **mood, **same})
        for framing, place, yaw, light, mood, _ in drawn
    ]


def test_no_photos_have_no_variety_but_a_way_to_begin():
    for kind in KINDS:
        found = variety([], kind)
        assert (found.score, found.advice, found.more) == (0, Advice("first"), ())


def test_a_rich_set_is_full():
    found = variety(rich(24), "person")
    assert (found.score, found.advice, found.more) == (100, Advice("enough"), ())
    assert {part.value for part in found.parts.values()} == {100}


def test_a_varied_set_wants_only_more_of_it():
    found = variety(rich(16), "person")
    assert (found.advice, found.more) == (Advice("more"), ())
    assert 95 <= found.score < 100


@pytest.mark.parametrize(
    ("same", "code"),
    [
        ({"place": 0}, "another_place"),
        ({"yaw": 0.0}, "three_quarter_left"),
        ({"yaw": -30.0, **CALM}, "front"),
        ({"yaw": 14.0}, "three_quarter_left"),
        ({"light": 90.0}, "other_light"),
        ({"framing": "face"}, "of_torso"),
        ({"framing": "torso"}, "of_face"),
        (CALM, "smile"),
        (MOODS[1], "neutral"),
    ],
)
def test_what_all_photos_share_is_what_is_advised_against(same, code):
    photos = rich(24, **same)
    found = variety(photos, "person")
    assert found.advice.code == code
    assert found.advice.same == found.advice.of > 0
    assert found.score < 100


def test_five_of_eight_before_one_wall_are_counted():
    photos = rich(8, place=0)[:5] + [sight(place=60 * n, yaw=-30.0 + 30 * n) for n in (1, 2, 3)]
    assert variety(photos, "person").advice == Advice("another_place", same=5, of=8)
    assert words.advice_line("person", "another_place", 5, 8).startswith("5 of 8 have the same b")


def test_left_and_right_are_the_pictures():
    parts = variety([sight(yaw=-30.0), sight(yaw=30.0)], "person").parts
    assert set(parts["poses"].bins) == {"three_quarter_left level", "three_quarter_right level"}


def test_dark_skin_is_no_dark_light():
    dark = [sight(light=light) for light in (25.0, 70.0, 115.0)]
    pale = [sight(light=light) for light in (135.0, 180.0, 225.0)]
    assert variety(dark, "person").parts["light"] == variety(pale, "person").parts["light"]


def test_a_turned_face_has_no_expression():
    assert variety([sight(yaw=40.0, smile=0.2)], "person").parts["expressions"].bins == {}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"person"}))
def test_of_what_is_no_person_only_places_and_distances_are_told(kind):
    photos = [(framing, seen, None) for framing, seen, _ in rich(6)]
    found = variety(photos, kind)
    assert set(found.parts) == {"photos", "places", "distances"}
    assert {advice.code for advice in (found.advice, *found.more)} <= CODES_OF_ANY
    # A character's face may have been found; it tells nothing.
    assert variety(rich(6), kind) == found


moods = st.sampled_from(MOODS)
sights = st.lists(
    st.builds(
        lambda framing, place, yaw, pitch, light, mood: sight(
            framing, place, yaw=yaw, pitch=pitch, light=light, **mood
        ),
        st.sampled_from(["face", "chest", "torso"]),
        st.integers(0, 255),
        st.floats(-90, 90),
        st.floats(-40, 40),
        st.floats(0, 255),
        moods,
    ),
    max_size=30,
)


@given(sights, st.sampled_from(KINDS))
def test_one_more_photo_never_lowers_the_score(photos, kind):
    scores = [variety(photos[:number], kind).score for number in range(len(photos) + 1)]
    assert all(before <= after for before, after in pairwise(scores))
    assert scores[0] == 0
    assert scores[-1] <= 100


@given(sights, st.sampled_from(KINDS))
def test_advice_is_one_thing_and_two_more_at_most(photos, kind):
    found = variety(photos, kind)
    codes = [advice.code for advice in (found.advice, *found.more)]
    assert len(set(codes)) == len(codes) <= 3
    assert set(codes) <= set(CODES)


COUNTS = [(0, 0), (1, 2), (3, 8), (5, 8), (8, 8)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("code", CODES)
def test_every_advice_has_a_sentence(code, kind):
    lines = [words.advice_line(kind, code, *counted) for counted in COUNTS]
    assert all(line[0].isupper() or line[0].isdigit() for line in lines)
    assert all(line[-1] == "." and "{" not in line and len(line) < 200 for line in lines)
    if kind != "person" and code in CODES_OF_ANY:
        assert not any(word in line for word in ("face", "waist", "torso") for line in lines)


def test_a_habit_is_named_only_where_there_is_one():
    lines = [words.advice_line("person", "smile", *counted) for counted in COUNTS]
    assert lines[0] == lines[1] == lines[2] == "One with a smile would help most."
    assert lines[3] == (
        "5 of 8 faces that look at the camera have the same expression; one with a smile would help"
        " most."
    )
    assert lines[4] == (
        "All 8 faces that look at the camera have the same expression; one with a smile would help"
        " most."
    )


def test_what_more_would_bring_is_one_sentence_or_none():
    assert words.more_line("person", []) == ""
    assert words.more_line("pet", ["of_face"]) == "Also welcome: one of the head, closer up."
    two = words.more_line("person", ["another_place", "laugh"])
    assert two.count(".") == 1
    assert two.endswith(", and one laughing or talking.")
