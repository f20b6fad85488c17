from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.photos.shapes import Box
from bot.photos.terms import FRAMINGS, KINDS, WARNINGS
from bot.photos.verdict import Verdict, comparable, judge
from tests.bot.photos.test_seen import FACE, SEEN

ONE = replace(SEEN, faces=(replace(FACE, covered=()),), light=120.0)
TWO = replace(ONE, faces=(FACE, replace(FACE, box=Box(400, 50, 40, 50), framing="face")))
NOBODY = replace(ONE, faces=())


def of(seen, *, kind="person", declared=None, picked=None, resolution=64):
    return judge(seen, kind=kind, declared=declared, picked=picked, resolution=resolution)


def test_a_person_is_framed_as_seen():
    assert of(ONE) == Verdict("chest", "chest", 0, ())


@pytest.mark.parametrize("declared", ["face", "torso"])
def test_a_member_decides_between_face_and_torso(declared):
    assert of(ONE, declared=declared).framing == declared


@pytest.mark.parametrize("declared", [None, *FRAMINGS])
def test_nobody_can_be_declared_a_face(declared):
    assert of(NOBODY, declared=declared) == Verdict("other", "other", None, ("no_face",))


def test_two_faces_are_too_many_until_one_is_picked():
    assert of(TWO) == Verdict("other", "other", None, ("many_faces",))
    assert of(TWO, picked=1) == Verdict("face", "face", 1, ("eyes_hidden",))
    assert of(TWO, picked=0).framing == "chest"
    assert of(TWO, picked=7).framing == "other"


def test_a_passer_by_is_not_meant():
    small = replace(FACE, box=Box(400, 50, 20, 30))
    assert comparable((FACE, small)) == 1
    assert of(replace(ONE, faces=(FACE, small))).face == 0


@pytest.mark.parametrize(
    ("changed", "warning"),
    [
        ({"light": 20.0}, "dark"),
        ({"clipped": 0.4}, "bright"),
        ({"faces": (replace(FACE, sharpness=5.0, covered=()),)}, "blurry"),
        ({"faces": (FACE,)}, "eyes_hidden"),
    ],
)
def test_what_a_photographer_would_remark(changed, warning):
    assert of(replace(ONE, **changed)).warnings == (warning,)


def test_a_base_may_need_a_larger_face_or_a_larger_picture():
    assert of(ONE, declared="face", resolution=512).warnings == ("small_face",)
    assert of(ONE, resolution=1024).warnings == ("too_small",)
    assert of(NOBODY, kind="pet", declared="face", resolution=1024).warnings == ("too_small",)


@pytest.mark.parametrize("kind", ["pet", "object", "character"])
@pytest.mark.parametrize("declared", [None, "face", "torso"])
def test_of_other_kinds_the_member_says_the_framing(kind, declared):
    assert of(NOBODY, kind=kind, declared=declared) == Verdict(
        declared or "other", declared or "other", None, ()
    )


@pytest.mark.parametrize("kind", ["pet", "object"])
def test_somebody_beside_a_pet_is_remarked(kind):
    assert of(ONE, kind=kind, declared="face") == Verdict("face", "face", None, ("person_too",))


def test_a_characters_face_guides_and_is_no_stranger():
    assert of(ONE, kind="character", declared="face") == Verdict("face", "face", 0, ())


@pytest.mark.parametrize("kind", ["pet", "object", "character"])
def test_a_picture_of_nothing_counts_for_nothing(kind):
    black = replace(NOBODY, sharpness=0.0, light=0.0)
    assert of(black, kind=kind, declared="face") == Verdict("face", "other", None, ("blank",))


def test_a_narrow_photo_counts_as_what_its_square_holds():
    tall = replace(SEEN, width=160, height=1600, faces=(replace(FACE, box=Box(30, 60, 100, 120)),))
    tall = replace(tall, light=120.0, faces=(replace(tall.faces[0], framing="torso", covered=()),))
    assert of(tall) == Verdict("torso", "face", 0, ("narrow",))
    assert of(tall, declared="torso").counts == "torso"


@given(
    kind=st.sampled_from(KINDS),
    declared=st.none() | st.sampled_from(FRAMINGS),
    picked=st.none() | st.integers(0, 5),
    resolution=st.sampled_from([64, 512, 768, 1024]),
    faces=st.integers(0, 2),
    sharpness=st.floats(0, 5000),
    light=st.floats(0, 255),
)
def test_every_photo_gets_a_verdict(  # noqa: PLR0917 - hypothesis gives them by name
    kind, declared, picked, resolution, faces, sharpness, light
):
    seen = replace(TWO, faces=TWO.faces[:faces], sharpness=sharpness, light=light)
    found = of(seen, kind=kind, declared=declared, picked=picked, resolution=resolution)
    assert found.framing in FRAMINGS
    assert set(found.warnings) <= set(WARNINGS)
    assert found.face is None or found.face < faces
    if kind == "person":
        assert (found.framing == "other") == (found.face is None)
