from __future__ import annotations

import numpy as np
import pytest

from bot.photos.faces import find_faces
from tests.bot.photos.pictures import ASTRONAUT, opened

PORTRAIT = opened(ASTRONAUT)


@pytest.mark.parametrize("scale", [0.25, 3.0])
def test_a_face_is_found_at_any_size_in_the_pictures_own_pixels(scale):
    side = round(512 * scale)
    face = next(find_faces(np.asarray(PORTRAIT.resize((side, side)))))[0]
    reference = next(find_faces(np.asarray(PORTRAIT)))[0]
    assert face.box.x == pytest.approx(reference.box.x * scale, abs=12 * scale + 1)
    assert face.box.height == pytest.approx(reference.box.height * scale, rel=0.15)


def test_a_box_never_leaves_the_picture():
    cut_off = PORTRAIT.crop((205, 75, 330, 200))
    faces = [face for found in find_faces(np.asarray(cut_off)) for face in found]
    assert faces
    for face in faces:
        assert min(face.box.x, face.box.y) >= 0
        assert face.box.x + face.box.width <= cut_off.width
        assert face.box.y + face.box.height <= cut_off.height
