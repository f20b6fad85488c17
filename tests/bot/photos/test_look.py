from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from bot.photos.faces import Found
from bot.photos.look import framing, look
from bot.photos.shapes import Box
from bot.photos.verdict import judge
from tests.bot.photos.pictures import ASTRONAUT, TOONS, opened

PORTRAIT = opened(ASTRONAUT)
#: The astronaut's face, by eye: x, y, right, bottom.
HEAD = (150, 10, 300, 200)
#: Her eyes.
EYES = (180, 95, 275, 128)


def beside(second_height: int) -> Image.Image:
    """The astronaut, and once more, her frame scaled to a height in pixels."""
    picture = Image.new("RGB", (1024, 512), "grey")
    picture.paste(PORTRAIT, (0, 0))
    picture.paste(PORTRAIT.resize((second_height, second_height)), (512, 0))
    return picture


def verdict(picture, *, kind="person"):
    seen = look(picture, kind=kind)
    return judge(seen, kind=kind, declared=None, picked=None, resolution=64)


def test_one_face_is_found_where_it_is():
    (face,) = look(PORTRAIT, kind="person").faces
    assert HEAD[0] < face.box.x < face.box.x + face.box.width < HEAD[2]
    assert HEAD[1] < face.box.y < face.box.y + face.box.height < HEAD[3]
    assert face.score >= 0.7
    right_eye, left_eye, nose, *mouth = face.points
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < mouth[0][1]


def test_a_face_that_fills_the_frame_is_found():
    large = opened(TOONS["toon-a-0-close-up"]).resize((1024, 1024))
    assert len(look(large, kind="character").faces) == 1


@pytest.mark.parametrize("name", TOONS)
def test_a_drawn_face_is_no_person(name):
    assert verdict(opened(TOONS[name])).warnings == ("no_face",)


def test_two_people_are_too_many_but_a_passer_by_is_not():
    crowd = look(beside(400), kind="person")
    assert len(crowd.faces) == 2
    assert crowd.faces[0].box.height > crowd.faces[1].box.height
    assert verdict(beside(400)).warnings == ("many_faces",)
    assert verdict(beside(150)).face == 0


def test_only_of_a_person_a_face_is_asked_for():
    wall = Image.effect_noise((200, 200), 90).convert("RGB")
    assert verdict(wall).warnings == ("no_face",)
    for kind in ("pet", "object", "character"):
        assert verdict(wall, kind=kind).warnings == ()


@pytest.mark.parametrize("kind", ["person", "object"])
def test_blur_and_darkness_are_warned_of(kind):
    assert "blurry" not in verdict(PORTRAIT, kind=kind).warnings
    assert "blurry" in verdict(PORTRAIT.filter(ImageFilter.GaussianBlur(3)), kind=kind).warnings
    dark = ImageEnhance.Brightness(PORTRAIT).enhance(0.2)
    assert "dark" in verdict(dark, kind=kind).warnings
    assert look(dark, kind=kind).light < look(PORTRAIT, kind=kind).light


def test_a_face_burnt_out_by_a_flash_is_warned_of():
    assert "bright" in verdict(ImageEnhance.Brightness(PORTRAIT).enhance(1.9)).warnings


def test_a_camera_that_moved_is_warned_of():
    shaken = PORTRAIT.filter(ImageFilter.Kernel((5, 5), [0] * 10 + [1] * 5 + [0] * 10))
    shaken = shaken.filter(ImageFilter.Kernel((5, 5), [0] * 10 + [1] * 5 + [0] * 10))
    shaken = shaken.filter(ImageFilter.Kernel((5, 5), [0] * 10 + [1] * 5 + [0] * 10))
    assert verdict(shaken).warnings == ("blurry",)


def test_a_soft_background_is_no_blur():
    soft = PORTRAIT.filter(ImageFilter.GaussianBlur(6))
    soft.paste(PORTRAIT.crop(HEAD), HEAD[:2])
    assert verdict(soft).warnings == ()


def test_a_sharp_background_does_not_hide_a_blurred_face():
    missed = PORTRAIT.copy()
    missed.paste(PORTRAIT.filter(ImageFilter.GaussianBlur(3)).crop(HEAD), HEAD[:2])
    assert verdict(missed).warnings == ("blurry",)


@pytest.mark.parametrize(
    ("box", "framing"),
    [
        ((0, 0, 512, 512), "torso"),
        ((0, 0, 512, 330), "chest"),
        ((100, 0, 360, 225), "face"),
    ],
)
def test_the_frame_says_how_much_of_her_is_shown(box, framing):
    assert verdict(PORTRAIT.crop(box)).framing == framing


@pytest.mark.parametrize(("bottom", "said"), [(160, "face"), (220, "chest"), (290, "torso")])
def test_without_a_body_the_faces_place_decides(bottom, said):
    found = Found(Box(0, 0, 100, 100), ((0.0, 0.0),) * 5, 0.9)
    assert framing(found, None, bottom) == said


def test_a_mirrored_face_looks_the_other_way():
    turned = PORTRAIT.crop((120, 0, 400, 300))
    (face,) = look(turned, kind="person").faces
    (mirrored,) = look(ImageOps.mirror(turned), kind="person").faces
    assert face.yaw == pytest.approx(-mirrored.yaw, abs=6)
    assert face.pitch == pytest.approx(mirrored.pitch, abs=6)
    assert face.mouth == pytest.approx(mirrored.mouth, abs=0.1)


def test_dark_glasses_are_seen_and_open_eyes_are_none():
    assert look(PORTRAIT, kind="person").faces[0].covered == ()
    glasses = PORTRAIT.copy()
    pen = ImageDraw.Draw(glasses)
    pen.rounded_rectangle((EYES[0], EYES[1], 223, EYES[3]), 12, fill=(18, 18, 20))
    pen.rounded_rectangle((232, EYES[1], EYES[2], EYES[3]), 12, fill=(18, 18, 20))
    (face,) = look(glasses, kind="person").faces
    assert face.covered == ("eyes",)


def test_a_picture_of_an_astronaut_is_not_explicit():
    assert look(PORTRAIT, kind="person").nsfw < 0.2


@pytest.mark.parametrize("size", [(2000, 100), (2048, 64), (64, 2048)])
def test_very_long_pictures_do_not_confuse_the_face_detector(size):
    assert look(Image.new("RGB", size, "teal"), kind="character").faces == ()
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    look(Image.fromarray(noise), kind="character")


@pytest.mark.parametrize("kind", ["person", "pet", "object", "character"])
def test_a_plain_colour_shows_nothing_and_harms_nobody(kind):
    seen = look(Image.new("RGB", (100, 80), "teal"), kind=kind)
    assert (seen.width, seen.height, seen.faces) == (100, 80, ())
