from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.photos.coverage import FACES_NEEDED, TORSOS_NEEDED, Counted, coverage
from bot.photos.terms import FRAMINGS


def photo(number: int, framing: str = "face", alike: tuple[int, ...] = ()) -> Counted:
    return Counted(number, framing, frozenset(alike))


def test_six_faces_and_two_torsos_open_the_gate():
    photos = [photo(i) for i in range(6)] + [photo(i + 6, "torso") for i in range(2)]
    assert coverage(photos).is_ready
    short = coverage(photos[1:-1])
    assert (short.faces, short.torsos) == (FACES_NEEDED - 1, TORSOS_NEEDED - 1)
    assert (short.missing_faces, short.missing_torsos, short.is_ready) == (1, 1, False)


@pytest.mark.parametrize(
    ("framing", "faces", "torsos"),
    [("face", 1, 0), ("chest", 1, 0), ("torso", 0, 1), ("other", 0, 0)],
)
def test_every_framing_counts_as_what_it_shows(framing, faces, torsos):
    covered = coverage([photo(1, framing)])
    assert (covered.faces, covered.torsos) == (faces, torsos)
    assert framing in FRAMINGS


def test_nearly_the_same_photo_counts_once():
    covered = coverage([photo(1), photo(2, alike=(1,)), photo(3, alike=(1, 2)), photo(4)])
    assert (covered.faces, covered.duplicates) == (2, {2: 1, 3: 1})


def test_it_is_seen_from_either_of_the_two():
    assert coverage([photo(1, alike=(2,)), photo(2)]).duplicates == {2: 1}


def test_a_copy_of_a_dropped_photo_counts_in_its_place():
    assert coverage([photo(2, alike=(1,)), photo(3, alike=(1, 2))]).duplicates == {3: 2}


def test_other_photos_count_for_nothing_and_take_no_ones_place():
    covered = coverage([photo(1, "other"), photo(2, alike=(1,)), photo(3, alike=(1, 2))])
    assert (covered.faces, covered.torsos, covered.duplicates) == (1, 0, {3: 2})


def test_one_file_cannot_count_as_face_and_torso():
    covered = coverage([photo(1), photo(2, "torso", (1,)), photo(3, "chest", (1,))])
    assert (covered.faces, covered.torsos, covered.duplicates) == (1, 0, {2: 1, 3: 1})


@st.composite
def sets(draw):
    """Photos in any framings, each alike to any of the earlier ones."""
    framings = draw(st.lists(st.sampled_from(FRAMINGS), max_size=20))
    return [
        photo(i, framing, tuple(draw(st.sets(st.integers(0, i - 1), max_size=3)) if i else ()))
        for i, framing in enumerate(framings)
    ]


@given(sets())
def test_adding_a_photo_never_makes_coverage_fall(photos):
    steps = [coverage(photos[:count]) for count in range(len(photos) + 1)]
    for before, after in pairwise(steps):
        assert after.faces >= before.faces
        assert after.torsos >= before.torsos
        assert after.faces + after.torsos <= before.faces + before.torsos + 1


@given(sets())
def test_what_counts_is_alike_to_nothing_else_that_counts(photos):
    covered = coverage(photos)
    counting = {p.id for p in photos if p.framing != "other" and p.id not in covered.duplicates}
    assert covered.faces + covered.torsos == len(counting)
    assert all(not (p.alike & counting) for p in photos if p.id in counting)
    assert all(
        p.id in covered.duplicates for p in photos if p.id - 1 in counting and p.id - 1 in p.alike
    )
