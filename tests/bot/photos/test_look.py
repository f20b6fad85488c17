from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageEnhance, ImageFilter

from bot.photos import look as look_module
from bot.photos.look import find_faces, framing_of, look
from tests.bot.photos.pictures import ASTRONAUT, TOONS, opened

PORTRAIT = opened(ASTRONAUT)
#: The astronaut's face, by eye: x, y, right, bottom.
HEAD = (150, 10, 300, 200)


def beside(second_height: int) -> Image.Image:
    """The astronaut, and once more, her frame scaled to a height in pixels."""
    picture = Image.new("RGB", (1024, 512), "grey")
    picture.paste(PORTRAIT, (0, 0))
    picture.paste(PORTRAIT.resize((second_height, second_height)), (512, 0))
    return picture


def test_one_face_is_found_where_it_is():
    (face,) = look(PORTRAIT, kind="person").faces
    assert HEAD[0] < face.box.x < face.box.x + face.box.width < HEAD[2]
    assert HEAD[1] < face.box.y < face.box.y + face.box.height < HEAD[3]
    assert face.score >= 0.7
    right_eye, left_eye, nose, *mouth = face.points
    assert right_eye[0] < nose[0] < left_eye[0]
    assert right_eye[1] < nose[1] < mouth[0][1]


@pytest.mark.parametrize("scale", [0.25, 3.0])
def test_a_face_is_found_at_any_size_in_the_pictures_own_pixels(scale):
    side = round(512 * scale)
    (face,) = find_faces(np.asarray(PORTRAIT.resize((side, side))))
    (reference,) = find_faces(np.asarray(PORTRAIT))
    assert face.box.x == pytest.approx(reference.box.x * scale, abs=12 * scale + 1)
    assert face.box.height == pytest.approx(reference.box.height * scale, rel=0.15)


def test_a_face_that_fills_the_frame_is_found():
    large = opened(TOONS["toon-a-0-close-up"]).resize((1024, 1024))
    assert len(look(large, kind="person").faces) == 1


def test_a_box_never_leaves_the_picture():
    cut_off = PORTRAIT.crop((205, 75, 330, 200))
    for face in find_faces(np.asarray(cut_off)):
        assert min(face.box.x, face.box.y) >= 0
        assert face.box.x + face.box.width <= cut_off.width
        assert face.box.y + face.box.height <= cut_off.height


def test_two_people_are_too_many_but_a_passer_by_is_not():
    crowd = look(beside(400), kind="person")
    assert (crowd.verdict, len(crowd.faces), crowd.face) == ("many_faces", 2, None)
    assert crowd.faces[0].box.height > crowd.faces[1].box.height
    background = look(beside(150), kind="person")
    assert (background.verdict, len(background.faces)) == ("good", 2)
    assert background.face == background.faces[0]


def test_only_of_a_person_a_face_is_asked_for():
    wall = Image.effect_noise((200, 200), 90).convert("RGB")
    assert look(wall, kind="person").warnings == ("no_face",)
    for kind in ("pet", "object", "character"):
        assert look(wall, kind=kind).verdict == "good"
        assert look(beside(512), kind=kind).verdict == "good"


@pytest.mark.parametrize("kind", ["person", "pet"])
def test_blur_and_darkness_are_warned_of(kind):
    assert look(PORTRAIT, kind=kind).verdict == "good"
    blurred = PORTRAIT.filter(ImageFilter.GaussianBlur(3))
    assert look(blurred, kind=kind).warnings == ("blurry",)
    dark = look(ImageEnhance.Brightness(PORTRAIT).enhance(0.2), kind=kind)
    assert "dark" in dark.warnings
    assert dark.light < look(PORTRAIT, kind=kind).light


def test_a_soft_background_is_no_blur():
    soft = PORTRAIT.filter(ImageFilter.GaussianBlur(6))
    soft.paste(PORTRAIT.crop(HEAD), HEAD[:2])
    assert look(soft, kind="person").verdict == "good"


def test_a_sharp_background_does_not_hide_a_blurred_face():
    missed = PORTRAIT.copy()
    missed.paste(PORTRAIT.filter(ImageFilter.GaussianBlur(3)).crop(HEAD), HEAD[:2])
    assert look(missed, kind="person").verdict == "blurry"


@pytest.mark.parametrize(
    ("bottom", "framing"), [(512, "torso"), (430, "torso"), (380, "face"), (200, "face")]
)
def test_a_torso_shows_two_face_heights_below_the_chin(bottom, framing):
    picture = PORTRAIT.crop((0, 0, 512, bottom))
    assert framing_of(look(picture, kind="person"), picture.height) == framing


def test_nobody_and_a_crowd_are_of_no_framing():
    for picture in (beside(512), Image.new("RGB", (300, 300), "grey")):
        assert framing_of(look(picture, kind="person"), picture.height) == "other"


def test_other_weights_are_not_loaded(monkeypatch, tmp_path):
    weights = tmp_path / "weights.onnx"
    weights.write_bytes(look_module.WEIGHTS.read_bytes()[:-1] + b"x")
    monkeypatch.setattr(look_module, "WEIGHTS", weights)
    with pytest.raises(RuntimeError, match=r"weights\.onnx"):
        look_module._detector.__wrapped__()


@pytest.mark.parametrize("size", [(2000, 100), (2048, 64), (64, 2048)])
def test_very_long_pictures_do_not_confuse_the_face_detector(size: tuple[int, int]):
    assert look(Image.new("RGB", size, "teal"), kind="character").faces == ()
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 255, (size[1], size[0], 3), dtype=np.uint8)
    look(Image.fromarray(noise), kind="character")
