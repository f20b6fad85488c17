from __future__ import annotations

from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageEnhance, ImageOps

from bot.photos.background import COLOURS, NAMES, background, clusters, same_place
from bot.photos.seen import Background
from bot.photos.shapes import Box
from bot.photos.terms import KINDS
from bot.photos.weights import network
from tests.bot.photos.pictures import ASTRONAUT, opened
from trainer.tiny.world import BACKGROUND_COLOURS

DEMO = Path(__file__).parents[3] / "deploy/demo/photos"


def seen(picture: Image.Image, kind: str = "person") -> Background:
    return background(np.asarray(picture), kind, None)


def wall(name: str) -> tuple[int, ...]:
    return tuple(bytes.fromhex(BACKGROUND_COLOURS[name]))


def before(picture: Image.Image, fill: tuple[int, ...]) -> Image.Image:
    """The person of the picture in front of a wall."""
    pixels, net = np.asarray(picture), network("selfie_segmentation")
    net.setInput(cv2.dnn.blobFromImage(cv2.resize(pixels, (256, 256)), 1 / 255))
    person = cv2.resize(net.forward()[0, 0], picture.size)[..., None]
    return Image.fromarray((person * pixels + (1 - person) * np.array(fill)).astype(np.uint8))


@pytest.mark.parametrize("name", sorted(BACKGROUND_COLOURS))
def test_a_plain_wall_behind_a_person_is_named(name):
    assert seen(before(opened(ASTRONAUT), wall(name))).name == f"{name} background"


def test_a_room_has_no_name():
    assert seen(opened(ASTRONAUT)).name == ""


@pytest.mark.parametrize("path", sorted(DEMO.glob("*.jpg")), ids=lambda path: path.stem)
def test_a_drawings_plain_background_is_named_and_a_scene_is_not(path):
    place = path.stem.rpartition("-")[2]
    name = f"{place} background" if place in BACKGROUND_COLOURS else ""
    assert seen(opened(path.read_bytes()), "character").name == name


def test_every_colour_of_the_bundled_base_has_its_name():
    assert set(COLOURS) == set(BACKGROUND_COLOURS)
    assert {f"{colour} background" for colour in COLOURS} == NAMES


CHANGES = {
    "cropped": lambda picture: picture.crop((0, 0, 400, 400)),
    "lighter": lambda picture: ImageEnhance.Brightness(picture).enhance(1.15),
    "mirrored": ImageOps.mirror,
    "small": lambda picture: picture.resize((160, 160)),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("place", ["room", "blue", "grey", "brown"])
def test_a_place_stays_the_same_in_another_photo_of_it(place, change):
    picture = opened(ASTRONAUT)
    if place != "room":
        picture = before(picture, wall(place))
    assert same_place(seen(picture).signature, seen(CHANGES[change](picture)).signature)


def test_one_pose_before_other_walls_is_in_other_places():
    picture = opened(ASTRONAUT)
    places = {name: seen(before(picture, wall(name))).signature for name in BACKGROUND_COLOURS}
    places["room"] = seen(picture).signature
    same = [pair for pair in combinations(places, 2) if same_place(*(places[n] for n in pair))]
    assert same == []


@pytest.mark.parametrize(
    ("light", "a", "is_same"),
    [(0, 0, True), (40, 0, True), (50, 0, False), (0, 8, True), (0, 12, False), (40, 9, True)],
)
def test_a_wall_may_be_lighter_but_not_of_another_colour(light, a, is_same):
    def plain(light: int, a: int) -> tuple[int, ...]:
        return (light,) * 7 + (a,) * 7 + (128,) * 7 + (4,) * 14

    assert same_place(plain(180, 128), plain(180 + light, 128 + a)) == is_same


def test_a_signature_is_a_few_small_whole_numbers():
    signature = seen(opened(ASTRONAUT)).signature
    assert 0 < len(signature) <= 64
    assert all(type(number) is int and 0 <= number <= 255 for number in signature)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (1, 300), (3000, 20)])
def test_a_picture_of_any_shape_has_a_background(kind, size):
    found = background(np.full((size[1], size[0], 3), 128, np.uint8), kind, None)
    assert found.name in {"", "grey background"}


def test_a_face_that_fills_the_picture_leaves_none():
    pixels = np.asarray(opened(ASTRONAUT))
    everything = Box(0, 0, pixels.shape[1], pixels.shape[0])
    assert background(pixels, "person", everything) == Background((), "")


def test_no_signature_is_in_no_place():
    known = seen(opened(ASTRONAUT)).signature
    assert clusters([(), known, (), known]) == [-1, 0, -1, 0]
    assert not same_place((), ())
    assert not same_place(known, known[:-1])


signatures = st.lists(st.integers(0, 255).map(lambda level: (level,) * 35), max_size=12)


@given(signatures)
def test_one_more_photo_changes_no_place_before_it(found):
    labels = clusters(found)
    assert all(clusters(found[:number]) == labels[:number] for number in range(len(found)))
    assert sorted(set(labels)) == list(range(len(set(labels))))


@given(signatures)
def test_being_in_one_place_is_mutual(found):
    assert all(same_place(a, b) == same_place(b, a) for a, b in combinations(found, 2))
    assert all(same_place(a, a) for a in found)
