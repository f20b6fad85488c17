"""Who and what the quality benchmark shows, and to whom it may not be shown."""

from __future__ import annotations

import pytest

from tests.bench.quality import cast, photos
from tests.bench.quality.identity import strangers

EVERYBODY = (*cast.DEVELOPMENT, *cast.EVALUATION)


def likeness(look):
    return (look.hair, look.hair_colour, look.skin, look.beard)


def test_settings_are_chosen_on_other_subjects_than_they_are_judged_by():
    assert not set(cast.DEVELOPMENT) & set(cast.EVALUATION)
    assert "8" not in EVERYBODY  # the demo's: everybody has looked at it


def test_whom_the_identity_network_learned_are_in_no_lineup():
    judged = [cast.look_of(s) for s in (*EVERYBODY, *cast.TWINS)]
    judged += [look for word in ("man", "woman") for look in cast.distractors(word)]
    assert not {likeness(x) for x in strangers()} & {likeness(x) for x in judged}


def test_a_twin_differs_from_its_subject_in_its_hairs_colour_alone():
    for twin in cast.TWINS:
        one, other = cast.look_of(twin), cast.look_of(twin.removesuffix("t"))
        assert one.hair_colour != other.hair_colour
        assert vars(one) | {"hair_colour": ""} == vars(other) | {"hair_colour": ""}


@pytest.mark.parametrize("subject", EVERYBODY)
def test_no_photo_shows_a_place_that_prompts_ask_for_or_unseen_views_show(subject):
    views = cast.photographs(subject)
    taken = {view.scene.background for view in views if view.part != "unseen8"}
    unseen = {view.scene.background for view in views if view.part == "unseen8"}
    assert not taken & unseen
    assert not (taken | unseen) & set(cast.NEW_PLACES)


def test_each_set_is_what_its_name_says():
    def scenes(name):
        return [shot.scene for shot in photos.photo_set("14", name)]

    def framings(name):
        return [scene.framing for scene in scenes(name)]

    assert len(scenes("good8")) == 8
    assert len({scene.background for scene in scenes("good8")}) == 8
    assert len({scene.expression for scene in scenes("good8")}) == 6
    assert framings("good8").count("upper body") == 2
    assert len(scenes("face_only8")) == 8
    assert "upper body" not in framings("face_only8")
    assert len({scene.background for scene in scenes("one_background8")}) == 1
    assert len({scene.expression for scene in scenes("one_expression8")}) == 1
    assert len(scenes("dup8")) == 8
    assert len(set(scenes("dup8"))) == 2
    assert len(scenes("few3")) == 3
    assert len(scenes("many20")) == 20
    assert len(set(scenes("many20"))) == 20
