from __future__ import annotations

import pytest

from bot.photos.head import head_of
from bot.photos.shapes import Box
from tests.bot.photos.people import face


def test_a_head_reaches_from_the_hair_to_the_chin_and_from_ear_to_ear():
    assert head_of(face(400, 400, 80, 100), 1000, 1000) == Box(385, 355, 110, 155)


@pytest.mark.parametrize(("yaw", "grows"), [(90, "left"), (-90, "right"), (10, None)])
def test_a_head_in_profile_has_a_back(yaw, grows):
    head = head_of(face(400, 400, 80, 100, yaw=yaw), 1000, 1000)
    assert head.x == (350 if grows == "left" else 385)
    assert head.x + head.width == (530 if grows == "right" else 495)


@pytest.mark.parametrize(
    ("roll", "head"),
    [
        (90, Box(390, 385, 155, 130)),  # crown to the picture's right
        (-90, Box(355, 385, 155, 130)),
        (180, Box(385, 390, 130, 155)),
    ],
)
def test_the_crown_is_where_the_head_is_tilted_to(roll, head):
    assert head_of(face(400, 400, 100, 100, roll=roll), 1000, 1000) == head


def test_a_head_ends_with_the_picture():
    assert head_of(face(0, 10, 80, 100), 90, 105) == Box(0, 0, 90, 105)
