from __future__ import annotations

import json
from dataclasses import replace

import pytest

from bot.photos.seen import Background, Face, Seen, from_json, to_json
from bot.photos.shapes import Box

FACE = Face(
    box=Box(100, 50, 80, 100),
    points=((120.0, 90.0), (160.0, 90.0), (140.0, 110.0), (125.0, 130.0), (155.0, 130.0)),
    score=0.9,
    framing="chest",
    yaw=-12.5,
    pitch=3.0,
    mouth=0.1,
    smile=0.05,
    eyes=0.3,
    sharpness=240.0,
    light=120.0,
    covered=("eyes",),
)
SEEN = Seen(
    width=600,
    height=800,
    faces=(FACE, replace(FACE, box=Box(400, 50, 40, 50), covered=())),
    sharpness=120.5,
    light=30.0,
    clipped=0.0,
    nsfw=0.01,
    background=Background((3, 0, 255), "white background"),
    prints="abc",
)
DISHONEST_SEEN = {
    "width": "600",
    "height": 0,
    "faces": 5,
    "sharpness": float("nan"),
    "light": None,
    "clipped": True,
    "nsfw": float("inf"),
    "background": {"signature": [0.5], "name": ""},
    "prints": "x" * 100_000,
    "looked": "today",
}
DISHONEST_FACE = {
    "box": {"x": 590, "y": 0, "width": 80, "height": 10},
    "points": [[0, 0]],
    "score": "sure",
    "framing": "feet",
    "yaw": None,
    "covered": ["@everyone"],
}


def over_json(value):
    return json.loads(json.dumps(value))


def test_what_was_seen_comes_back_as_it_was():
    assert from_json(over_json(to_json(SEEN))) == SEEN


@pytest.mark.parametrize("field", DISHONEST_SEEN)
def test_one_wrong_number_is_enough_to_believe_nothing(field):
    data = over_json(to_json(SEEN)) | {field: DISHONEST_SEEN[field]}
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        from_json(data)


@pytest.mark.parametrize("field", DISHONEST_FACE)
def test_a_face_that_cannot_be_is_not_believed(field):
    data = over_json(to_json(SEEN))
    data["faces"][1] |= {field: DISHONEST_FACE[field]}
    with pytest.raises((ValueError, TypeError, KeyError, AttributeError)):
        from_json(data)


@pytest.mark.parametrize("field", sorted(to_json(SEEN)))
def test_nothing_may_be_missing(field):
    data = over_json(to_json(SEEN))
    del data[field]
    with pytest.raises(KeyError):
        from_json(data)


def test_no_picture_has_a_thousand_faces():
    data = over_json(to_json(SEEN))
    data["faces"] *= 500
    with pytest.raises(ValueError):
        from_json(data)
